"""``events.*``: curves, points and values without an iteration (protocol §2.6)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from pellucid.server.context import Context
from pellucid.server.curves import check_axis, check_samples, labels, outlines, sampled
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.not_finite import text_of, texts_of
from pellucid.server.scalar_rows import rows_by_iteration, to_document
from pellucid.store.records import Points
from pellucid.wire import scalars
from pellucid.wire.action import Int64
from pellucid.wire.codes import ErrorCode
from pellucid.wire.events import EventsPage

_PAGE: Final = 10_000
_MOST_TASKS: Final = 100


class _Reached(msgspec.Struct, array_like=True, frozen=True):
    """Where a page has ended: points that come later move nothing that has been read, or is still to be read."""

    series: str
    iteration: Int64


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(scalars.SCALAR_HISTOGRAM, Policy.USER, histogram),
        Endpoint(scalars.MULTI_TASK_HISTOGRAM, Policy.USER, multi_task_histogram),
        Endpoint(scalars.RAW_SCALARS, Policy.USER, raw),
        Endpoint(scalars.SCALAR_METRIC_DATA, Policy.USER, metric_data),
        Endpoint(scalars.SINGLE_VALUES, Policy.USER, single_values),
    ]


def histogram(context: Context, request: scalars.ScalarHistogram) -> scalars.Curves:
    """A sampled curve of each series."""
    axis, samples = check_axis(request.key), check_samples(request.samples)
    context.store.tasks.get(request.task)
    wanted = _wanted(context, [request.task], request.metrics)
    found = outlines(context.store, request.task, samples=samples, series=wanted)
    curves: scalars.Curves = {}
    for (title, series), outline in sorted(found.items(), key=lambda item: item[0]):
        curve = sampled(outline, series, samples=samples, axis=axis, envelope=request.envelope)
        curves.setdefault(title, {})[series] = curve
    return curves


def multi_task_histogram(context: Context, request: scalars.MultiTaskHistogram) -> scalars.MultiTaskCurves:
    """The sampled curves of several tasks, side by side."""
    axis, samples = check_axis(request.key), check_samples(request.samples)
    if len(request.tasks) > _MOST_TASKS:
        raise ApiError(ErrorCode.VALIDATION, f"tasks are {len(request.tasks)}; allowed are {_MOST_TASKS}")
    wanted = _wanted(context, request.tasks, request.metrics)
    metrics: dict[str, dict[str, dict[str, scalars.Curve]]] = {}
    for task in dict.fromkeys(request.tasks):
        name = context.store.tasks.get(task).name
        for (title, series), outline in outlines(context.store, task, samples=samples, series=wanted).items():
            curve = sampled(outline, name, samples=samples, axis=axis, envelope=request.envelope)
            metrics.setdefault(title, {}).setdefault(series, {})[task] = curve
    return scalars.MultiTaskCurves(metrics=metrics)


def raw(context: Context, request: scalars.RawScalars) -> scalars.RawScalarsPage:
    """The points of a title by series and iteration."""
    axis = check_axis(request.key)
    size = min(max(request.batch_size or _PAGE, 1), _PAGE)
    reached = _decode(request.scroll_id)
    curves = _of_title(context, request.task, request.metric)
    variants: dict[str, dict[str, Any]] = {}
    left = size
    for series, points in curves.items():
        if left == 0 or (reached and series < reached.series):
            continue
        is_under_way = reached is not None and series == reached.series
        begin = int(np.searchsorted(points.iteration, reached.iteration, "right")) if reached and is_under_way else 0
        cut = slice(begin, begin + left)
        value = points.value[cut]
        if not len(value):
            continue
        left -= len(value)
        x = (points.iteration if axis == "iter" else points.time)[cut]
        variants[series] = {"y": value.tolist(), axis: labels(x, axis)}
        if texts := texts_of(value):
            variants[series]["not_finite"] = texts
        last = (series, int(points.iteration[cut][-1]))
    if variants:
        reached = _Reached(*last)
    return scalars.RawScalarsPage(
        variants=variants,
        returned=size - left,
        total=_count(curves) if request.count_total else None,
        scroll_id=_encode(reached),
    )


def metric_data(context: Context, request: scalars.ScalarMetricData) -> EventsPage:
    """The points of a title as events, the latest iterations first."""
    curves = _of_title(context, request.task, scalars.MetricVariants(metric=request.metric))
    reached = _decode(request.scroll_id)
    left = {(request.metric, series): _before(series, points, reached) for series, points in curves.items()}
    rows = rows_by_iteration(left, offset=0, limit=_PAGE, descending=True)
    if rows:
        reached = _Reached(rows[-1].series, rows[-1].iteration)
    return EventsPage(
        events=[to_document(row, request.task) for row in rows],
        returned=len(rows),
        total=_count(curves),
        scroll_id=None if request.no_scroll else _encode(reached),
    )


def single_values(context: Context, request: scalars.SingleValues) -> scalars.SingleValuesResponse:
    """The values without an iteration; tasks without any are left out."""
    found = []
    for task in request.tasks:
        values = [
            scalars.SingleValue(
                metric=value.title,
                variant=value.series,
                value=value.last,
                timestamp=value.last_time,
                not_finite=text_of(value.last),
            )
            for value in context.store.events.single_values(task)
        ]
        if values:
            name = context.store.tasks.get(task).name
            found.append(scalars.TaskSingleValues(task=task, task_name=name, values=values))
    return scalars.SingleValuesResponse(tasks=found)


def _wanted(
    context: Context, tasks: Sequence[str], metrics: Sequence[scalars.MetricVariants] | None
) -> set[tuple[str, str]] | None:
    """The series that are asked for; ``None`` for all."""
    if metrics is None:
        return None
    named = {(metric.metric, series) for metric in metrics for series in metric.variants or ()}
    whole = {metric.metric for metric in metrics if not metric.variants}
    if not whole:
        return named
    present = context.store.events.summaries(tasks)
    return named | {
        (each.title, each.series) for of_task in present.values() for each in of_task if each.title in whole
    }


def _of_title(context: Context, task: str, metric: scalars.MetricVariants) -> dict[str, Points]:
    """The curves of some series of one title, by name."""
    context.store.tasks.get(task)
    wanted: Collection[tuple[str, str]] | None = _wanted(context, [task], [metric])
    found = context.store.events.points(task, wanted)
    return {series: found[title, series] for title, series in sorted(found)}


def _before(series: str, points: Points, reached: _Reached | None) -> Points:
    """What comes before an end, in the order of iterations and then of series."""
    if reached is None:
        return points
    end = np.searchsorted(points.iteration, reached.iteration, "right" if series < reached.series else "left")
    cut = slice(0, int(end))
    return Points(iteration=points.iteration[cut], time=points.time[cut], value=points.value[cut])


def _count(curves: Mapping[str, Points]) -> int:
    return sum(len(points.value) for points in curves.values())


def _encode(reached: _Reached | None) -> str | None:
    return None if reached is None else base64.urlsafe_b64encode(msgspec.msgpack.encode(reached)).decode()


def _decode(scroll_id: str | None) -> _Reached | None:
    if not scroll_id:
        return None
    try:
        return msgspec.msgpack.decode(base64.urlsafe_b64decode(scroll_id.encode()), type=_Reached)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise ApiError(ErrorCode.INVALID_SCROLL_ID, f"scroll_id is {scroll_id!r}") from error
