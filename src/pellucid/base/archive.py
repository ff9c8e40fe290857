"""Folders as zip files, and back: the one place that takes archives apart (pains S2).

What is unpacked stays below its folder: absolute names, ``..``, drive letters, links, devices and names that occur
twice are refused before anything is written, and so is what would unpack to far more than a file of its size can hold.
"""

from __future__ import annotations

import math
import os
import shutil
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from pellucid.base.errors import UsageError

_MAX_ENTRIES: Final = 1_000_000
_MAX_RATIO: Final = 1100
"""Unpacked size over packed size: Deflate can't do better than 1032 (zlib's technical details)."""

_CHUNK: Final = 1 << 20

_ENTRY: Final = b"PK\3\4"
_HEAD: Final = struct.Struct("<4s2xHH8xIIHH")
"""What stands before each entry: mark, flags, method, packed and unpacked size, lengths of the name and of what follows
it (APPNOTE 4.3.7)."""

_UNKNOWN_LENGTH: Final = 1 << 3
_IN_MORE: Final = 0xFFFF_FFFF
_ZIP64: Final = b"\1\0"
"""A size that does not fit is among what follows the name, behind the unpacked one (APPNOTE 4.5.3)."""

_PACKED_CHUNK: Final = 1 << 16

_FASTEST: Final = 1
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip file can name."""


def pack_folder(folder: Path, target: Path, *, rank: Callable[[str], int | None], seconds: float) -> bool:
    """Write a folder's files into a zip file, which is the whole one or not there.

    Args:
        folder: what to pack; names in the archive are relative to it. Links are left out.
        target: the archive; an old one is replaced.
        rank: says of a name in the archive where it belongs: lower ones first, so that more can be made of an archive
            that is cut off later, and not at all for ``None``.
        seconds: to give up after.

    Returns:
        Whether there was time enough.

    Raises:
        OSError: a file can't be read, or the disk is full.
    """
    files = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    ranked = sorted((place, name) for name in files if (place := rank(name)) is not None)
    return pack_files({name: files[name] for _, name in ranked}, target, seconds=seconds)


def pack_files(files: Mapping[str, Path], target: Path, *, seconds: float = math.inf) -> bool:
    """Write files into a zip file, which is the whole one or not there.

    Args:
        files: what to pack, by the names in the archive, in this order. Files that are gone are left out.
        target: the archive; an old one is replaced.
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
            for name, path in files.items():
                if not _pack_file(archive, path, name, deadline):
                    return False
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def unpack_archive(archive: Path, folder: Path, *, keep_torn: Callable[[str], bool] | None = None) -> bool:
    """Unpack a zip file into an empty folder.

    Args:
        archive: the file, from anybody.
        folder: where to.
        keep_torn: makes the most of a file that was cut off: its whole entries, and of the last one what is there, if
            this says of its name that a part of it is of use. By default such a file is refused.

    Returns:
        Whether it was whole.

    Raises:
        UsageError: it is no zip file, is damaged, or has an entry that is refused; the folder may hold some of it.
        OSError: it can't be read, or the disk is full.
    """
    if keep_torn is not None and _is_cut_off(archive):
        _salvage(archive, folder, keep_torn)
        return False
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
    return True


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
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
        path = _path(archive, entry.filename, stat.S_IFMT(entry.external_attr >> 16))
        if entry.is_dir():
            continue
        if str(path) in seen:
            raise UsageError(f"{archive} has the entry {entry.filename!r} twice")
        seen.add(str(path))
        checked.append((entry, path))
    return checked


def _path(archive: Path, name: str, kind: int = 0) -> PurePosixPath:
    """An entry's path, if it is harmless."""
    path = PurePosixPath(name)
    odd = "\\" in name or "\0" in name or name[1:2] == ":"
    if odd or path.is_absolute() or ".." in path.parts or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UsageError(f"{archive} has the entry {name!r}; allowed are files below its root")
    return path


def _is_cut_off(archive: Path) -> bool:
    """Whether it begins like a zip file and does not end like one."""
    with archive.open("rb") as file:
        return file.read(len(_ENTRY)) == _ENTRY and not zipfile.is_zipfile(file)


def _salvage(archive: Path, folder: Path, keep_torn: Callable[[str], bool]) -> None:
    """Unpack entry by entry from the beginning, as far as it goes: the list of entries, at the end, is missing."""
    left = _MAX_RATIO * (archive.stat().st_size + _CHUNK)
    with archive.open("rb") as file:
        while (head := file.read(_HEAD.size)).startswith(_ENTRY) and len(head) == _HEAD.size:
            _, flags, method, packed, _, name_length, more_length = _HEAD.unpack(head)
            name, more = file.read(name_length), file.read(more_length)
            if packed == _IN_MORE and more[:2] == _ZIP64:
                packed = int.from_bytes(more[12:20], "little")
            path = _path(archive, name.decode(errors="replace"))
            if flags & _UNKNOWN_LENGTH or method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                return
            if name.endswith(b"/"):
                continue
            target = folder / path
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with target.open("xb") as output:
                whole = True
                for block in _inflate(file, packed, deflated=method == zipfile.ZIP_DEFLATED):
                    left -= len(block or b"")
                    if left < 0:
                        raise UsageError(f"{archive} would unpack to far more than it can hold")
                    whole = block is not None
                    output.write(block or b"")
            if not whole:
                if not keep_torn(str(path)):
                    target.unlink()
                return


def _inflate(file: BinaryIO, packed: int, *, deflated: bool) -> Iterator[bytes | None]:
    """The content of an entry; the last piece is ``None`` if some of it is missing."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if deflated else None
    while packed > 0:
        block = file.read(min(packed, _PACKED_CHUNK))
        packed -= len(block)
        try:
            yield block if inflater is None else inflater.decompress(block)
        except zlib.error:
            block = b""
        if not block:
            yield None
            return
