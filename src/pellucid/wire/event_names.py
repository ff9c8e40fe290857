"""``events.*``: which titles and series there are, their last values, and vectors (protocol §2.6)."""

from __future__ import annotations

from typing import Any

from pellucid.wire.action import Action, Request, Response
from pellucid.wire.enums import EventType


class GetTaskMetrics(Request, frozen=True):
    """The titles of each task's events of a kind, or of any but console lines."""

    tasks: list[str]
    event_type: EventType | None = None
    model_events: bool | None = None


class TaskMetrics(Response, frozen=True):
    """The titles of one task, by name."""

    task: str
    metrics: list[str]


class GetTaskMetricsResponse(Response, frozen=True):
    """Tasks in the order in which they were named."""

    metrics: list[TaskMetrics]


class GetMultiTaskMetrics(Request, frozen=True):
    """Titles and series of the events of several tasks together, of a kind or of any but console lines."""

    tasks: list[str]
    event_type: EventType | None = None
    model_events: bool | None = None


class MetricSeries(Response, frozen=True):
    """The series of one title, by name."""

    metric: str
    variants: list[str]


class GetMultiTaskMetricsResponse(Response, frozen=True):
    """By title."""

    metrics: list[MetricSeries]


class GetMetricsAndVariants(Request, frozen=True):
    """Titles and series of a task's scalars, or of its vectors."""

    task: str
    model_events: bool | None = None


class MetricsAndVariantsResponse(Response, frozen=True):
    """Title to series, both by name."""

    metrics: dict[str, list[str]]


class GetLatestScalarValues(Request, frozen=True):
    """The last values of a task's scalars."""

    task: str


class LatestValues(Response, frozen=True):
    """The last value of a series, and the mean of its last ten points."""

    name: str
    last_value: float | None
    last_10_value: float | None


class LatestOfMetric(Response, frozen=True):
    """One title."""

    name: str
    variants: list[LatestValues]


class GetLatestScalarValuesResponse(Response, frozen=True):
    """By title and series; ``last_timestamp`` is in milliseconds, 0 if nothing was reported."""

    metrics: list[LatestOfMetric]
    last_iter: int
    name: str
    status: str
    last_timestamp: int


class VectorHistogram(Request, frozen=True):
    """The vectors of one series."""

    task: str
    metric: str
    variant: str
    model_events: bool | None = None


class VectorHistogramResponse(Response, frozen=True):
    """One vector for each iteration, which rise."""

    iterations: list[int]
    vectors: list[list[Any]]


GET_TASK_METRICS = Action("events.get_task_metrics", GetTaskMetrics, GetTaskMetricsResponse)
GET_MULTI_TASK_METRICS = Action("events.get_multi_task_metrics", GetMultiTaskMetrics, GetMultiTaskMetricsResponse)
GET_SCALARS = Action("events.get_scalar_metrics_and_variants", GetMetricsAndVariants, MetricsAndVariantsResponse)
GET_VECTORS = Action("events.get_vector_metrics_and_variants", GetMetricsAndVariants, MetricsAndVariantsResponse)
GET_LATEST = Action("events.get_task_latest_scalar_values", GetLatestScalarValues, GetLatestScalarValuesResponse)
VECTOR_HISTOGRAM = Action("events.vector_metrics_iter_histogram", VectorHistogram, VectorHistogramResponse)
