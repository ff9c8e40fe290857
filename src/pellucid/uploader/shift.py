"""Iterations of an imported session, moved along the axis so that they follow those that a task has already."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import Final

import msgspec

from pellucid.base.points import EMPTY, POINT, POINT_SIZE, SINGLE_VALUE_ITERATION, VOID
from pellucid.uploader.collect import PointsChunk
from pellucid.wire import events
from pellucid.wire.events import Event
from pellucid.wire.records import Call

_ITERATION: Final = struct.Struct("<q")


def shift_points(chunk: PointsChunk, offset: int) -> PointsChunk:
    """Points with later iterations; single values have none, and stay (sdk-surface M155)."""
    if not offset:
        return chunk
    data = bytearray(chunk.data)
    for at, (iteration, _, _, number) in enumerate(POINT.iter_unpack(chunk.data)):
        if number not in (EMPTY, VOID) and iteration != SINGLE_VALUE_ITERATION:
            _ITERATION.pack_into(data, at * POINT_SIZE, iteration + offset)
    return replace(chunk, data=bytes(data))


def shift_event(event: Event, offset: int) -> Event:
    """An event with a later iteration, if it has one."""
    if not offset or event.iter is None or event.iter == SINGLE_VALUE_ITERATION:
        return event
    return msgspec.structs.replace(event, iter=event.iter + offset)


def shift_call(call: Call, offset: int) -> Call:
    """A call; if it reports an event, with a later iteration."""
    if not offset or call.action != events.ADD.name:
        return call
    event = msgspec.json.decode(call.body, type=Event)
    return Call(call.action, msgspec.json.encode(shift_event(event, offset)))
