"""A memory-mapped file of points, as its writer sees it."""

from __future__ import annotations

import itertools
import mmap
import os
import struct
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path

from pellucid.base.points import EMPTY, POINT, POINT_SIZE, SINGLE_VALUE_ITERATION, VOID
from pellucid.journal.format import POINTS_HEADER, POINTS_MAGIC, SEGMENT_SIZE, VERSION, points_file

_NUMBER = struct.Struct("<I")
_NUMBER_OFFSET = POINT_SIZE - _NUMBER.size

_LATEST = 1000
"""Slots to look into for an iteration."""

_PIECE = 1 << 16
"""A new file is filled with zeros in pieces of so many bytes. The kernel keeps each together in memory, and the loop
then pays for one page fault a piece instead of one a page; in bigger pieces the mapping often straddles a boundary
that undoes this. Measured on Linux 6.18 with ext4: 0.4 instead of 1.3 ms a file, all faults included."""


class NextSlot:
    """An offset that is another one each time it is asked for: the next free slot of a segment.

    ``Struct.pack_into(buffer, NextSlot(), …)`` asks, reserves and fills the slot within one C function, during which
    the interpreter lock is not given up and no signal handler runs. So no thread, exception or signal can come
    between taking a slot and filling it, and slots are filled strictly in order without a lock.
    """

    __slots__ = ("__index__",)

    __index__: Callable[[], int]

    def __init__(self) -> None:
        self.__index__ = itertools.count(POINTS_HEADER.size, POINT_SIZE).__next__


class Segment:
    """One file of points; unmapped when the last thread has let go of it.

    Attributes:
        buffer: the mapped file. Filling it beyond its end is a ``struct.error``.
        next_slot: where the next point goes.
        index: its place in the row of the writer's segments.
        first: position of its first slot among all of the writer's points.
    """

    __slots__ = ("_following", "buffer", "first", "index", "next_slot")

    def __init__(self, buffer: mmap.mmap | bytearray, index: int, first: int) -> None:
        self.buffer = buffer
        self.next_slot = NextSlot()
        self.index = index
        self.first = first
        self._following: dict[str, Segment] = {}

    @classmethod
    def before_first(cls) -> Segment:
        """The start of a writer's row of segments: has no file and is always full."""
        return cls(bytearray(), -1, 0)

    @property
    def capacity(self) -> int:
        """Number of slots."""
        return max(len(self.buffer) - POINTS_HEADER.size, 0) // POINT_SIZE

    def filled(self) -> int:
        """Number of slots that hold a point."""
        return bisect_left(range(self.capacity), True, key=self._is_empty)

    def last_iteration(self) -> int | None:
        """The iteration of the last point that has one; ``None`` if there is none among the latest."""
        filled = self.filled()
        for slot in range(filled - 1, max(filled - _LATEST, 0) - 1, -1):
            iteration, _, _, number = POINT.unpack_from(self.buffer, POINTS_HEADER.size + slot * POINT_SIZE)
            if number != VOID and iteration != SINGLE_VALUE_ITERATION:
                return int(iteration)
        return None

    def following(self, folder: Path, writer: str) -> Segment:
        """The next segment of the row, made if it is not there yet.

        Needs no lock, so a signal handler may report in the midst of it: all who come here use the same file, whoever
        names it first, and the same ``Segment``, as ``setdefault`` is one step.

        Raises:
            OSError: the disk is full, or the folder is gone; nothing is left behind.
        """
        present = self._following.get("")
        if present is not None:
            return present
        index, first = self.index + 1, self.first + self.capacity
        return self._following.setdefault("", Segment(_map(points_file(folder, writer, index), first), index, first))

    def _is_empty(self, slot: int) -> bool:
        offset = POINTS_HEADER.size + slot * POINT_SIZE + _NUMBER_OFFSET
        return bool(_NUMBER.unpack_from(self.buffer, offset)[0] == EMPTY)


def _map(path: Path, first: int) -> mmap.mmap:
    """Map a file of points, which gets its name when it is complete.

    Its blocks are allocated first, so that a full disk is an error now and not a SIGBUS in the training loop.
    """
    unnamed = path.with_suffix(f".{os.urandom(4).hex()}.new")
    descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, SEGMENT_SIZE)
        for offset in range(0, SEGMENT_SIZE, _PIECE):
            os.pwrite(descriptor, bytes(min(_PIECE, SEGMENT_SIZE - offset)), offset)
        os.pwrite(descriptor, POINTS_HEADER.pack(POINTS_MAGIC, VERSION, POINT_SIZE, first), 0)
        try:
            os.link(unnamed, path)
        except FileExistsError:
            os.close(descriptor)
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        return mmap.mmap(descriptor, SEGMENT_SIZE)
    finally:
        os.close(descriptor)
        unnamed.unlink(missing_ok=True)
