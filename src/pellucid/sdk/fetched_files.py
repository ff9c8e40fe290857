"""Files that are fetched once: artifacts, weights of models, whatever has an address (sdk-surface M175, M188)."""

from __future__ import annotations

import hashlib
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pellucid.base.archive import unpack_archive
from pellucid.base.errors import ServerError, UsageError
from pellucid.client.storage.location import parse_location
from pellucid.sdk.file_cache import FileCache
from pellucid.sdk.snapshot import file_sha256

if TYPE_CHECKING:
    from pellucid.client.storage.storage import Storage

_TARS: Final = (".tar", ".tar.gz", ".tgz")


class FetchedFiles:
    """Local copies, for reading only."""

    def __init__(self, cache: FileCache, open_storage: Callable[[], Storage]) -> None:
        """Fetch into a cache.

        Args:
            cache: where what was fetched is kept.
            open_storage: opens the place of a file when it is needed.
        """
        self._cache = cache
        self._open_storage = open_storage

    def file(self, url: str, *, sha256: str = "", version: object = "", again: bool = False) -> Path:
        """A file by its address; one of this machine is itself.

        Args:
            url: the address.
            sha256: of its content, if that is known: then nothing else is taken for it.
            version: what else tells apart what was under the address at different times.
            again: fetch it in any case.

        Raises:
            UsageError: it is no address, or what it takes is not configured.
            ServerError: it can't be fetched, or is not what it was.
            OSError: the disk is full.
        """
        location = parse_location(url)
        if location.kind == "file":
            if not os.path.exists(location.path):
                raise ServerError(f"{url} is not on this machine")
            return Path(location.path)
        target = self._cache.entry(_key(url, sha256, version)) / (location.unquoted.rpartition("/")[2] or "file")
        if not again and target.is_file() and (not sha256 or file_sha256(target) == sha256):
            return target
        found = self._open_storage().download(url, target)
        if sha256 and found != sha256:
            target.unlink(missing_ok=True)
            raise ServerError(f"{url} is not what was uploaded, its hash is {found}")
        return target

    def folder(self, packed: Path, *, sha256: str = "", version: object = "", again: bool = False) -> Path:
        """The folder of what is in an archive.

        Args:
            packed: the archive, as ``file`` returned it.
            sha256: see ``file``.
            version: see ``file``.
            again: unpack it in any case.

        Raises:
            UsageError: it is no archive, or reaches out of its folder.
            OSError: the disk is full.
        """
        entry = self._cache.entry(f"{_key(str(packed), sha256, version)}-unpacked")
        target = entry / packed.name.partition(".")[0]
        if again or not target.is_dir():
            import tempfile  # this and tarfile take two milliseconds each, and come with Task

            with tempfile.TemporaryDirectory(dir=entry) as temporary:
                content = Path(temporary, "content")
                content.mkdir()
                _unpack(packed, content)
                shutil.rmtree(target, ignore_errors=True)
                os.rename(content, target)
        return target


def _key(url: str, sha256: str, version: object) -> str:
    """What a file is known by in the cache: its content, else its address and version."""
    return sha256 or hashlib.sha256(f"{url} {version}".encode()).hexdigest()


def is_archive(file: Path) -> bool:
    """Whether it is a zip or tar file by its name."""
    return file.is_file() and file.name.lower().endswith((".zip", *_TARS))


def _unpack(packed: Path, folder: Path) -> None:
    if not packed.name.lower().endswith(_TARS):
        unpack_archive(packed, folder)
        return
    import tarfile

    try:
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")  # which lets nothing out of the folder
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise UsageError(f"{packed} can't be unpacked: {error}") from error
