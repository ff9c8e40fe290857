"""Writes a journal of what happened elsewhere, at times of its own; nothing goes on writing it.

The same input makes the same bytes, and more input makes them longer, so that what a server has of a transcript is not
taken for new when it is made once more.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

from pellucid.base.points import POINT, POINT_SIZE
from pellucid.journal.format import (
    FRAMES_HEADER,
    FRAMES_MAGIC,
    POINTS_HEADER,
    POINTS_MAGIC,
    VERSION,
    frames_file,
    points_file,
)
from pellucid.journal.frames import encode_frame

_NO_PROCESS: Final = (0, 0, bytes(16))


class Transcript:
    """One writer's files in a run's folder."""

    def __init__(self, folder: Path, name: str) -> None:
        """Make the files.

        Args:
            folder: the run's folder.
            name: unique within the run; becomes part of the writer's.

        Raises:
            OSError: the folder can't be written, or has this writer already.
        """
        self.writer = f"0-{name}"
        self._folder = folder
        self._frames = frames_file(folder, self.writer).open("xb")
        self._frames.write(FRAMES_HEADER.pack(FRAMES_MAGIC, VERSION, *_NO_PROCESS))
        self._points: BinaryIO | None = None
        self._numbers: dict[tuple[str, str], int] = {}

    def append(self, kind: int, payload: bytes) -> None:
        """Append a framed record.

        Raises:
            OSError: the disk is full.
        """
        self._frames.write(encode_frame(kind, payload))

    def series(self, title: str, series: str) -> tuple[int, bool]:
        """The number of a series, and whether it is new, so that its names are to be appended."""
        number = self._numbers.get((title, series))
        if number is not None:
            return number, False
        number = self._numbers[title, series] = len(self._numbers) + 1
        return number, True

    def append_point(self, number: int, iteration: int, nanoseconds: int, value: float) -> None:
        """Append a point.

        Args:
            number: of its series.
            iteration: 64 bits, signed.
            nanoseconds: when, since the epoch.
            value: any float.

        Raises:
            OSError: the disk is full.
            struct.error: a number has more than 64 bits.
        """
        if self._points is None:
            self._points = points_file(self._folder, self.writer, 0).open("xb")
            self._points.write(POINTS_HEADER.pack(POINTS_MAGIC, VERSION, POINT_SIZE, 0))
        self._points.write(POINT.pack(iteration, nanoseconds, value, number))

    def __enter__(self) -> Transcript:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._frames.close()
        if self._points is not None:
            self._points.close()
