"""A folder of this machine, or one that machines share, as a place for files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pellucid.base.errors import RequestRefusedError, ServerUnavailableError
from pellucid.base.ids import new_id
from pellucid.client.storage.place import CHUNK, StoredFile


class Folder:
    """The file system. Paths are absolute ones, with a slash at the start."""

    def upload(self, source: Path, path: str, sha256: str) -> None:
        """See ``Place``. Trouble with the target may pass: a share that is away, a full disk."""
        del sha256  # what is copied is what was read
        target = Path(path)
        with source.open("rb") as content:
            # Not one of tempfile's, which would be its owner's alone.
            temporary = target.with_name(f".pellucid-{new_id()}")
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with temporary.open("xb") as copy:
                    shutil.copyfileobj(content, copy, CHUNK)
                os.replace(temporary, target)
            except OSError as error:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
                raise ServerUnavailableError(f"{target} can't be written: {error}") from error

    def content(self, path: str) -> Iterator[bytes]:
        """See ``Place``."""
        try:
            with Path(path).open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise _refused("read", path, error) from error

    def find(self, path: str) -> StoredFile | None:
        """See ``Place``."""
        try:
            stat = os.stat(path)
        except OSError:
            return None
        return StoredFile(path, stat.st_size, stat.st_mtime) if os.path.isfile(path) else None

    def list(self, path: str) -> Iterator[StoredFile]:
        """See ``Place``."""
        for folder, _, names in os.walk(path):
            found = (self.find(os.path.join(folder, name)) for name in names)
            yield from (file for file in found if file is not None)

    def delete(self, path: str) -> bool:
        """See ``Place``."""
        try:
            Path(path).unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _refused("delete", path, error) from error
        return True

    def check(self, path: str) -> None:
        """See ``Place``. Makes the folder."""
        try:
            Path(path).mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=path).close()
        except OSError as error:
            raise _refused("write to", path, error) from error


def _refused(action: str, path: str, error: OSError) -> RequestRefusedError:
    code = 404 if isinstance(error, FileNotFoundError) else 403
    return RequestRefusedError(f"{action} {path}", code, 0, str(error.strerror or error))
