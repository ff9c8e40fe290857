"""``events.*``: console, plots and samples, page by page (protocol §2.6)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.event_records import to_document
from pellucid.server.scalar_rows import rows_by_iteration
from pellucid.server.scalar_rows import to_document as to_scalar_document
from pellucid.store.records import EventRecord
from pellucid.wire import events
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import EventType

_LOG_PAGE = 5000
_EVENTS_PAGE = 500
_MOST = 10_000
_LONGEST_SCROLL = 15


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(events.GET_TASK_LOG, Policy.USER, get_task_log),
        Endpoint(events.GET_TASK_EVENTS, Policy.USER, get_task_events),
        Endpoint(events.GET_TASK_PLOTS, Policy.USER, get_task_plots),
        Endpoint(events.DEBUG_IMAGES, Policy.USER, debug_images),
    ]


def get_task_log(context: Context, request: events.GetTaskLog) -> events.EventsPage:
    """A page of the console, going back from a moment or forward from it."""
    context.store.tasks.get(request.task)
    limit = min(max(request.batch_size or _LOG_PAGE, 1), _MOST)
    if request.navigate_earlier:
        lines = context.store.events.log(request.task, limit=limit, before=request.from_timestamp)
    else:
        lines = context.store.events.log(request.task, limit=limit, after=request.from_timestamp or 0)
    order = request.order or ("desc" if request.navigate_earlier else "asc")
    if order == "desc":
        lines = lines[::-1]
    total = context.store.events.log_count(request.task)
    return _page([to_document(line, request.task) for line in lines], total, None)


def get_task_events(context: Context, request: events.GetTaskEvents) -> events.EventsPage:
    """All events of a kind, by iteration; repeated with the scroll id, the next page."""
    context.store.tasks.get(request.task)
    size = min(max(request.batch_size or _EVENTS_PAGE, 1), _MOST)
    offset = _offset(request.scroll_id)
    if request.event_type == EventType.scalar:
        curves = context.store.events.points(request.task)
        total = sum(len(points.iteration) for points in curves.values())
        rows = rows_by_iteration(curves, offset=offset, limit=size, descending=request.order == "desc")
        page = [to_scalar_document(row, request.task) for row in rows]
    elif request.event_type == EventType.log:
        lines = context.store.events.log(request.task, limit=offset + size, after=0)
        total = context.store.events.log_count(request.task)
        page = [to_document(line, request.task) for line in lines[offset : offset + size]]
    else:
        total = context.store.events.count(request.task, event_type=request.event_type)
        records = context.store.events.find(
            request.task,
            event_type=request.event_type,
            descending=request.order == "desc",
            offset=offset,
            limit=size,
        )
        page = [to_document(record, request.task) for record in records]
    return _page(page, total, str(offset + len(page)))


def get_task_plots(context: Context, request: events.GetTaskPlots) -> events.PlotsPage:
    """The last plots of each title and series; everything is on the first page."""
    context.store.tasks.get(request.task)
    found = context.store.events.find(request.task, event_type=EventType.plot, descending=True)
    kept: dict[tuple[str, str], list[EventRecord]] = {}
    for record in found:
        plots = kept.setdefault((record.metric, record.variant), [])
        if len(plots) < max(request.iters, 1):
            plots.append(record)
    documents = [to_document(record, request.task) for key in sorted(kept) for record in kept[key]]
    offset = _offset(request.scroll_id)
    page = documents[offset:]
    return events.PlotsPage(plots=page, returned=len(page), total=len(documents), scroll_id=str(offset + len(page)))


def debug_images(context: Context, request: events.DebugImages) -> events.DebugImagesResponse:
    """Samples by iteration, newest first; past the last one, no iterations at all (protocol §2.6)."""
    offset = 0 if request.refresh else _offset(request.scroll_id)
    pages = []
    for wanted in request.metrics:
        found = context.store.events.find(
            wanted.task, event_type=EventType.image, metric=wanted.metric, variants=wanted.variants, descending=True
        )
        iterations = [
            events.ImageIteration(iter=iteration or 0, events=[to_document(record, wanted.task) for record in group])
            for iteration, group in groupby(found, key=lambda record: record.iteration)
        ]
        pages.append(
            events.TaskImages(task=wanted.task, iterations=iterations[offset : offset + max(request.iters, 1)])
        )
    return events.DebugImagesResponse(scroll_id=str(offset + max(request.iters, 1)), metrics=pages)


def _page(documents: list[dict[str, Any]], total: int, scroll: str | None) -> events.EventsPage:
    return events.EventsPage(events=documents, returned=len(documents), total=total, scroll_id=scroll)


def _offset(scroll: str | None) -> int:
    """A scroll id is a position: nothing is kept between pages, so any process can answer the next one."""
    if not scroll:
        return 0
    if not scroll.isascii() or not scroll.isdigit() or len(scroll) > _LONGEST_SCROLL:
        raise ApiError(ErrorCode.VALIDATION, f"scroll_id is {scroll!r}, which is none that this server gave out")
    return int(scroll)
