"""Writes a run's journal: what a call has written when it returns survives the death of the process.

Both kinds of data go to the page cache in the call itself: points through a shared memory map, framed records through
one ``write``. So SIGKILL loses nothing that was reported, and the reporting thread never waits for a disk or a lock.

Order of points. A slot is taken and filled in one step (``segment.NextSlot``), and its series number, which makes it
a point, is stored last (``base.points``). Hence a segment is a row of whole points, then at most one slot in flight,
then empty ones; a reader of a living writer ships up to the first empty slot. A value that is no number is refused
before a slot is taken.

Threads may share a writer. Processes must not: a forked child has the same mapping and would write into the same
slots. It makes a writer of its own (the SDK does so in its fork hook).

Trouble with the disk is counted and told once (``base.log.trouble``), never raised.
"""

from __future__ import annotations

import itertools
import os
import struct
import time
from collections.abc import Callable
from mmap import mmap
from pathlib import Path
from time import time_ns
from typing import Final, SupportsIndex, cast

from pellucid.base.errors import UsageError
from pellucid.base.log import trouble
from pellucid.base.process import ProcessIdentity, identify
from pellucid.journal.format import FRAMES_HEADER, FRAMES_MAGIC, MAX_PAYLOAD, VERSION, Position, frames_file
from pellucid.journal.frames import encode_frame
from pellucid.journal.segment import Segment

_HEAD: Final = struct.Struct("<qqd")
# Bound methods of structs, looked up once: these two calls are most of what a reported point costs.
_pack_head: Final = _HEAD.pack
# The stubs want an ``int`` as the offset, the function takes whatever has an ``__index__``.
_store: Final = cast(
    "Callable[[mmap | bytearray, SupportsIndex, bytes, int], None]", struct.Struct(f"<{_HEAD.size}sI").pack_into
)

_AFTER_CLOSE: Final = "Something was reported after its run was closed, and is not recorded."
_POINTS_LOST: Final = "Points could not be written to the disk and are lost; the program goes on."

_PAUSE_AFTER_DISK_TROUBLE: Final = 1.0
"""Seconds during which points are lost without another attempt to make a file: a full disk must not slow the loop."""


class Writer:
    """Appends points and framed records to files of its own in a run's folder.

    Attributes:
        name: unique within the folder: ``<pid>-<random hex>``.
    """

    def __init__(self, folder: Path) -> None:
        """Create the file of framed records; the first file of points comes with the first point.

        Raises:
            OSError: the folder is missing or can't be written.
        """
        self.name = _new_name(os.getpid())
        self._folder = folder
        frames = _AppendFile(frames_file(folder, self.name))
        os.write(frames.descriptor, _frames_header(_ourselves()))
        self._frames: _AppendFile | None = frames
        self._segment = Segment.before_first()
        self._numbers = itertools.count(1)
        self._closed_at = Position(0, 0)
        self._disk_pause_ends = 0.0

    def next_series_number(self) -> int:
        """1, 2, …: a number for one more series of this writer."""
        return next(self._numbers)

    def append(self, kind: int, payload: bytes) -> None:
        """Append a framed record.

        Args:
            kind: 0 to 255; what the payload is, for those who read it.
            payload: any bytes.

        Raises:
            UsageError: the payload is longer than ``MAX_PAYLOAD``.
        """
        if len(payload) > MAX_PAYLOAD:
            raise UsageError(f"payload: {len(payload)} bytes are too many for one record, which holds {MAX_PAYLOAD}")
        frame = encode_frame(kind, payload)
        file = self._frames
        if file is None:
            trouble("journal.closed", _AFTER_CLOSE)
            return
        try:
            # One write, in append mode: the kernel keeps the frames of several threads apart and in order.
            written = os.write(file.descriptor, frame)
        except OSError as error:
            trouble(
                "journal.disk", "A record could not be written to the disk and is lost; the program goes on.", error
            )
        else:
            if written < len(frame):
                # The torn frame stays where it is; readers pass over it and say so.
                trouble("journal.disk", "The disk is full: a record is lost; the program goes on.")

    def append_point(self, number: int, iteration: int, value: float) -> None:
        """Append a point, taken now.

        Args:
            number: of the series, from ``next_series_number``.
            iteration: 64 bits, signed.
            value: any float, NaN and the infinities too, or what converts to one.

        Raises:
            TypeError: the iteration or the value is no number, or the iteration has more than 64 bits.
        """
        segment = self._segment
        try:
            _store(segment.buffer, segment.next_slot, _pack_head(iteration, time_ns(), value), number)
        except struct.error:
            self._append_point_slowly(number, iteration, value)

    def position(self) -> Position:
        """How far this writer has got; a reader that has come as far has read everything that was appended before."""
        file, segment = self._frames, self._segment
        if file is None:
            return self._closed_at
        return Position(points=segment.first + segment.filled(), frames=file.size())

    def last_iteration(self) -> int | None:
        """The iteration of the last point; ``None`` if there is none yet, or the last ones have none."""
        return self._segment.last_iteration()

    def close(self) -> None:
        """Let go of the files. Harmless when repeated; what is reported later is counted as trouble."""
        if self._frames is not None:
            self._closed_at = self.position()
            self._frames = None
            self._segment = Segment.before_first()

    def _append_point_slowly(self, number: int, iteration: int, value: float) -> None:
        """The segment is full, or an argument is wrong."""
        try:
            head = _pack_head(iteration, time_ns(), value)
        except struct.error as error:
            message = f"a point needs an integer iteration and a number, not {iteration!r} and {value!r}"
            raise TypeError(f"{message} ({error})") from None
        while True:
            segment = self._segment
            try:
                _store(segment.buffer, segment.next_slot, head, number)
                return
            except struct.error:
                if not self._open_segment_after(segment):
                    return

    def _open_segment_after(self, full: Segment) -> bool:
        """Whether there is a segment to go on with."""
        if self._frames is None:
            trouble("journal.closed", _AFTER_CLOSE)
            return False
        if time.monotonic() < self._disk_pause_ends:
            trouble("journal.points", _POINTS_LOST)
            return False
        try:
            self._segment = full.following(self._folder, self.name)
        except OSError as error:
            self._disk_pause_ends = time.monotonic() + _PAUSE_AFTER_DISK_TROUBLE
            trouble("journal.points", _POINTS_LOST, error)
            return False
        return True


class _AppendFile:
    """A new file, open for appending until the last thread has let go of it: a thread that is about to write must not
    find its descriptor closed, or naming another file by then."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def size(self) -> int:
        return os.fstat(self.descriptor).st_size

    def __del__(self) -> None:
        if hasattr(self, "descriptor"):
            os.close(self.descriptor)


def announce_writer(folder: Path, pid: int) -> None:
    """Say that a process is going to write here, as it may not have come up yet: while it runs, the run is not over.

    Args:
        folder: the run's.
        pid: the process; nothing is said of one that is gone.

    Raises:
        OSError: the folder can't be written.
    """
    process = identify(pid)
    if process is not None:
        file = _AppendFile(frames_file(folder, _new_name(pid)))
        os.write(file.descriptor, _frames_header(process))


def _new_name(pid: int) -> str:
    return f"{pid}-{os.urandom(4).hex()}"


def _ourselves() -> ProcessIdentity:
    process = identify(os.getpid())
    assert process is not None
    return process


def _frames_header(process: ProcessIdentity) -> bytes:
    return FRAMES_HEADER.pack(FRAMES_MAGIC, VERSION, process.pid, process.start, process.boot)
