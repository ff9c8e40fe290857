"""Folders as zip files, and back: the one place that takes archives apart (pains S2).

What is unpacked stays below its folder: absolute names, ``..``, drive letters, links, devices and names that occur
twice are refused before anything is written, and so is what would unpack to far more than a file of its size can hold.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from pellucid.base.errors import UsageError

_MAX_ENTRIES: Final = 1_000_000
_MAX_RATIO: Final = 1100
"""Unpacked size over packed size: Deflate can't do better than 1032 (zlib's technical details)."""

_CHUNK: Final = 1 << 20

_FASTEST: Final = 1
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip file can name."""


def pack_folder(folder: Path, target: Path, *, leave_out: Callable[[str], bool], seconds: float) -> bool:
    """Write a folder's files into a zip file, which is the whole one or not there.

    Args:
        folder: what to pack; names in the archive are relative to it. Links are left out.
        target: the archive; an old one is replaced.
        leave_out: says of a name in the archive that it is not wanted.
        seconds: to give up after.

    Returns:
        Whether there was time enough.

    Raises:
        OSError: a file can't be read, or the disk is full.
    """
    deadline = time.monotonic() + seconds
    temporary = target.with_name(f".{target.name}.{os.urandom(6).hex()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with (
            os.fdopen(descriptor, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_FASTEST) as archive,
        ):
            for path in _files(folder):
                name = path.relative_to(folder).as_posix()
                if not leave_out(name) and not _pack_file(archive, path, name, deadline):
                    return False
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def unpack_archive(archive: Path, folder: Path) -> None:
    """Unpack a zip file into an empty folder.

    Args:
        archive: the file, from anybody.
        folder: where to.

    Raises:
        UsageError: it is no zip file, is damaged, or has an entry that is refused; the folder may hold some of it.
        OSError: it can't be read, or the disk is full.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            for entry, path in _checked(archive, opened):
                target = folder / path
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with opened.open(entry) as packed, target.open("xb") as file:
                    shutil.copyfileobj(packed, file, _CHUNK)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        # Encrypted and exotic archives are the last two.
        raise UsageError(f"{archive} can't be unpacked: {error}") from error


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if not path.is_symlink() and path.is_file():
            yield path


def _pack_file(archive: zipfile.ZipFile, path: Path, name: str, deadline: float) -> bool:
    """Whether there was time enough."""
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return True  # the folder is somebody's who is still at work
    with source:
        moment = max(time.localtime(os.fstat(source.fileno()).st_mtime)[:6], _EARLIEST)
        entry = zipfile.ZipInfo(name, moment)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = (stat.S_IFREG | 0o600) << 16
        with archive.open(entry, "w", force_zip64=True) as packed:
            while block := source.read(_CHUNK):
                if time.monotonic() > deadline:
                    return False
                packed.write(block)
    return True


def _checked(archive: Path, opened: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The files in an archive with their paths, all of them harmless."""
    entries = opened.infolist()
    if len(entries) > _MAX_ENTRIES:
        raise UsageError(f"{archive} has {len(entries)} entries; allowed are {_MAX_ENTRIES}")
    if sum(entry.file_size for entry in entries) > _MAX_RATIO * (archive.stat().st_size + _CHUNK):
        raise UsageError(f"{archive} would unpack to far more than it can hold")
    seen: set[str] = set()
    checked = []
    for entry in entries:
        path = PurePosixPath(entry.filename)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        odd = "\\" in entry.filename or "\0" in entry.filename or entry.filename[1:2] == ":"
        if odd or path.is_absolute() or ".." in path.parts or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise UsageError(f"{archive} has the entry {entry.filename!r}; allowed are files below its root")
        if entry.is_dir():
            continue
        if str(path) in seen:
            raise UsageError(f"{archive} has the entry {entry.filename!r} twice")
        seen.add(str(path))
        checked.append((entry, path))
    return checked
