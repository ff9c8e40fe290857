"""``events.*``: debug samples and plots, iteration by iteration and one by one (protocol §2.6)."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

import msgspec

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.event_records import to_document
from pellucid.server.reporters import reporter_name
from pellucid.server.scroll_state import from_scroll_id, to_scroll_id
from pellucid.store.records import EventPlace
from pellucid.wire import samples
from pellucid.wire.action import Int64
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import EventType

_MOST_ITERATIONS: Final = 10_000


class _Shown(msgspec.Struct, array_like=True, frozen=True):
    """Which iterations of a title have been shown."""

    first: Int64
    last: Int64


class _Place(msgspec.Struct, array_like=True, frozen=True):
    """What has been shown, and whether going on from there stays within the title."""

    iteration: Int64
    title: str
    series: str | None
    one_title: bool


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(samples.DEBUG_IMAGES, Policy.USER, debug_images),
        Endpoint(samples.PLOTS, Policy.USER, plots),
        Endpoint(samples.GET_DEBUG_IMAGE_SAMPLE, Policy.USER, get_debug_image_sample),
        Endpoint(samples.NEXT_DEBUG_IMAGE_SAMPLE, Policy.USER, next_debug_image_sample),
        Endpoint(samples.GET_PLOT_SAMPLE, Policy.USER, get_plot_sample),
        Endpoint(samples.NEXT_PLOT_SAMPLE, Policy.USER, next_plot_sample),
    ]


def debug_images(context: Context, request: samples.DebugImages) -> samples.DebugImagesResponse:
    """Samples by iteration; before the first one, no iterations at all."""
    return _by_iteration(context, request, EventType.image)


def plots(context: Context, request: samples.DebugImages) -> samples.DebugImagesResponse:
    """The same for plots."""
    return _by_iteration(context, request, EventType.plot)


def get_debug_image_sample(context: Context, request: samples.GetDebugImageSample) -> samples.SampleResponse:
    """One sample."""
    place = _asked(context, request, EventType.image, request.variant)
    return _sample(context, request.task, place)


def next_debug_image_sample(context: Context, request: samples.NextSample) -> samples.SampleResponse:
    """The sample next to one."""
    place = _next(context, request, EventType.image)
    return _sample(context, request.task, place) if place else _no_sample(request.scroll_id)


def get_plot_sample(context: Context, request: samples.GetPlotSample) -> samples.PlotSampleResponse:
    """The plots of a title in one iteration."""
    return _plots(context, request.task, _asked(context, request, EventType.plot, None), None)


def next_plot_sample(context: Context, request: samples.NextSample) -> samples.PlotSampleResponse:
    """The plots next to those."""
    return _plots(context, request.task, _next(context, request, EventType.plot), request.scroll_id)


def _by_iteration(context: Context, request: samples.DebugImages, kind: EventType) -> samples.DebugImagesResponse:
    shown = _shown(request)
    tasks: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for number, wanted in enumerate(request.metrics):
        found, shown[number] = _page(context, request, wanted, kind, shown[number])
        iterations = tasks.setdefault(wanted.task, {})
        for iteration, events in found.items():
            iterations.setdefault(iteration, []).extend(events)
    pages = [
        samples.TaskImages(
            task=task,
            iterations=[
                samples.ImageIteration(iter=iteration, events=events)
                for iteration, events in sorted(iterations.items(), reverse=True)
            ],
        )
        for task, iterations in tasks.items()
    ]
    return samples.DebugImagesResponse(scroll_id=to_scroll_id(shown), metrics=pages)


def _shown(request: samples.DebugImages) -> list[_Shown | None]:
    """What earlier pages have shown of each title that is asked for."""
    if request.refresh or not request.scroll_id:
        return [None] * len(request.metrics)
    shown = from_scroll_id(request.scroll_id, list[_Shown | None])
    if len(shown) != len(request.metrics):
        raise ApiError(ErrorCode.INVALID_SCROLL_ID, f"{request.scroll_id!r} is one of other metrics")
    return shown


def _page(
    context: Context, request: samples.DebugImages, wanted: samples.TaskMetric, kind: EventType, shown: _Shown | None
) -> tuple[dict[int, list[dict[str, Any]]], _Shown | None]:
    """The events of the next iterations, and what has been shown then."""
    reporter_name(context, wanted.task, request.model_events)
    variants = wanted.variants or None
    iterations = context.store.events.iterations(
        wanted.task,
        kind,
        metric=wanted.metric,
        variants=variants,
        before=shown.first if shown and request.navigate_earlier else None,
        after=shown.last if shown and not request.navigate_earlier else None,
        limit=min(max(request.iters, 1), _MOST_ITERATIONS),
    )
    if not iterations:
        return {}, shown
    found = context.store.events.find(
        wanted.task, event_type=kind, metric=wanted.metric, variants=variants, iterations=iterations
    )
    by_iteration = groupby(found, key=lambda record: record.iteration or 0)
    documents = {iteration: [to_document(record, wanted.task) for record in group] for iteration, group in by_iteration}
    return documents, _Shown(iterations[-1], iterations[0])


def _asked(
    context: Context,
    request: samples.GetDebugImageSample | samples.GetPlotSample,
    kind: EventType,
    series: str | None,
) -> _Place | None:
    """The place that is asked for; ``None`` if the series, or the title, has nothing to show."""
    reporter_name(context, request.task, request.model_events)
    ends = context.store.events.iteration_range(request.task, kind, request.metric, series)
    if ends is None:
        return None
    iteration = ends[1] if request.iteration is None else request.iteration
    return _Place(iteration, request.metric, series, request.navigate_current_metric)


def _next(context: Context, request: samples.NextSample, kind: EventType) -> _Place | None:
    """The place next to the one in the scroll id; ``None`` if there is none."""
    reporter_name(context, request.task, request.model_events)
    here = from_scroll_id(request.scroll_id, _Place)
    if request.next_iteration:
        found = context.store.events.iterations(
            request.task,
            kind,
            metric=here.title,
            variants=None if here.series is None else [here.series],
            before=here.iteration if request.navigate_earlier else None,
            after=None if request.navigate_earlier else here.iteration,
            limit=1,
        )
        return msgspec.structs.replace(here, iteration=found[0]) if found else None
    place = context.store.events.neighbour(
        request.task,
        kind,
        EventPlace(here.iteration, here.title, here.series),
        earlier=request.navigate_earlier,
        title=here.title if here.one_title else None,
    )
    return _Place(place.iteration, place.title, place.series, here.one_title) if place else None


def _at(
    context: Context, task: str, place: _Place, kind: EventType
) -> tuple[list[dict[str, Any]], tuple[int | None, int | None]]:
    """The events of a place, and from where to where its series or title goes."""
    found = context.store.events.find(
        task,
        event_type=kind,
        metric=place.title,
        variants=None if place.series is None else [place.series],
        iterations=[place.iteration],
    )
    ends = context.store.events.iteration_range(task, kind, place.title, place.series)
    return [to_document(record, task) for record in found], ends or (None, None)


def _sample(context: Context, task: str, place: _Place | None) -> samples.SampleResponse:
    if place is None:
        return _no_sample(None)
    events, (first, last) = _at(context, task, place, EventType.image)
    return samples.SampleResponse(
        scroll_id=to_scroll_id(place), event=events[-1] if events else None, min_iteration=first, max_iteration=last
    )


def _no_sample(scroll_id: str | None) -> samples.SampleResponse:
    return samples.SampleResponse(scroll_id=scroll_id, event=None, min_iteration=None, max_iteration=None)


def _plots(context: Context, task: str, place: _Place | None, scroll_id: str | None) -> samples.PlotSampleResponse:
    if place is None:
        return samples.PlotSampleResponse(scroll_id=scroll_id, events=[], min_iteration=None, max_iteration=None)
    events, (first, last) = _at(context, task, place, EventType.plot)
    return samples.PlotSampleResponse(
        scroll_id=to_scroll_id(place), events=events, min_iteration=first, max_iteration=last
    )
