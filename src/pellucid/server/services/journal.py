"""``journal.append``: what a run reported, exactly once (``pellucid.wire.ingest``)."""

from __future__ import annotations

from pellucid.base.clock import to_milliseconds
from pellucid.server.content import without_nul
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.event_records import refusal, to_record
from pellucid.store.records import Block, EventsBlock, PointsBlock
from pellucid.wire import ingest
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import EventType


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [Endpoint(ingest.APPEND, Policy.USER, append)]


def append(context: Context, request: ingest.Append) -> ingest.AppendResponse:
    """Store what is new in the batches, all or nothing."""
    now = context.clock()
    blocks = [_to_block(batch, to_milliseconds(now), context.worker) for batch in request.batches]
    return ingest.AppendResponse(acknowledged=dict(context.store.events.append(request.task, blocks, now)))


def _to_block(batch: ingest.Batch, now: int, worker: str) -> Block:
    if isinstance(batch, ingest.PointsBatch):
        names = {number: (without_nul(title), without_nul(series)) for number, (title, series) in batch.series.items()}
        return PointsBlock(writer=batch.writer, offset=batch.offset, count=batch.count, series=names, data=batch.data)
    events = []
    for end, event in batch.events:
        reason = "scalars travel as points" if event.type == EventType.scalar else refusal(event)
        if reason:
            raise ApiError(ErrorCode.VALIDATION, f"event of {batch.writer} before {end}: {reason}")
        events.append((end, to_record(event, now=now, worker=worker)))
    return EventsBlock(writer=batch.writer, events=events)
