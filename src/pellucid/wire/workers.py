"""``workers.*`` (protocol §2.8, §3.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from pellucid.wire.action import Action, Empty, Request, Response

Timeout: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=31 * 24 * 3600)]
"""Seconds without a word after which a worker is gone."""

DEFAULT_TIMEOUT: Final = 600
"""That of a worker that does not say."""

Interval: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
"""Seconds between the points of a graph."""


class Register(Request, frozen=True):
    """A worker is there and serves queues."""

    worker: str
    timeout: Timeout = DEFAULT_TIMEOUT
    queues: list[str] | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None


class Unregister(Request, frozen=True):
    """A worker goes."""

    worker: str


class StatusReport(Request, frozen=True):
    """What a worker does; ``task`` is absent while it is idle, ``timestamp`` in milliseconds since the epoch."""

    worker: str
    timestamp: Annotated[int, msgspec.Meta(ge=0, le=2**60)]
    task: str | None = None
    queue: str | None = None
    queues: list[str] | None = None
    machine_stats: dict[str, Any] | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None


class NamedId(Response, frozen=True):
    """Somebody or something, with a name for people."""

    id: str
    name: str


class RunningTask(Response, frozen=True):
    """What a worker runs; ``running_time`` is in milliseconds."""

    id: str
    name: str
    running_time: int
    last_iteration: int


class ServedQueue(Response, frozen=True):
    """A queue that a worker serves, as far as it matters to the worker."""

    id: str
    name: str
    display_name: str
    next_task: NamedId | None
    num_tasks: int


class Worker(Response, frozen=True):
    """A worker; ``task`` is ``None`` while it is idle, since clients test for that."""

    key: str
    id: str
    user: NamedId
    company: NamedId
    ip: str
    task: RunningTask | None
    project: NamedId | None
    queue: ServedQueue | None
    queues: list[ServedQueue]
    register_time: datetime
    register_timeout: int
    last_activity_time: datetime
    last_report_time: datetime | None
    tags: list[str]
    system_tags: list[str]


class GetAll(Request, frozen=True):
    """Workers that were heard of in so many seconds; 0 for all."""

    last_seen: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 3600
    tags: list[str] | None = None
    system_tags: list[str] | None = None
    worker_pattern: str | None = None


class GetAllResponse(Response, frozen=True):
    """The workers, by id."""

    workers: list[Worker]


class GetCountResponse(Response, frozen=True):
    """How many workers."""

    count: int


class StatsItem(Request, frozen=True):
    """One of the machine's numbers, and how to make one of many: ``avg``, ``min`` or ``max``."""

    key: str
    aggregation: str | None = None


class GetStats(Request, frozen=True):
    """Machine statistics between two times in seconds since the epoch, at intervals in seconds."""

    from_date: float
    to_date: float
    interval: Interval
    items: list[StatsItem]
    worker_ids: list[str] | None = None
    split_by_variant: bool = False


class StatsAggregation(Response, frozen=True):
    """The values of one way to make one of many."""

    aggregation: str
    values: list[float]


class MetricStats(Response, frozen=True):
    """One number; ``dates`` in seconds since the epoch, ``variant`` such as ``gpu0`` if they are told apart."""

    metric: str
    variant: str | None
    dates: list[int]
    stats: list[StatsAggregation]


class WorkerStats(Response, frozen=True):
    """The numbers of one worker."""

    worker: str
    metrics: list[MetricStats]


class GetStatsResponse(Response, frozen=True):
    """Of each worker that reported."""

    workers: list[WorkerStats]


class GetMetricKeys(Request, frozen=True):
    """Which numbers there are."""

    worker_ids: list[str] | None = None


class MetricCategory(Response, frozen=True):
    """Numbers that belong together."""

    name: str
    metric_keys: list[str]


class GetMetricKeysResponse(Response, frozen=True):
    """The numbers by category."""

    categories: list[MetricCategory]


class GetActivityReport(Request, frozen=True):
    """How many workers there were between two times in seconds since the epoch, at intervals in seconds."""

    from_date: float
    to_date: float
    interval: Interval


class ActivitySeries(Response, frozen=True):
    """Numbers of workers; ``dates`` in seconds since the epoch."""

    dates: list[int]
    counts: list[int]


class GetActivityReportResponse(Response, frozen=True):
    """All workers, and those that ran a task."""

    total: ActivitySeries
    active: ActivitySeries


class RuntimeProperty(Response, frozen=True):
    """Something that was set for a worker; ``expiry`` says for how many seconds, ``None`` for as long as it lives."""

    key: str
    value: str
    expiry: int | None = None


class GetRuntimeProperties(Request, frozen=True):
    """What was set for a worker."""

    worker: str


class RuntimePropertiesResponse(Response, frozen=True):
    """What is set, by key."""

    runtime_properties: list[RuntimeProperty]


class SetRuntimeProperties(Request, frozen=True):
    """Set something for a worker; what is there under other keys stays."""

    worker: str
    runtime_properties: list[RuntimeProperty]


REGISTER = Action("workers.register", Register, Empty)
UNREGISTER = Action("workers.unregister", Unregister, Empty)
STATUS_REPORT = Action("workers.status_report", StatusReport, Empty)
GET_ALL = Action("workers.get_all", GetAll, GetAllResponse)
GET_COUNT = Action("workers.get_count", GetAll, GetCountResponse)
GET_STATS = Action("workers.get_stats", GetStats, GetStatsResponse)
GET_METRIC_KEYS = Action("workers.get_metric_keys", GetMetricKeys, GetMetricKeysResponse)
GET_ACTIVITY_REPORT = Action("workers.get_activity_report", GetActivityReport, GetActivityReportResponse)
GET_RUNTIME_PROPERTIES = Action("workers.get_runtime_properties", GetRuntimeProperties, RuntimePropertiesResponse)
SET_RUNTIME_PROPERTIES = Action("workers.set_runtime_properties", SetRuntimeProperties, RuntimePropertiesResponse)
