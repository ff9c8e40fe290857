"""Iterations that are moved."""

from __future__ import annotations

import msgspec

from pellucid.base.points import EMPTY, POINT, SINGLE_VALUE_ITERATION
from pellucid.uploader.collect import PointsChunk
from pellucid.uploader.shift import shift_call, shift_event, shift_points
from pellucid.wire.enums import EventType
from pellucid.wire.events import Event
from pellucid.wire.records import Call


def test_points_are_moved_but_single_values_are_not() -> None:
    """Nor are slots that were never finished."""
    slots = [(5, 1, 0.5, 1), (SINGLE_VALUE_ITERATION, 2, 0.5, 2), (0, 0, 0.0, EMPTY), (-1, 3, float("inf"), 1)]
    chunk = PointsChunk("w", 0, b"".join(POINT.pack(*slot) for slot in slots), {1: ("a", "b"), 2: ("c", "d")})

    moved = shift_points(chunk, 1500)

    assert [slot[0] for slot in POINT.iter_unpack(moved.data)] == [1505, SINGLE_VALUE_ITERATION, 0, 1499]
    assert [slot[1:] for slot in POINT.iter_unpack(moved.data)] == [slot[1:] for slot in slots]
    assert shift_points(chunk, 0) is chunk


def test_events_are_moved_if_they_have_an_iteration() -> None:
    """Console lines have none; an event may be in a call."""
    plot = Event(type=EventType.plot, task="t", iter=2, plot_str="{}")
    line = Event(type=EventType.log, task="t", msg="x")

    assert shift_event(plot, 10).iter == 12
    assert shift_event(line, 10) is line
    assert b'"iter":12' in shift_call(Call("events.add", msgspec.json.encode(plot)), 10).body
    other = Call("tasks.edit", b"{}")
    assert shift_call(other, 10) is other
