"""What every place for files can do."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Protocol

import msgspec

CHUNK: Final = 1 << 20
"""Bytes that are read or written at once."""


class StoredFile(msgspec.Struct, frozen=True):
    """A file in a place.

    Attributes:
        path: where in the place.
        size: in bytes; ``None`` if the place does not say.
        modified: when it was stored, in seconds since 1970; ``None`` if the place does not say.
    """

    path: str
    size: int | None = None
    modified: float | None = None


class Place(Protocol):
    """A folder tree, a bucket, a file server. May be used by several threads. Paths have no slash at the start and are
    not URL-quoted.

    All methods raise ``ServerUnavailableError`` for what may pass, and ``RequestRefusedError`` for what won't.
    """

    def upload(self, source: Path, path: str, sha256: str) -> None:
        """Store a file, which is the whole one or not there; one of the same path is replaced.

        Args:
            source: the file.
            path: where to.
            sha256: of the content, in hexadecimal; empty if unknown.

        Raises:
            OSError: the source can't be read.
        """

    def content(self, path: str) -> Iterator[bytes]:
        """The content of a file, in pieces.

        Raises:
            RequestRefusedError: there is none, with code 404; or it may not be read.
        """

    def find(self, path: str) -> StoredFile | None:
        """What there is under a path, ``None`` for nothing."""

    def list(self, path: str) -> Iterator[StoredFile]:
        """All files below a folder, in no particular order."""

    def delete(self, path: str) -> bool:
        """Remove a file; whether there was one, as far as the place says."""

    def check(self, path: str) -> None:
        """Make sure that files can be stored below a folder, by storing and removing one.

        Raises:
            RequestRefusedError: they can't.
        """


def save(chunks: Iterable[bytes], target: Path) -> str:
    """Write a file, which is the whole one or not there.

    Args:
        chunks: its content.
        target: where to write; its folder must exist.

    Returns:
        SHA-256 of the content, in hexadecimal.

    Raises:
        OSError: the target can't be written.
    """
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            digest = hashlib.sha256()
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest.hexdigest()
