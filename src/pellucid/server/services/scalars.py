"""``events.*``: curves, points and values without an iteration (protocol §2.6)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from pellucid.server.context import Context
from pellucid.server.curves import check_axis, check_samples, labels, outlines, sampled
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.not_finite import text_of, texts_of
from pellucid.server.reporters import reporter_name
from pellucid.server.scalar_rows import rows_by_iteration, to_document
from pellucid.store.records import Outline, Points
from pellucid.wire import scalars
from pellucid.wire.action import Int64
from pellucid.wire.codes import ErrorCode
from pellucid.wire.events import EventsPage

_PAGE: Final = 10_000
_MOST_POINTS: Final = 100_000
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
    reporter_name(context, request.task, request.model_events)
    wanted = _wanted(context, [request.task], request.metrics)
    found: Mapping[tuple[str, str], Outline]
    if request.between is None:
        found = outlines(context.store, request.task, samples=samples, series=wanted)
    else:
        found = context.store.events.points(request.task, wanted, between=request.between)
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
        name = reporter_name(context, task, request.model_events)
        for (title, series), outline in outlines(context.store, task, samples=samples, series=wanted).items():
            curve = sampled(outline, name, samples=samples, axis=axis, envelope=request.envelope)
            metrics.setdefault(title, {}).setdefault(series, {})[task] = curve
    return scalars.MultiTaskCurves(metrics=metrics)


def raw(context: Context, request: scalars.RawScalars) -> scalars.RawScalarsPage:
    """The points of a title by series and iteration."""
    axis = check_axis(request.key)
    size = min(max(request.batch_size or _PAGE, 1), _MOST_POINTS)
    reached = _decode(request.scroll_id)
    reporter_name(context, request.task, request.model_events)
    lengths = _lengths(context, request.task, request.metric)
    variants: dict[str, dict[str, Any]] = {}
    left = size
    for series, points in _curves_from(context, request, lengths, reached):
        begin = _after(points, reached) if reached and series == reached.series else 0
        page = _part(points, begin, begin + left)
        if len(page.value):
            variants[series] = _columns(page, axis)
            left -= len(page.value)
            reached = _Reached(series, int(page.iteration[-1]))
        if left == 0:
            break
    return scalars.RawScalarsPage(
        variants=variants,
        returned=size - left,
        total=_total(context, request, lengths) if request.count_total else None,
        scroll_id=_encode(reached),
    )


def metric_data(context: Context, request: scalars.ScalarMetricData) -> EventsPage:
    """The points of a title as events, the latest iterations first."""
    reached = _decode(request.scroll_id)
    reporter_name(context, request.task, request.model_events)
    lengths = _lengths(context, request.task, scalars.MetricVariants(metric=request.metric))
    curves = dict(_named(context, request.task, [(request.metric, series) for series in lengths]))
    left = {(request.metric, series): _before(series, points, reached) for series, points in curves.items()}
    rows = rows_by_iteration(left, offset=0, limit=_PAGE, descending=True)
    if rows:
        reached = _Reached(rows[-1].series, rows[-1].iteration)
    return EventsPage(
        events=[to_document(row, request.task) for row in rows],
        returned=len(rows),
        total=sum(len(points.value) for points in curves.values()),
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
            name = reporter_name(context, task, request.model_events)
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


def _lengths(context: Context, task: str, metric: scalars.MetricVariants) -> dict[str, int]:
    """How many points were reported of each of some series of one title, repeated iterations included; by name."""
    return {
        each.series: each.count
        for each in context.store.events.summaries([task]).get(task, [])
        if each.title == metric.metric and (not metric.variants or each.series in metric.variants)
    }


def _curves_from(
    context: Context, request: scalars.RawScalars, lengths: Mapping[str, int], reached: _Reached | None
) -> Iterator[tuple[str, Points]]:
    """The curves from where the last page has ended. Short ones are read together, long ones when it is their turn."""
    together: list[tuple[str, str]] = []
    points = 0
    # In the order of Python, which is that of ``reached``: databases may order texts in another way.
    for series in sorted(series for series in lengths if reached is None or series >= reached.series):
        if together and points + lengths[series] > _MOST_POINTS:
            yield from _named(context, request.task, together)
            together, points = [], 0
        together.append((request.metric.metric, series))
        points += lengths[series]
    yield from _named(context, request.task, together)


def _named(context: Context, task: str, series: Collection[tuple[str, str]]) -> Iterator[tuple[str, Points]]:
    found = context.store.events.points(task, series)
    yield from ((name, found[title, name]) for title, name in sorted(found))


def _total(context: Context, request: scalars.RawScalars, series: Iterable[str]) -> int:
    """How many points there are, each iteration once."""
    wanted = [(request.metric.metric, name) for name in series]
    found = context.store.events.outlines(request.task, most=_PAGE, series=wanted)
    return sum(len(each.value) if isinstance(each, Points) else int(each.count.sum()) for each in found.values())


def _columns(points: Points, axis: str) -> dict[str, Any]:
    x = labels(points.iteration if axis == "iter" else points.time, axis)
    columns = {"y": points.value.tolist(), axis: x}
    texts = texts_of(points.value)
    return {**columns, "not_finite": texts} if texts else columns


def _after(points: Points, reached: _Reached) -> int:
    return int(np.searchsorted(points.iteration, reached.iteration, "right"))


def _before(series: str, points: Points, reached: _Reached | None) -> Points:
    """What comes before an end, in the order of iterations and then of series."""
    if reached is None:
        return points
    end = np.searchsorted(points.iteration, reached.iteration, "right" if series < reached.series else "left")
    return _part(points, 0, int(end))


def _part(points: Points, begin: int, end: int) -> Points:
    cut = slice(begin, end)
    return Points(iteration=points.iteration[cut], time=points.time[cut], value=points.value[cut])


def _encode(reached: _Reached | None) -> str | None:
    return None if reached is None else base64.urlsafe_b64encode(msgspec.msgpack.encode(reached)).decode()


def _decode(scroll_id: str | None) -> _Reached | None:
    if not scroll_id:
        return None
    try:
        return msgspec.msgpack.decode(base64.urlsafe_b64decode(scroll_id.encode()), type=_Reached)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise ApiError(ErrorCode.INVALID_SCROLL_ID, f"scroll_id is {scroll_id!r}") from error
