"""``events.*``: curves, points and values without an iteration (protocol §2.6).

A value that is no finite number is ``None``; ``not_finite`` beside it says which one it is: ``NaN``, ``Infinity`` or
``-Infinity``, for lists by the place in the list. It is left out where all values are finite.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from pellucid.wire.action import Action, Int64, Request, Response
from pellucid.wire.events import EventsPage


class MetricVariants(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Some series of a title, all of them when none is named."""

    metric: str
    variants: list[str] | None = None


class ScalarHistogram(Request, frozen=True):
    """Sampled curves of a task. ``key`` is the x axis: ``iter``, ``timestamp`` or ``iso_time``.

    ``envelope`` is ours: see ``Curve``. So is ``between``: the first and the last iteration that are wanted.
    """

    task: str
    samples: int | None = None
    key: str | None = None
    metrics: list[MetricVariants] | None = None
    model_events: bool | None = None
    envelope: bool = False
    between: tuple[Int64, Int64] | None = None


class Curve(Response, frozen=True, omit_defaults=True):
    """One series: ``x`` is numbers or ISO texts.

    Of a long series ``y`` has the extreme values. If an envelope was asked for, it has means over pieces of the axis,
    each of which begins at its ``x``, and ``y_min`` and ``y_max`` have the extremes.
    """

    name: str
    x: list[Any]
    y: list[float | None]
    y_min: list[float | None] | None = None
    y_max: list[float | None] | None = None
    not_finite: dict[str, str] | None = None


class MultiTaskHistogram(Request, frozen=True):
    """Sampled curves of up to a hundred tasks."""

    tasks: list[str]
    samples: int | None = None
    key: str | None = None
    metrics: list[MetricVariants] | None = None
    model_events: bool | None = None
    envelope: bool = False


class MultiTaskCurves(Response, frozen=True):
    """Title to series to task to curve, whose name is that of the task."""

    metrics: dict[str, dict[str, dict[str, Curve]]]


class RawScalars(Request, frozen=True):
    """All points of a title, page by page: repeat with the ``scroll_id`` of the answer."""

    task: str
    metric: MetricVariants
    key: str | None = None
    batch_size: int | None = None
    count_total: bool = False
    scroll_id: str | None = None
    model_events: bool | None = None


class RawScalarsPage(Response, frozen=True):
    """By series, ``y`` and the x axis under its name; ``total`` only if it was asked for. An empty page is the last."""

    variants: dict[str, dict[str, Any]]
    returned: int
    total: int | None = None
    scroll_id: str | None = None


class ScalarMetricData(Request, frozen=True):
    """All points of a title as events, the latest iterations first, page by page."""

    task: str
    metric: str
    scroll_id: str | None = None
    no_scroll: bool | None = None
    model_events: bool | None = None


class SingleValues(Request, frozen=True):
    """Values without an iteration, of several tasks."""

    tasks: list[str]
    model_events: bool | None = None


class SingleValue(Response, frozen=True, omit_defaults=True):
    """One value without an iteration."""

    metric: str
    variant: str
    value: float | None
    timestamp: int
    not_finite: str | None = None


class TaskSingleValues(Response, frozen=True):
    """The single values of one task."""

    task: str
    task_name: str
    values: list[SingleValue]


class SingleValuesResponse(Response, frozen=True):
    """Tasks that have none are left out."""

    tasks: list[TaskSingleValues]


Curves: TypeAlias = dict[str, dict[str, Curve]]
"""Title to series to curve: the whole of ``data`` (protocol §2.6)."""

SCALAR_HISTOGRAM = Action("events.scalar_metrics_iter_histogram", ScalarHistogram, Curves)
MULTI_TASK_HISTOGRAM = Action("events.multi_task_scalar_metrics_iter_histogram", MultiTaskHistogram, MultiTaskCurves)
RAW_SCALARS = Action("events.scalar_metrics_iter_raw", RawScalars, RawScalarsPage)
SCALAR_METRIC_DATA = Action("events.get_scalar_metric_data", ScalarMetricData, EventsPage)
SINGLE_VALUES = Action("events.get_task_single_value_metrics", SingleValues, SingleValuesResponse)
