"""``events.*``: the last plots of tasks (protocol §2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.event_records import to_document
from pellucid.server.reporters import reporter_name
from pellucid.server.scroll_state import from_scroll_id, to_scroll_id
from pellucid.store.records import Titles
from pellucid.wire import samples
from pellucid.wire.action import Position
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import EventType
from pellucid.wire.scalars import MetricVariants

_PAGE: Final = 500
_MOST_TASKS: Final = 100
_MOST_TITLES: Final = 500
_MOST_SERIES: Final = 10_000


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(samples.GET_TASK_PLOTS, Policy.USER, get_task_plots),
        Endpoint(samples.GET_MULTI_TASK_PLOTS, Policy.USER, get_multi_task_plots),
    ]


def get_task_plots(context: Context, request: samples.GetTaskPlots) -> samples.PlotsPage:
    """The last plots of each series."""
    reporter_name(context, request.task, request.model_events)
    titles, iterations = _titles(request.metrics), max(request.iters, 1)
    offset = from_scroll_id(request.scroll_id, Position) if request.scroll_id else 0
    found = context.store.events.latest(
        request.task,
        EventType.plot,
        iterations=iterations,
        titles=titles,
        offset=offset,
        limit=None if request.no_scroll else _PAGE,
    )
    return samples.PlotsPage(
        plots=[to_document(record, request.task) for record in found],
        returned=len(found),
        total=context.store.events.count_latest(request.task, EventType.plot, iterations=iterations, titles=titles),
        scroll_id=None if request.no_scroll else to_scroll_id(offset + len(found)),
    )


def get_multi_task_plots(context: Context, request: samples.GetMultiTaskPlots) -> samples.MultiTaskPlots:
    """The last plots of several tasks, side by side."""
    tasks = list(dict.fromkeys(request.tasks))
    if len(tasks) > _MOST_TASKS:
        raise ApiError(ErrorCode.VALIDATION, f"tasks are {len(tasks)}; allowed are {_MOST_TASKS}")
    names = {task: reporter_name(context, task, request.model_events) for task in tasks}
    asked: dict[str, Any] = {
        "iterations": max(request.iters, 1),
        "titles": _titles(request.metrics),
        "by_title": request.last_iters_per_task_metric,
    }
    plots: dict[str, dict[str, dict[str, dict[str, samples.PlotsOfIteration]]]] = {}
    done = from_scroll_id(request.scroll_id, Position) if request.scroll_id else 0
    returned = 0
    for task in tasks[done:]:
        if returned >= _PAGE and not request.no_scroll:
            break
        for record in context.store.events.latest(task, EventType.plot, **asked):
            of_task = plots.setdefault(record.metric, {}).setdefault(record.variant, {}).setdefault(task, {})
            nothing = samples.PlotsOfIteration(name=names[task], plots=[])
            of_task.setdefault(str(record.iteration), nothing).plots.append(to_document(record, task))
            returned += 1
        done += 1
    return samples.MultiTaskPlots(
        plots=plots,
        returned=returned,
        total=sum(context.store.events.count_latest(task, EventType.plot, **asked) for task in tasks),
        scroll_id=None if request.no_scroll else to_scroll_id(done),
    )


def _titles(metrics: Sequence[MetricVariants]) -> Titles | None:
    """The series that are asked for; ``None`` for all."""
    if len(metrics) > _MOST_TITLES:
        raise ApiError(ErrorCode.VALIDATION, f"metrics are {len(metrics)}; allowed are {_MOST_TITLES}")
    named = sum(len(metric.variants or ()) for metric in metrics)
    if named > _MOST_SERIES:
        raise ApiError(ErrorCode.VALIDATION, f"variants of metrics are {named}; allowed are {_MOST_SERIES}")
    titles: dict[str, set[str] | None] = {}
    for metric in metrics:
        series = titles.setdefault(metric.metric, set())
        if series is None or not metric.variants:
            titles[metric.metric] = None
        else:
            series.update(metric.variants)
    return titles or None
