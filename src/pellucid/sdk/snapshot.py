"""Copies of files and texts in a run's folder, from which they are uploaded (pains 27).

The program may change, replace or delete its file as soon as the call has returned, so what is uploaded is never the
file itself. A hard link would cost nothing, but shows whatever is later written into the same file; so a snapshot is a
clone where the file system shares blocks until they are written to (Btrfs, XFS), the file itself where the program
gives it away, and otherwise a copy, which costs one reading and one writing. It is hashed in the same go, as the hash
is part of what the task says about it. What is in the folder already is linked, not kept twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from pellucid.base.ids import new_id
from pellucid.base.log import trouble

_FOLDER: Final = "files"
_CHUNK: Final = 1 << 20

_CLONE: Final = 0x40049409
"""``FICLONE`` of linux/fs.h, which is an error wherever it can't be done."""

_ATTEMPTS: Final = 3
"""Copies that are made of a file that is written to meanwhile, before the last one is taken as it is."""


class Snapshot(msgspec.Struct, frozen=True):
    """A copy in a run's folder.

    Attributes:
        source: its path, relative to the run's folder.
        sha256: of its content, in hexadecimal.
        size: in bytes.
    """

    source: str
    sha256: str
    size: int


def snapshot_text(folder: Path, name: str, text: str) -> Snapshot:
    """Keep a text as a file.

    Args:
        folder: the run's folder.
        name: of the file.
        text: its content.

    Raises:
        OSError: the disk is full.
    """
    return snapshot_bytes(folder, name, text.encode("utf-8", "surrogatepass"))


def snapshot_bytes(folder: Path, name: str, content: bytes) -> Snapshot:
    """Keep bytes as a file.

    Args:
        folder: the run's folder.
        name: of the file.
        content: its content.

    Raises:
        OSError: the disk is full.
    """
    return snapshot_written(folder, name, lambda target: _write(target, content))


def snapshot_written(folder: Path, name: str, write: Callable[[Path], object]) -> Snapshot:
    """Keep a file that is yet to be written.

    Args:
        folder: the run's folder.
        name: of the file.
        write: writes it to a path; may raise whatever it likes.

    Raises:
        OSError: the disk is full.
    """
    target = _new_place(folder, name)
    try:
        write(target)
        digest = file_sha256(target)
    except BaseException:
        _discard(target)
        raise
    return _settle(folder, target, digest)


def snapshot_file(folder: Path, name: str, file: Path, *, give_away: bool = False) -> Snapshot:
    """Keep a file as it is now.

    Args:
        folder: the run's folder.
        name: of the copy.
        file: what to copy.
        give_away: whether the program wants to be rid of it; it is gone afterwards.

    Raises:
        OSError: the file can't be read, or the disk is full; the file is untouched.
    """
    target = _new_place(folder, name)
    try:
        if give_away and _move(file, target):
            digest = file_sha256(target)
        else:
            digest = _copy(file, target)
            if give_away:
                file.unlink()
    except BaseException:
        _discard(target)
        raise
    return _settle(folder, target, digest)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal.

    Raises:
        OSError: it can't be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in _blocks(file):
            digest.update(block)
    return digest.hexdigest()


def _write(target: Path, content: bytes) -> None:
    target.write_bytes(content)


def _new_place(folder: Path, name: str) -> Path:
    place = folder / _FOLDER / new_id()
    place.mkdir(mode=0o700, parents=True)
    return place / name


def _settle(folder: Path, target: Path, digest: str) -> Snapshot:
    """Move a copy to where the same content is looked for, and share its blocks with one that is there."""
    place = folder / _FOLDER / f"{digest}-{new_id()[:8]}"
    twin = next((path for path in place.parent.glob(f"{digest}-*/*") if path.is_file()), None)
    if twin is not None:
        shared = target.with_name(f".{target.name}")
        # The uploader may have deleted it by now; then ours stays.
        with suppress(OSError):
            os.link(twin, shared)
            os.replace(shared, target)
    os.rename(target.parent, place)
    settled = place / target.name
    return Snapshot(str(settled.relative_to(folder)), digest, settled.stat().st_size)


def _discard(target: Path) -> None:
    shutil.rmtree(target.parent, ignore_errors=True)


def _move(file: Path, target: Path) -> bool:
    """Whether a file could be taken over, which needs that no other name of it is left to write to."""
    try:
        if file.is_symlink() or file.stat().st_nlink > 1:
            return False
        os.rename(file, target)
    except OSError:
        return False  # it is on another file system, or not ours to move
    return True


def _copy(file: Path, target: Path) -> str:
    """Copy a file's content; returns its hash."""
    for _ in range(_ATTEMPTS):
        with file.open("rb") as reading, target.open("wb") as writing:
            if _clone(reading, writing):
                break
            before = os.fstat(reading.fileno())
            digest = hashlib.sha256()
            for block in _blocks(reading):
                writing.write(block)
                digest.update(block)
            after = os.fstat(reading.fileno())
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return digest.hexdigest()
    else:
        trouble("snapshot", f"{file} is written to all the time; what is kept of it may be from several moments.")
    return file_sha256(target)


def _clone(reading: BinaryIO, writing: BinaryIO) -> bool:
    try:
        fcntl.ioctl(writing.fileno(), _CLONE, reading.fileno())
    except OSError:
        return False
    return True


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_CHUNK):
        yield block
