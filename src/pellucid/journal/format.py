"""The layout of the journal's files; old journals stay readable, so a change here is a new version.

A writer has one file of framed records, ``<writer>.frames``, and files of points, ``<writer>.<k>.points`` with k = 0,
1, …. All numbers are little-endian.

``.frames``: a header, then frames back to back. A frame is a mark, the length of its payload, the CRC-32 of kind and
payload, a kind byte, the payload. The mark is there for readers that look for the next whole frame after a damaged
one.

``.points``: a header, then slots of ``pellucid.base.points`` up to the end of the file. Slots are filled strictly in
order, and ``EMPTY`` until then.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final, NamedTuple

VERSION: Final = 1

FRAMES_HEADER: Final = struct.Struct("<8sIIQ16s")
"""Magic, version, and the writer's process: pid, start, boot (see ``pellucid.base.process``)."""

FRAMES_MAGIC: Final = b"PLCFRAME"

FRAME: Final = struct.Struct("<4sIIB")
"""Mark, length of the payload, CRC-32, kind."""

FRAME_MARK: Final = b"\xf5\x8fPL"

MAX_PAYLOAD: Final = 1 << 28
"""A frame's payload is at most this long, in bytes; a longer length can only be damage."""

POINTS_HEADER: Final = struct.Struct("<8sIIQ8x")
"""Magic, version, size of a slot in bytes, position of the first slot among all of the writer's points."""

POINTS_MAGIC: Final = b"PLCPOINT"

SEGMENT_SIZE: Final = 1 << 20
"""Size of a new file of points, in bytes; readers go by the size that they find."""


class Position(NamedTuple):
    """How far a writer, or its reader, has got: finished points, and bytes of the file of framed records."""

    points: int
    frames: int


class JournalVersionError(ValueError):
    """A file was written by a release that this one cannot read."""


def frames_file(folder: Path, writer: str) -> Path:
    """Where a writer keeps its framed records."""
    return folder / f"{writer}.frames"


def points_file(folder: Path, writer: str, index: int) -> Path:
    """Where a writer keeps one segment of its points."""
    return folder / f"{writer}.{index}.points"


def segment_indices(folder: Path, writer: str) -> list[int]:
    """Which segments of a writer there are, in no order."""
    return [int(path.suffixes[-2][1:]) for path in folder.glob(f"{writer}.*.points")]


def check_header(path: Path, magic: bytes, version: int, expected: bytes) -> None:
    """Refuse a file that is of another kind or from a newer release.

    Raises:
        JournalVersionError: it is; the message names the file.
    """
    if magic != expected:
        raise JournalVersionError(f"{path} is not a journal file")
    if version > VERSION:
        raise JournalVersionError(f"{path} has version {version}, this release reads up to {VERSION}")
