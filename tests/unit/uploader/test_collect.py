"""What is to be sent of one writer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pellucid.base.points import POINT
from pellucid.journal.format import FRAMES_HEADER, Position
from pellucid.journal.frames import Frame
from pellucid.journal.writer import Writer
from pellucid.uploader import collect
from pellucid.uploader.collect import UNNAMED, EventsChunk, PointsChunk, WriterCollector
from pellucid.wire.events import Event
from pellucid.wire.records import RecordKind, SeriesName

NOTHING = Position(0, 0)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    """A writer that has named the series 1 ``loss/train``."""
    writer = Writer(tmp_path)
    writer.append(RecordKind.SERIES, msgspec.msgpack.encode(SeriesName(writer.next_series_number(), "loss", "train")))
    return writer


@pytest.fixture
def collector(writer: Writer, tmp_path: Path) -> Callable[..., WriterCollector]:
    """Opens a collector and lets it read."""

    def open_collector(acknowledged: Position = NOTHING, sent: int = 0) -> WriterCollector:
        collector = WriterCollector(tmp_path, writer.name, acknowledged, sent)
        collector.collect()
        return collector

    return open_collector


def decode(_: str, frame: Frame) -> Event | None:
    """The event, unless it is nonsense."""
    try:
        return msgspec.msgpack.decode(frame.payload, type=Event)
    except msgspec.DecodeError:
        return None


def write_line(writer: Writer, text: str) -> int:
    """A console line; returns the position behind it."""
    writer.append(RecordKind.EVENT, msgspec.msgpack.encode(Event(type="log", task="t", msg=text)))
    return writer.position().frames


def test_points_come_with_the_names_of_their_series(writer: Writer, collector: Callable[..., WriterCollector]) -> None:
    """They are given out until they are committed."""
    writer.append_point(1, 7, 0.5)
    opened = collector()

    for _ in range(2):
        chunk = opened.points()
        assert chunk is not None
        assert (chunk.first, chunk.end, chunk.names) == (0, 1, {1: ("loss", "train")})
    assert not opened.is_empty
    assert chunk is not None
    opened.commit(chunk)
    assert opened.points() is None
    assert opened.is_empty


def test_names_are_found_behind_any_amount_of_records(
    writer: Writer, collector: Callable[..., WriterCollector], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Points wait for their names, while the records before those are sent."""
    monkeypatch.setattr(collect, "MAX_EVENT_BYTES", 100)
    for number in range(20):
        write_line(writer, f"line {number}")
    number = writer.next_series_number()
    writer.append(RecordKind.SERIES, msgspec.msgpack.encode(SeriesName(number, "acc", "test")))
    writer.append_point(number, 0, 0.5)
    opened = collector()
    assert opened.points() is None
    while (points := opened.points()) is None:
        events = opened.events(decode)
        assert events is not None
        opened.commit(events)
        opened.collect()

    assert points.names == {number: ("acc", "test")}


def test_points_whose_names_were_lost_are_not(writer: Writer, collector: Callable[..., WriterCollector]) -> None:
    """A full disk may have taken the record of the names; the values are still worth having."""
    writer.append_point(9, 0, 0.5)

    points = collector().points()
    assert points is not None
    assert points.names == {9: (UNNAMED, "9")}


def test_events_up_to_the_next_record_of_another_kind(
    writer: Writer, collector: Callable[..., WriterCollector]
) -> None:
    """What can't be read is left out, and is done with when the chunk is."""
    write_line(writer, "one")
    writer.append(RecordKind.EVENT, b"\xc1")
    writer.append(RecordKind.EVENT, b"\xc1")
    end = writer.position().frames
    writer.append(RecordKind.CALL, b"")
    write_line(writer, "two")
    opened = collector()

    chunk = opened.events(decode)
    assert chunk is not None
    assert [event.msg for _, event in chunk.events] == ["one"]
    assert chunk.end == end
    opened.commit(chunk)
    assert opened.done == end
    assert opened.events(decode) is None
    assert next(opened.records()).kind == RecordKind.CALL


def test_what_was_sent_before_is_left_out_but_for_what_is_still_open(
    writer: Writer, collector: Callable[..., WriterCollector]
) -> None:
    """An upload that was not finished, and an end that was not said, are given out again."""
    writer.append(RecordKind.UPLOAD, b"finished")
    acknowledged = write_line(writer, "one")
    writer.append(RecordKind.UPLOAD, b"unfinished")
    writer.append(RecordKind.CALL, b"sent")
    writer.append(RecordKind.END, b"not said")
    sent = writer.position().frames
    writer.append(RecordKind.CALL, b"new")
    for iteration in range(5):
        writer.append_point(1, iteration, 0.5)
    opened = collector(Position(3, acknowledged), sent)

    assert [frame.payload for frame in opened.records()] == [b"unfinished", b"not said", b"new"]
    points = opened.points()
    assert points is not None
    assert (points.first, len(points), points.names) == (3, 2, {1: ("loss", "train")})


def test_done_reaches_the_end_of_the_file(writer: Writer, collector: Callable[..., WriterCollector]) -> None:
    """Names alone are done with as soon as they are read."""
    assert collector().done == writer.position().frames > FRAMES_HEADER.size


@pytest.mark.parametrize("count", [2, 3, 7])
def test_halves_are_the_whole(count: int) -> None:
    """Positions included."""
    slots = b"".join(POINT.pack(at, 0, 0.0, 1) for at in range(count))
    first, second = PointsChunk("w", 10, slots, {}).halves()
    assert (first.first, first.end, second.end) == (10, second.first, 10 + count)
    assert first.data + second.data == slots

    events = [(at, Event(type="log", task="t")) for at in range(count)]
    one, two = EventsChunk("w", events, count).halves()
    assert one.events + two.events == events
    assert min(len(one), len(two)) >= 1
