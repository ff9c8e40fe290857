"""Between events of the protocol and what the store keeps (protocol §2.6, §3.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
import zstandard

from pellucid.base.points import POINT
from pellucid.server.content import checked, without_nul
from pellucid.server.errors import ApiError
from pellucid.server.request import parse_json
from pellucid.store.records import Block, EventRecord, EventsBlock, PointsBlock
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import EventType
from pellucid.wire.events import Event

_NANOSECONDS = 1_000_000
_INT64 = range(-(2**63), 2**63)
_TYPES = frozenset(EventType)


def refusal(event: Event) -> str | None:
    """Why an event cannot be stored, ``None`` if it can."""
    if event.type not in _TYPES:
        return f"unknown event type {event.type!r}"
    if not event.task:
        return "task is missing"
    if "\0" in event.task:
        return "task has a NUL character"
    if event.iter is not None and event.iter not in _INT64:
        return f"iter is {event.iter}, which has more than 64 bits"
    if event.timestamp is not None and event.timestamp * _NANOSECONDS not in _INT64:
        return f"timestamp is {event.timestamp}, which is no number of milliseconds since 1970"
    if event.type == EventType.scalar and event.value is None:
        return "value is missing"
    if event.type == EventType.log and event.model_event:
        return "a model has no console"
    return None


def to_blocks(events: Iterable[Event], *, now: int, worker: str) -> list[Block]:
    """Events of one task that came without a writer, as blocks that are always stored.

    Args:
        events: sound events in the order in which they came.
        now: milliseconds since the epoch, for those without a timestamp.
        worker: for those that do not name one.
    """
    numbers: dict[tuple[str, str], int] = {}
    points = bytearray()
    others: list[EventRecord] = []
    for event in events:
        if event.type == EventType.scalar:
            name = (without_nul(event.metric or ""), without_nul(event.variant or ""))
            number = numbers.setdefault(name, len(numbers) + 1)
            time = (now if event.timestamp is None else event.timestamp) * _NANOSECONDS
            points += POINT.pack(event.iter or 0, time, event.value, number)
        else:
            others.append(to_record(event, now=now, worker=worker))
    blocks: list[Block] = []
    if points:
        names = {number: name for name, number in numbers.items()}
        count = len(points) // POINT.size
        data = zstandard.compress(bytes(points), 1)
        blocks.append(PointsBlock(writer=None, offset=0, count=count, series=names, data=data))
    if others:
        blocks.append(EventsBlock(writer=None, events=[(0, record) for record in others]))
    return blocks


def to_record(event: Event, *, now: int, worker: str) -> EventRecord:
    """An event that is no scalar, as the store keeps it."""
    is_line = event.type == EventType.log
    return EventRecord(
        type=event.type,
        timestamp=now if event.timestamp is None else event.timestamp,
        worker=without_nul(event.worker or worker),
        iteration=None if is_line else event.iter or 0,
        metric=without_nul(event.metric or ""),
        variant=without_nul(event.variant or ""),
        key=without_nul(event.key or ""),
        level=without_nul(event.level or ""),
        message=without_nul(event.msg or ""),
        data={} if is_line else _content(event),
    )


def _content(event: Event) -> dict[str, Any]:
    extra = {"url": event.url, "plot_str": event.plot_str, "values": event.values, "x_axis_label": event.x_axis_label}
    return {key: _fit(value) for key, value in extra.items() if value is not None}


def _fit(value: Any) -> Any:
    return without_nul(value) if isinstance(value, str) else checked(value)


def to_document(record: EventRecord, task: str) -> dict[str, Any]:
    """A stored event as clients read it."""
    common = {"task": task, "type": record.type, "timestamp": record.timestamp, "worker": record.worker}
    if record.type == EventType.log:
        return {**common, "level": record.level, "msg": record.message}
    document = {**common, "iter": record.iteration, "metric": record.metric, "variant": record.variant, **record.data}
    if record.key:
        document["key"] = record.key
    if record.type == EventType.vector:
        document["value"] = document.pop("values", [])
    if "plot_str" in document:
        document["plot_len"] = len(document["plot_str"])
    return document


def parse_lines(body: bytes) -> tuple[list[Event], dict[str, int]]:
    """The events of a body with one on each line, and what was wrong with the others (protocol §1.9).

    Raises:
        ApiError: 400/18, a line is not a JSON object.
    """
    decoder = msgspec.json.Decoder(Event, strict=False)
    events: list[Event] = []
    errors: Counter[str] = Counter()
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            events.append(decoder.decode(line))
        except (msgspec.DecodeError, RecursionError):
            # Seldom, so it may take its time: the line is in Python's dialect, or it is no event, or no object at all.
            try:
                events.append(msgspec.convert(_parse_line(line, number), Event, strict=False))
            except msgspec.ValidationError as error:
                errors[str(error)] += 1
    return events, dict(errors)


def parse_objects(body: bytes) -> list[dict[str, Any]]:
    """The objects of a body with one on each line. Raises ApiError 400/17 if there is none, 400/18 for what is none."""
    found = [_parse_line(line, number) for number, line in enumerate(body.split(b"\n"), start=1) if line.strip()]
    if not found:
        raise ApiError(ErrorCode.BATCH_EMPTY)
    return found


def _parse_line(line: bytes, number: int) -> dict[str, Any]:
    try:
        parsed = parse_json(line)
    except ValueError as error:
        raise ApiError(ErrorCode.BATCH_ITEM_INVALID, f"line {number}: {error}") from error
    if not isinstance(parsed, dict):
        raise ApiError(ErrorCode.BATCH_ITEM_INVALID, f"line {number}")
    return parsed
