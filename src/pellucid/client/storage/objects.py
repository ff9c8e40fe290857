"""A bucket of an object store as a place for files: S3 and what speaks its protocol, Google's, Azure's.

One library speaks to all of them: ``obstore``, a binding of Apache Arrow's ``object_store``. It sends big files in
parts, several at a time, and repeats what failed by the way.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pellucid.base.errors import RequestRefusedError, ServerUnavailableError, UsageError
from pellucid.base.ids import new_id
from pellucid.client.storage.place import StoredFile

if TYPE_CHECKING:
    import obstore.store

_PART: Final = 8 << 20
"""Bytes of a part of a big file (sdk-surface §5.3, ``sdk.aws.boto3.multipart_chunksize``)."""

_PARTS_AT_ONCE: Final = 4

_MOST_PARTS: Final = 10_000
"""That a file may have in S3."""

_READ: Final = 4 << 20

_HASH: Final = "sha256"
"""Name of the object's own metadata that holds the SHA-256 of its content."""


class Objects:
    """A bucket."""

    def __init__(self, name: str, store: obstore.store.ObjectStore) -> None:
        """Use a bucket.

        Args:
            name: its address, for messages.
            store: the bucket.
        """
        self._name = name
        self._store = store

    def upload(self, source: Path, path: str, sha256: str) -> None:
        """See ``Place``. What has the same hash already is not sent again."""
        import obstore  # late: only who uses an object store needs it

        size = source.stat().st_size
        if sha256 and size >= _PART and self._has(path, sha256, size):
            return
        attributes = {"Content-Type": mimetypes.guess_type(path)[0] or "application/octet-stream"}
        if sha256:
            attributes[_HASH] = sha256
        with source.open("rb") as file, self._told("PUT", path):
            obstore.put(
                self._store,
                path,
                file if size else b"",
                attributes=attributes,
                chunk_size=max(_PART, -(-size // _MOST_PARTS)),
                max_concurrency=_PARTS_AT_ONCE,
            )
        stored = self.find(path)
        if stored is None or stored.size != size:
            raise ServerUnavailableError(f"PUT {self._name}/{path}: {stored and stored.size} of {size} bytes are there")

    def content(self, path: str) -> Iterator[bytes]:
        """See ``Place``."""
        import obstore

        with self._told("GET", path):
            for chunk in obstore.get(self._store, path).stream(_READ):
                yield bytes(chunk)

    def find(self, path: str) -> StoredFile | None:
        """See ``Place``."""
        import obstore

        try:
            with self._told("HEAD", path):
                found = obstore.head(self._store, path)
        except RequestRefusedError as error:
            if error.code == 404:
                return None
            raise
        return StoredFile(found["path"], found["size"], found["last_modified"].timestamp())

    def list(self, path: str) -> Iterator[StoredFile]:
        """See ``Place``."""
        import obstore

        with self._told("LIST", path):
            for batch in obstore.list(self._store, path.rstrip("/") or None):
                for found in batch:
                    yield StoredFile(found["path"], found["size"], found["last_modified"].timestamp())

    def delete(self, path: str) -> bool:
        """See ``Place``."""
        import obstore

        # S3 says nothing about whether there was one.
        if self.find(path) is None:
            return False
        with self._told("DELETE", path):
            obstore.delete(self._store, path)
        return True

    def check(self, path: str) -> None:
        """See ``Place``."""
        import obstore

        name = f"{path.rstrip('/')}/.pellucid-{new_id()}".lstrip("/")
        with self._told("PUT", name):
            obstore.put(self._store, name, b"Pellucid may write here.", use_multipart=False)
        with suppress(RequestRefusedError, ServerUnavailableError):  # who may write may not always delete
            self.delete(name)

    def _has(self, path: str, sha256: str, size: int) -> bool:
        """Whether a file is there already: an uploader that was killed before it could say so stored it, perhaps."""
        import obstore

        try:
            with self._told("HEAD", path):
                found = obstore.get(self._store, path, options={"head": True})
        except RequestRefusedError:
            return False
        return found.meta["size"] == size and found.attributes.get(_HASH) == sha256

    @contextmanager
    def _told(self, method: str, path: str) -> Iterator[None]:
        """Errors of the library as ours."""
        from obstore import exceptions

        what = f"{method} {self._name}/{path}"
        try:
            yield
        except FileNotFoundError as error:
            raise RequestRefusedError(what, 404, 0, "there is no such object, or no such bucket") from error
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
            raise RequestRefusedError(what, 403, 0, f"access denied: {first_line(error)}") from error
        except (exceptions.InvalidPathError, exceptions.NotSupportedError) as error:
            raise RequestRefusedError(what, 400, 0, first_line(error)) from error
        except exceptions.BaseError as error:
            raise ServerUnavailableError(f"{what}: {first_line(error)}") from error
        except ValueError as error:  # a path that can't be one
            raise RequestRefusedError(what, 400, 0, first_line(error)) from error


def check_library(argument: str, uri: str) -> None:
    """Make sure that object stores can be used at all.

    Raises:
        UsageError: the library is not installed.
    """
    try:
        import obstore  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"{argument} is {uri!r}, an object store, for which a library is missing: pip install 'pellucid[storage]'"
        ) from error


def first_line(error: Exception) -> str:
    """What of an error is for people: the library adds a page for its own authors."""
    return str(error).strip().partition("\n")[0][:500]
