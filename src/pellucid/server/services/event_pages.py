"""``events.*``: the console, and events of any kind, page by page (protocol §2.6)."""

from __future__ import annotations

from typing import Any, Final

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.event_records import to_document
from pellucid.server.reporters import reporter_name
from pellucid.server.scalar_pages import Reached, first_page, next_page
from pellucid.server.scalar_rows import rows_by_iteration
from pellucid.server.scalar_rows import to_document as to_scalar_document
from pellucid.server.scroll_state import from_scroll_id, to_scroll_id
from pellucid.wire import events
from pellucid.wire.action import Position
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import EventType

_LOG_PAGE: Final = 5000
_EVENTS_PAGE: Final = 500
_MOST: Final = 10_000
_BEGINNING: Final = -(2**63)


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(events.GET_TASK_LOG, Policy.USER, get_task_log),
        Endpoint(events.GET_TASK_EVENTS, Policy.USER, get_task_events),
    ]


def get_task_log(context: Context, request: events.GetTaskLog) -> events.EventsPage:
    """A page of the console, going back from a moment or forward from it."""
    context.store.tasks.get(request.task)
    limit = min(max(request.batch_size or _LOG_PAGE, 1), _MOST)
    titles = request.metrics or None
    if request.navigate_earlier:
        found = context.store.events.log(request.task, limit=limit, before=request.from_timestamp, metrics=titles)
    else:
        after = _BEGINNING if request.from_timestamp is None else request.from_timestamp
        found = context.store.events.log(request.task, limit=limit, after=after, metrics=titles)
    order = request.order or ("desc" if request.navigate_earlier else "asc")
    lines = found if order == "asc" else found[::-1]
    total = context.store.events.log_count(request.task, metrics=titles)
    return _page([to_document(line, request.task) for line in lines], total, None)


def get_task_events(context: Context, request: events.GetTaskEvents) -> events.EventsPage:
    """All events of a kind by iteration, or of all kinds, one kind after the other."""
    reporter_name(context, request.task, request.model_events)
    size = min(max(request.batch_size or _EVENTS_PAGE, 1), _MOST)
    if request.event_type == EventType.scalar:
        return _points(context, request, size)
    begin = offset = from_scroll_id(request.scroll_id, Position) if request.scroll_id else 0
    page: list[dict[str, Any]] = []
    total = 0
    for kind in _kinds(request.event_type):
        count, part = (_scalars if kind is EventType.scalar else _others)(
            context, request, kind, offset, size - len(page)
        )
        page += part
        total += count
        offset = max(offset - count, 0)
    return _page(page, total, to_scroll_id(begin + len(page)))


def _points(context: Context, request: events.GetTaskEvents, size: int) -> events.EventsPage:
    descending = request.order == "desc"
    if request.scroll_id:
        reached = from_scroll_id(request.scroll_id, Reached)
        rows, reached = next_page(context.store, request.task, reached, size=size, descending=descending)
    else:
        rows, reached = first_page(context.store, request.task, size=size, descending=descending)
    return _page([to_scalar_document(row, request.task) for row in rows], reached.total, to_scroll_id(reached))


def _kinds(event_type: str | None) -> list[EventType]:
    """The kinds of events that are asked for. Raises ApiError 400/12 with those that there are."""
    if not event_type:
        return list(EventType)
    if event_type not in set(EventType):
        raise ApiError(ErrorCode.VALIDATION, f"event_type is {event_type!r}; allowed are {', '.join(EventType)}")
    return [EventType(event_type)]


def _scalars(
    context: Context, request: events.GetTaskEvents, _: EventType, offset: int, limit: int
) -> tuple[int, list[dict[str, Any]]]:
    """How many points there are, and some of them."""
    curves = context.store.events.points(request.task)
    rows = rows_by_iteration(curves, offset=offset, limit=limit, descending=request.order == "desc")
    return sum(len(points.iteration) for points in curves.values()), [
        to_scalar_document(row, request.task) for row in rows
    ]


def _others(
    context: Context, request: events.GetTaskEvents, kind: EventType, offset: int, limit: int
) -> tuple[int, list[dict[str, Any]]]:
    """How many events of another kind there are, and some of them."""
    records = context.store.events.find(
        request.task, event_type=kind, descending=request.order == "desc", offset=offset, limit=limit
    )
    return context.store.events.count(request.task, event_type=kind), [
        to_document(record, request.task) for record in records
    ]


def _page(documents: list[dict[str, Any]], total: int, scroll: str | None) -> events.EventsPage:
    return events.EventsPage(events=documents, returned=len(documents), total=total, scroll_id=scroll)
