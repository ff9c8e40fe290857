"""``events.*``: plots and debug samples (protocol §2.6).

``iters`` counts iterations that have something to show, the latest of them first.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import msgspec

from pellucid.wire.action import Action, Int64, Request, Response
from pellucid.wire.scalars import MetricVariants

Iterations: TypeAlias = Annotated[int, msgspec.Meta(le=2**31 - 1)]
"""A number of iterations; less than one counts as one."""


class GetTaskPlots(Request, frozen=True):
    """The plots of the last ``iters`` iterations of each series, page by page unless ``no_scroll``."""

    task: str
    iters: Iterations = 1
    metrics: list[MetricVariants] = []
    scroll_id: str | None = None
    no_scroll: bool = False
    model_events: bool | None = None


class PlotsPage(Response, frozen=True):
    """Plots by title and series, the latest first; ``total`` counts those of all pages."""

    plots: list[dict[str, Any]]
    returned: int
    total: int
    scroll_id: str | None = None


class GetMultiTaskPlots(Request, frozen=True):
    """The plots of several tasks side by side: of the last ``iters`` iterations of each series or, with
    ``last_iters_per_task_metric``, of each title."""

    tasks: list[str]
    iters: Iterations = 1
    metrics: list[MetricVariants] = []
    last_iters_per_task_metric: bool = False
    scroll_id: str | None = None
    no_scroll: bool = False
    model_events: bool | None = None


class PlotsOfIteration(Response, frozen=True):
    """The plots of one iteration; ``name`` is the task's."""

    name: str
    plots: list[dict[str, Any]]


class MultiTaskPlots(Response, frozen=True):
    """Title to series to task to iteration. A page holds whole tasks."""

    plots: dict[str, dict[str, dict[str, dict[str, PlotsOfIteration]]]]
    returned: int
    total: int
    scroll_id: str | None = None


class TaskMetric(Response, frozen=True):
    """Names samples of a task: one title, all titles when absent."""

    task: str
    metric: str | None = None
    variants: list[str] | None = None


class DebugImages(Request, frozen=True):
    """Samples, or plots, by iteration: the latest ones, and with ``scroll_id`` those before or after what was shown.

    Earlier pages end with one whose ``iterations`` are empty. ``refresh`` shows the latest ones again.
    """

    metrics: list[TaskMetric]
    iters: Iterations = 1
    navigate_earlier: bool = True
    refresh: bool = False
    scroll_id: str | None = None
    model_events: bool | None = None


class ImageIteration(Response, frozen=True):
    """The samples of one iteration."""

    iter: int
    events: list[dict[str, Any]]


class TaskImages(Response, frozen=True):
    """The samples of one task."""

    task: str
    iterations: list[ImageIteration]


class DebugImagesResponse(Response, frozen=True):
    """A page of samples."""

    scroll_id: str | None
    metrics: list[TaskImages]


class GetDebugImageSample(Request, frozen=True):
    """The sample of a series in an iteration, the last one when absent.

    With ``navigate_current_metric``, going on from it with its ``scroll_id`` stays within the title.
    """

    task: str
    metric: str
    variant: str
    iteration: Int64 | None = None
    navigate_current_metric: bool = True
    refresh: bool = False
    scroll_id: str | None = None
    model_events: bool | None = None


class GetPlotSample(Request, frozen=True):
    """The plots of a title in an iteration, the last one when absent; otherwise as for samples."""

    task: str
    metric: str
    iteration: Int64 | None = None
    navigate_current_metric: bool = True
    refresh: bool = False
    scroll_id: str | None = None
    model_events: bool | None = None


class NextSample(Request, frozen=True):
    """What is next to what was shown: the neighbour by (iteration, title, series), or the same series in the next
    iteration that has it."""

    task: str
    scroll_id: str
    navigate_earlier: bool = True
    next_iteration: bool = False
    model_events: bool | None = None


class SampleResponse(Response, frozen=True):
    """A sample, and from where to where its series goes; no event if there is none there."""

    scroll_id: str | None
    event: dict[str, Any] | None
    min_iteration: int | None
    max_iteration: int | None


class PlotSampleResponse(Response, frozen=True):
    """The plots of a title in an iteration, and from where to where the title goes."""

    scroll_id: str | None
    events: list[dict[str, Any]]
    min_iteration: int | None
    max_iteration: int | None


GET_TASK_PLOTS = Action("events.get_task_plots", GetTaskPlots, PlotsPage)
GET_MULTI_TASK_PLOTS = Action("events.get_multi_task_plots", GetMultiTaskPlots, MultiTaskPlots)
DEBUG_IMAGES = Action("events.debug_images", DebugImages, DebugImagesResponse)
PLOTS = Action("events.plots", DebugImages, DebugImagesResponse)
GET_DEBUG_IMAGE_SAMPLE = Action("events.get_debug_image_sample", GetDebugImageSample, SampleResponse)
NEXT_DEBUG_IMAGE_SAMPLE = Action("events.next_debug_image_sample", NextSample, SampleResponse)
GET_PLOT_SAMPLE = Action("events.get_plot_sample", GetPlotSample, PlotSampleResponse)
NEXT_PLOT_SAMPLE = Action("events.next_plot_sample", NextSample, PlotSampleResponse)
