"""``journal.append``: our own endpoint for what a run reported, exactly once.

Not part of the reference protocol: a client that gets 404 here falls back to ``events.add_batch``. The body is
MessagePack (``Content-Type: application/msgpack``), so that points travel as the bytes that the training loop wrote
and NaN and the infinities survive.

Each writer of a run numbers what it writes: points by their position, framed records by the byte at which they end. The
server remembers, per (task, writer), how far it has got, in the transaction that stores the data; a repeated or
overlapping request stores only what is new, and the answer says how far the server is now.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from pellucid.wire.action import Action, Position, Request, Response
from pellucid.wire.events import Event


class PointsBatch(msgspec.Struct, frozen=True, kw_only=True, tag="points"):
    """Consecutive slots of one writer's scalar segments, in the layout of ``pellucid.base.points``.

    Attributes:
        writer: names the stream; unique within the task.
        offset: position of the first slot, counted from the writer's beginning.
        count: number of slots, finished or not.
        series: names of the series numbers that occur: number to (title, series).
        data: the slots, compressed with Zstandard. Slots with number EMPTY or VOID are passed over.
    """

    writer: str
    offset: Position
    count: int
    series: dict[int, tuple[str, str]]
    data: bytes


class EventsBatch(msgspec.Struct, frozen=True, kw_only=True, tag="events"):
    """Framed records of one writer that are events: console lines, plots, samples.

    Attributes:
        writer: names the stream; unique within the task.
        events: (position at which the record ends in the writer's stream, the event); positions rise.
    """

    writer: str
    events: list[tuple[Position, Event]]


Batch: TypeAlias = PointsBatch | EventsBatch


class Append(Request, frozen=True):
    """Batches of one task, stored in one transaction."""

    task: str
    batches: list[Batch]


class AppendResponse(Response, frozen=True):
    """For each writer in the request, the position up to which everything is stored."""

    acknowledged: dict[str, int]


APPEND = Action("journal.append", Append, AppendResponse)
