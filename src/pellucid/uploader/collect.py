"""What is to be sent of one writer: reads its streams ahead of what the server has, and cuts them into chunks.

Nothing is let go of before it is committed: a chunk that could not be sent is given out again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
import zstandard

from pellucid.base.points import EMPTY, POINT_SIZE, VOID
from pellucid.journal.folder import is_writing
from pellucid.journal.format import Position
from pellucid.journal.frames import Damage, Frame
from pellucid.journal.reader import FramesReader, Points, PointsReader
from pellucid.wire.events import Event
from pellucid.wire.ingest import EventsBatch, PointsBatch
from pellucid.wire.records import RecordKind, SeriesName

MAX_POINTS: Final = 100_000
"""Slots in a chunk, at most."""

MAX_EVENT_BYTES: Final = 4 << 20
"""Records are read, and events are sent, in pieces of about this size; a longer one goes alone."""

UNNAMED: Final = "unnamed"
"""Title of a series whose names were lost to a full disk; its series is its number."""

_NO_SERIES: Final = frozenset({EMPTY, VOID})

_OPEN_UNTIL_ACKNOWLEDGED: Final = {RecordKind.UPLOAD, RecordKind.END}

_COMPRESSION: Final = zstandard.ZstdCompressor(level=1)


@dataclass(frozen=True)
class PointsChunk:
    """Consecutive slots of a writer with the names of their series."""

    writer: str
    first: int
    data: bytes
    names: dict[int, tuple[str, str]]

    @property
    def end(self) -> int:
        """Position behind the last slot."""
        return self.first + len(self)

    def __len__(self) -> int:
        return len(self.data) // POINT_SIZE

    def halves(self) -> tuple[PointsChunk, PointsChunk]:
        """The same slots in two chunks."""
        middle = len(self) // 2
        cut = middle * POINT_SIZE
        return replace(self, data=self.data[:cut]), replace(self, first=self.first + middle, data=self.data[cut:])

    def to_wire(self) -> PointsBatch:
        """As the server wants it. Both streams of a writer have positions of their own, so each is a stream there."""
        return PointsBatch(
            writer=f"{self.writer}.points",
            offset=self.first,
            count=len(self),
            series=self.names,
            data=_COMPRESSION.compress(self.data),
        )


@dataclass(frozen=True)
class EventsChunk:
    """Consecutive events of a writer with the positions at which their records end; ``end`` may lie behind the last
    one, if records that could not be read follow."""

    writer: str
    events: list[tuple[int, Event]]
    end: int

    def __len__(self) -> int:
        return len(self.events)

    def halves(self) -> tuple[EventsChunk, EventsChunk]:
        """The same events in two chunks."""
        middle = len(self) // 2
        return replace(self, events=self.events[:middle]), replace(self, events=self.events[middle:])

    def to_wire(self) -> EventsBatch:
        """As the server wants it."""
        return EventsBatch(writer=f"{self.writer}.frames", events=self.events)


Chunk: TypeAlias = PointsChunk | EventsChunk
DecodeEvent: TypeAlias = Callable[[str, Frame], Event | None]


class WriterCollector:
    """One writer's streams, from where the server has got to.

    Attributes:
        name: the writer.
    """

    def __init__(self, folder: Path, name: str, acknowledged: Position, sent: int) -> None:
        """Go on where the last uploader of this run stopped.

        Args:
            folder: the run's folder.
            name: the writer.
            acknowledged: everything before these positions is done with.
            sent: up to this byte, only uploads and the end are still open.
        """
        self.name = name
        self._damage: list[Damage] = []
        self._folder = folder
        self._names: dict[int, tuple[str, str]] = {}
        self._points = PointsReader(folder, name, acknowledged.points)
        self._frames = FramesReader(folder, name)
        self._acknowledged = acknowledged.frames
        self._sent = sent
        self._queue: deque[Frame] = deque()
        self._queued_bytes = 0
        self._batch: Points | None = None
        self._writing = True
        self._exhausted = False

    @property
    def is_writing(self) -> bool:
        """Whether the writer's process ran when ``collect`` was last called."""
        return self._writing

    @property
    def is_empty(self) -> bool:
        """Whether everything that ``collect`` found is committed."""
        return self._batch is None and not self._queue

    @property
    def done(self) -> int:
        """The byte before which all records that ``collect`` found are committed."""
        return self._queue[0].start if self._queue else self._frames.position

    def collect(self) -> None:
        """Read what is new, unless enough is waiting already.

        Raises:
            OSError: the disk has trouble.
            JournalVersionError: a newer release wrote this.
        """
        if self._exhausted:
            return
        # Asked first, so that what the process wrote last is read when it counts as gone.
        self._writing = self._writing and is_writing(self._folder, self.name)
        if self._batch is None:
            self._batch = self._points.read(MAX_POINTS, ended=not self._writing)
        # Read after the points, so that the names of their series are among the records.
        while self._queued_bytes < MAX_EVENT_BYTES:
            items = self._frames.read(MAX_EVENT_BYTES, ended=not self._writing)
            for item in items:
                self._take(item)
            if not items:
                if self._batch is not None:
                    self._name_the_nameless(self._batch)
                self._exhausted = not self._writing and self._batch is None
                if self._exhausted:
                    # A program may have thousands of short-lived workers, each with a file of a megabyte.
                    self._points.discard(ended=True)
                break

    def points(self) -> PointsChunk | None:
        """The next points, if the names of all their series have been read."""
        batch = self._batch
        if batch is None or not batch.numbers <= self._names.keys() | _NO_SERIES:
            return None
        names = {number: self._names[number] for number in batch.numbers - _NO_SERIES}
        return PointsChunk(self.name, batch.first, batch.data, names)

    def events(self, decode: DecodeEvent) -> EventsChunk | None:
        """The events before the next record of another kind.

        Args:
            decode: makes an event of a writer's record; ``None`` leaves it out.
        """
        frames = list(takewhile(lambda frame: frame.kind == RecordKind.EVENT, self._queue))
        if not frames:
            return None
        events = [(frame.end, event) for frame in frames if (event := decode(self.name, frame)) is not None]
        return EventsChunk(self.name, events, frames[-1].end)

    def commit(self, chunk: Chunk) -> None:
        """A chunk that was given out is done with."""
        if isinstance(chunk, EventsChunk):
            self.commit_frames(chunk.end)
        else:
            self._batch = None
            self._points.discard()

    def commit_frames(self, end: int) -> None:
        """The records up to a position are done with."""
        while self._queue and self._queue[0].end <= end:
            self._queued_bytes -= len(self._queue.popleft().payload)

    def records(self) -> Iterator[Frame]:
        """The records that are not done with, in order."""
        return iter(self._queue)

    def take_damage(self) -> list[Damage]:
        """What was found to be no record since the last call."""
        damage, self._damage = self._damage, []
        return damage

    def _take(self, item: Frame | Damage) -> None:
        if isinstance(item, Damage):
            if item.end > self._sent:
                self._damage.append(item)
        elif item.kind == RecordKind.SERIES:
            series = msgspec.msgpack.decode(item.payload, type=SeriesName)
            self._names[series.number] = (series.title, series.series)
        elif item.end > self._sent or (item.end > self._acknowledged and item.kind in _OPEN_UNTIL_ACKNOWLEDGED):
            self._queue.append(item)
            self._queued_bytes += len(item.payload)

    def _name_the_nameless(self, batch: Points) -> None:
        for number in batch.numbers - _NO_SERIES - self._names.keys():
            self._names[number] = (UNNAMED, str(number))
