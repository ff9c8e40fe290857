"""A file server as a place for files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from pellucid.base.errors import RequestRefusedError
from pellucid.client.files import FilesClient
from pellucid.client.storage.place import StoredFile


class FileServer:
    """A file server. Paths are URL-quoted, as its addresses are."""

    def __init__(self, host: str, files: FilesClient) -> None:
        """Use a file server.

        Args:
            host: its address.
            files: how to speak to it.
        """
        self._host = host.rstrip("/")
        self._files = files

    def upload(self, source: Path, path: str, sha256: str) -> None:
        """See ``Place``."""
        self._files.upload(source, unquote(path), sha256)

    def content(self, path: str) -> Iterator[bytes]:
        """See ``Place``."""
        return self._files.content(self._url(path))

    def find(self, path: str) -> StoredFile | None:
        """See ``Place``."""
        size = self._files.find(self._url(path))
        return None if size is None else StoredFile(path, size if size >= 0 else None)

    def list(self, path: str) -> Iterator[StoredFile]:
        """See ``Place``. File servers have no listings."""
        raise RequestRefusedError(f"LIST {self._url(path)}", 405, 0, "a file server can't list what it has")

    def delete(self, path: str) -> bool:
        """See ``Place``."""
        return self._files.delete(self._url(path))

    def check(self, path: str) -> None:
        """See ``Place``. Nothing is asked: a server that is away now may be there when there is something to store."""

    def _url(self, path: str) -> str:
        return f"{self._host}/{path}"
