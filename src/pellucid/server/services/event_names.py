"""``events.*``: which titles and series there are, their last values, and vectors (protocol §2.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.reporters import reporter_name
from pellucid.store.records import Points, SeriesSummary
from pellucid.wire import event_names
from pellucid.wire.enums import EventType

_IDENTIFIED = (EventType.vector, EventType.image, EventType.plot)
_LAST = 10


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(event_names.GET_TASK_METRICS, Policy.USER, get_task_metrics),
        Endpoint(event_names.GET_MULTI_TASK_METRICS, Policy.USER, get_multi_task_metrics),
        Endpoint(event_names.GET_SCALARS, Policy.USER, get_scalar_metrics_and_variants),
        Endpoint(event_names.GET_VECTORS, Policy.USER, get_vector_metrics_and_variants),
        Endpoint(event_names.GET_LATEST, Policy.USER, get_task_latest_scalar_values),
        Endpoint(event_names.VECTOR_HISTOGRAM, Policy.USER, vector_metrics_iter_histogram),
    ]


def get_task_metrics(context: Context, request: event_names.GetTaskMetrics) -> event_names.GetTaskMetricsResponse:
    """The titles of each task."""
    found = [
        event_names.TaskMetrics(task=task, metrics=sorted({title for title, _ in names}))
        for task in dict.fromkeys(request.tasks)
        for names in [_names(context, [task], request.event_type, request.model_events)]
    ]
    return event_names.GetTaskMetricsResponse(metrics=found)


def get_multi_task_metrics(
    context: Context, request: event_names.GetMultiTaskMetrics
) -> event_names.GetMultiTaskMetricsResponse:
    """Titles and series of several tasks together."""
    names = _names(context, request.tasks, request.event_type, request.model_events)
    return event_names.GetMultiTaskMetricsResponse(
        metrics=[event_names.MetricSeries(metric=title, variants=series) for title, series in _by_title(names).items()]
    )


def get_scalar_metrics_and_variants(
    context: Context, request: event_names.GetMetricsAndVariants
) -> event_names.MetricsAndVariantsResponse:
    """Titles and series of a task's scalars."""
    return _metrics_and_variants(context, request, EventType.scalar)


def get_vector_metrics_and_variants(
    context: Context, request: event_names.GetMetricsAndVariants
) -> event_names.MetricsAndVariantsResponse:
    """Titles and series of a task's vectors."""
    return _metrics_and_variants(context, request, EventType.vector)


def get_task_latest_scalar_values(
    context: Context, request: event_names.GetLatestScalarValues
) -> event_names.GetLatestScalarValuesResponse:
    """The last values of a task's scalars."""
    task = context.store.tasks.get(request.task)
    summaries = context.store.events.summaries([request.task]).get(request.task, [])
    curves = context.store.events.points(request.task)
    by_title: dict[str, list[event_names.LatestValues]] = {}
    for each in summaries:
        latest = event_names.LatestValues(
            name=each.series, last_value=each.last, last_10_value=_mean(curves.get((each.title, each.series)), each)
        )
        by_title.setdefault(each.title, []).append(latest)
    return event_names.GetLatestScalarValuesResponse(
        metrics=[event_names.LatestOfMetric(name=title, variants=series) for title, series in by_title.items()],
        last_iter=task.last_iteration,
        name=task.name,
        status=task.status,
        last_timestamp=max((each.last_time for each in summaries), default=0),
    )


def vector_metrics_iter_histogram(
    context: Context, request: event_names.VectorHistogram
) -> event_names.VectorHistogramResponse:
    """The vectors of one series."""
    reporter_name(context, request.task, request.model_events)
    found = context.store.events.find(
        request.task, event_type=EventType.vector, metric=request.metric, variants=[request.variant]
    )
    return event_names.VectorHistogramResponse(
        iterations=[event.iteration or 0 for event in found], vectors=[event.data.get("values", []) for event in found]
    )


def _metrics_and_variants(
    context: Context, request: event_names.GetMetricsAndVariants, kind: EventType
) -> event_names.MetricsAndVariantsResponse:
    names = _names(context, [request.task], kind, request.model_events)
    return event_names.MetricsAndVariantsResponse(metrics=_by_title(names))


def _names(
    context: Context, tasks: Collection[str], kind: EventType | None, model_events: bool | None
) -> set[tuple[str, str]]:
    """Title and series of the events of a kind, or of all kinds that have names. Raises NotFoundError."""
    for task in tasks:
        reporter_name(context, task, model_events)
    found: set[tuple[str, str]] = set()
    if kind in (None, EventType.scalar):
        for summaries in context.store.events.summaries(tasks).values():
            found.update((each.title, each.series) for each in summaries)
    for each in _IDENTIFIED if kind is None else {kind} & set(_IDENTIFIED):
        for names in context.store.events.names(tasks, each).values():
            found.update(names)
    return found


def _by_title(names: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for title, series in sorted(names):
        found.setdefault(title, []).append(series)
    return found


def _mean(points: Points | None, summary: SeriesSummary) -> float:
    """The mean of the last points; of a series without iterations, its value."""
    if points is None:
        return summary.last
    with np.errstate(invalid="ignore", over="ignore"):  # infinities and NaN stay what they are
        return float(points.value[-_LAST:].mean())
