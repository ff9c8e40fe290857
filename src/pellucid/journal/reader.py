"""Reads one writer's streams of a run's journal, from a position on, while they grow or after their writer is gone.

Reading again from a position gives the same data, so a reader that is interrupted goes on from where its receiver got
to.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pellucid.base.points import EMPTY, POINT_SIZE
from pellucid.journal.format import (
    FRAMES_HEADER,
    FRAMES_MAGIC,
    POINTS_HEADER,
    POINTS_MAGIC,
    check_header,
    frames_file,
    points_file,
    segment_indices,
)
from pellucid.journal.frames import Damage, Frame, decode_frame, find_frame

_NUMBERS_STRIDE: Final = POINT_SIZE // 4


@dataclass(frozen=True, slots=True)
class Points:
    """Consecutive slots of one writer.

    Attributes:
        first: position of the first.
        count: how many.
        data: the slots; after a loss of power some of them may be ``EMPTY``.
        numbers: the series numbers that occur.
    """

    first: int
    count: int
    data: bytes
    numbers: frozenset[int]


class PointsReader:
    """A writer's points, in order.

    Attributes:
        position: number of slots read, or skipped at the start.
    """

    def __init__(self, folder: Path, writer: str, position: int = 0) -> None:
        self.position = position
        self._folder = folder
        self._writer = writer
        self._index: int | None = None

    def read(self, limit: int, *, ended: bool) -> Points | None:
        """The next slots.

        Args:
            limit: at most so many; a batch never spans two files.
            ended: whether the writer's process was gone before this call.

        Returns:
            ``None`` if there are no more, as yet.

        Raises:
            JournalVersionError: a newer release wrote the file.
        """
        if self._index is None:
            # The first ones may have been discarded.
            self._index = min(segment_indices(self._folder, self._writer), default=None)
        while self._index is not None and (path := points_file(self._folder, self._writer, self._index)).exists():
            # Asked first: a file that is followed by another one was full before that one was made.
            full = points_file(self._folder, self._writer, self._index + 1).exists()
            with path.open("rb", buffering=0) as file:
                header = _points_header(path, file.fileno())
                if header is None and not full:
                    return None
                first, capacity = header or (self.position, 0)
                self.position = max(self.position, first)
                if self.position < first + capacity:
                    wanted = min(limit, first + capacity - self.position)
                    return self._read(file.fileno(), self.position - first, wanted, full=full, ended=ended)
            self._index += 1
        return None

    def discard(self, *, ended: bool = False) -> None:
        """Delete the files that this reader has left behind: what it read is safe elsewhere.

        Args:
            ended: whether the writer's process is gone and everything was read, so that no file is needed any more.
        """
        for index in segment_indices(self._folder, self._writer):
            if ended or (self._index is not None and index < self._index):
                points_file(self._folder, self._writer, index).unlink(missing_ok=True)

    def _read(self, file: int, slot: int, count: int, *, full: bool, ended: bool) -> Points | None:
        offset = POINTS_HEADER.size + slot * POINT_SIZE
        if not (full or ended) and _series_numbers(os.pread(file, POINT_SIZE, offset))[0] == EMPTY:
            return None  # the common case when polling, so it reads one slot only
        numbers = _series_numbers(os.pread(file, count * POINT_SIZE, offset))
        if not full:
            count = _written(numbers, ended=ended)
            if count == 0:
                return None
        # Read once more: whatever the first look found complete is whole by now, even where the processor lets other
        # cores see the parts of a point out of order.
        data = os.pread(file, count * POINT_SIZE, offset)
        first, self.position = self.position, self.position + count
        return Points(first, count, data, frozenset(numbers[:count]))


class FramesReader:
    """A writer's framed records, in order.

    Attributes:
        position: bytes read, or skipped at the start.
    """

    def __init__(self, folder: Path, writer: str, position: int = 0) -> None:
        self.position = position
        self._path = frames_file(folder, writer)

    def read(self, limit: int, *, ended: bool) -> list[Frame | Damage]:
        """The next records, and what was damaged between them.

        Args:
            limit: stop when so many bytes were read; a record that is longer comes alone.
            ended: whether the writer's process was gone before this call. If not, an incomplete record at the end is
                waited for.

        Raises:
            JournalVersionError: a newer release wrote the file.
        """
        with self._path.open("rb", buffering=0) as file:
            if self.position < FRAMES_HEADER.size:
                header = file.read(FRAMES_HEADER.size)
                if len(header) < FRAMES_HEADER.size:
                    return []
                magic, version, *_ = FRAMES_HEADER.unpack(header)
                check_header(self._path, magic, version, FRAMES_MAGIC)
                self.position = FRAMES_HEADER.size
            while True:
                data = os.pread(file.fileno(), limit, self.position)
                items = list(_decode(data, self.position, whole=len(data) < limit, ended=ended))
                if items or len(data) < limit:
                    break
                limit *= 4
        if items:
            self.position = items[-1].end
        return items


def _decode(data: bytes, base: int, *, whole: bool, ended: bool) -> Iterator[Frame | Damage]:
    """Take bytes of a file apart.

    Args:
        data: what to take apart; begins where a record should begin.
        base: its position in the file.
        whole: whether the file ends where the data ends.
        ended: whether the file will not grow any more.
    """
    at = 0
    while at < len(data):
        frame = decode_frame(data, at, base)
        if frame is not None:
            yield frame
            at = frame.end - base
        elif not whole:
            return  # what is missing may be in the next piece
        elif (sound := find_frame(data, at + 1, base)) is not None:
            yield Damage(base + at, base + sound)
            at = sound
        elif ended:
            yield Damage(base + at, base + len(data))
            return
        else:
            return


def _points_header(path: Path, file: int) -> tuple[int, int] | None:
    """Position of a file's first slot, and number of its slots; ``None`` for a file that was cut off before them."""
    header = os.pread(file, POINTS_HEADER.size, 0)
    if len(header) < POINTS_HEADER.size:
        return None
    magic, version, _, first = POINTS_HEADER.unpack(header)
    check_header(path, magic, version, POINTS_MAGIC)
    return first, (os.fstat(file).st_size - POINTS_HEADER.size) // POINT_SIZE


def _series_numbers(slots: bytes) -> array[int]:
    """The last field of each slot."""
    fields = array("I", slots)
    if sys.byteorder == "big":
        fields.byteswap()
    return fields[_NUMBERS_STRIDE - 1 :: _NUMBERS_STRIDE]


def _written(numbers: array[int], *, ended: bool) -> int:
    """How many slots count as written: up to the first empty one; if nobody writes any more, up to the last that is not
    empty, as pages that a loss of power took may lie between."""
    if ended:
        # EMPTY is all zero bytes, so this is the search from the end, done in C.
        return -(-len(numbers.tobytes().rstrip(b"\0")) // numbers.itemsize)
    return numbers.index(EMPTY) if EMPTY in numbers else len(numbers)
