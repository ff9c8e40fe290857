"""Rows of the store, as frozen values. The store never hands out an object that a later write changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pellucid.store.conditions import Condition

Document: TypeAlias = dict[str, Any]
"""A JSON object that the store keeps without looking inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    """Somebody who may log in. ``role`` is ``admin`` or ``user``."""

    id: str
    name: str
    role: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRecord:
    """A key pair; the secret itself is not stored.

    Attributes:
        source: who put it there: ``request`` (somebody, by the API or the command line), ``generated`` (a server, at
            its first start), ``environment`` or ``file`` (the administrator's configuration).
        last_used_from: the machine that used it last, by its own word.
    """

    access_key: str
    secret_hash: str
    user: str
    label: str = ""
    created: datetime
    last_used: datetime | None = None
    last_used_from: str = ""
    source: str = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerRecord:
    """Whom a token belongs to, and when the key pair behind it was last used."""

    user: UserRecord
    last_used: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRecord:
    """A project. ``name`` is the full path, unique; ``path`` the ids of the ancestors, topmost first."""

    id: str
    name: str
    basename: str
    parent: str | None = None
    path: list[str] = field(default_factory=list)
    description: str = ""
    default_output_destination: str | None = None
    tags: list[str] = field(default_factory=list)
    system_tags: list[str] = field(default_factory=list)
    user: str = ""
    created: datetime
    last_update: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """A task without its metrics, which are in ``SeriesSummary``."""

    id: str
    name: str
    type: str
    status: str
    project: str | None = None
    parent: str | None = None
    user: str = ""
    comment: str = ""
    status_reason: str = ""
    status_message: str = ""
    status_changed: datetime | None = None
    created: datetime
    started: datetime | None = None
    completed: datetime | None = None
    published: datetime | None = None
    last_update: datetime
    last_change: datetime
    last_worker: str | None = None
    last_worker_report: datetime | None = None
    active_duration: int | None = None
    last_iteration: int = 0
    tags: list[str] = field(default_factory=list)
    system_tags: list[str] = field(default_factory=list)
    script: Document = field(default_factory=dict)
    execution: Document = field(default_factory=dict)
    output: Document = field(default_factory=dict)
    models: Document = field(default_factory=dict)
    container: Document = field(default_factory=dict)
    runtime: Document = field(default_factory=dict)
    hyperparams: Document = field(default_factory=dict)
    configuration: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSummary:
    """What is known of one series without reading its points.

    ``last`` is the value with the greatest (iteration, time), and of several such the one stored last; ``last_time`` is
    in milliseconds since the epoch. Least and greatest are over every value ever reported, with the iteration that
    reached them first; ``first`` is the value stored first. ``total`` is the sum, so that the mean is
    ``total / count``. NaN counts (and makes the total NaN), but is never least or greatest: those are ``None`` if
    every value was NaN.
    """

    title: str
    series: str
    last: float
    last_iteration: int
    last_time: int
    least: float | None
    least_iteration: int | None
    greatest: float | None
    greatest_iteration: int | None
    first: float
    first_iteration: int
    count: int
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """A console line, plot or sample. ``type`` is the protocol's; ``data`` holds what else came with it.

    Events that are not console lines have an identity, (type, metric, variant, iteration, key): a later one replaces an
    earlier one. Console lines are always appended. ``timestamp`` is in milliseconds since the epoch.
    """

    type: str
    timestamp: int
    worker: str = ""
    iteration: int | None = None
    metric: str = ""
    variant: str = ""
    key: str = ""
    level: str = ""
    message: str = ""
    data: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventPlace:
    """Where plots or samples are: in an iteration under a title, in one series or, with ``None``, in all of them."""

    iteration: int
    title: str
    series: str | None = None


Titles: TypeAlias = Mapping[str, Collection[str] | None]
"""Some series of some titles; ``None`` stands for all of a title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsBlock:
    """Consecutive point slots of one writer, as they came.

    Attributes:
        writer: the stream within the task, or ``None`` for points that come without one and are always stored.
        offset: position of the first slot in the writer's stream.
        count: number of slots.
        series: series number to (title, series).
        data: slots in the layout of ``pellucid.base.points``, compressed with Zstandard.
    """

    writer: str | None
    offset: int
    count: int
    series: dict[int, tuple[str, str]]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsBlock:
    """Events of one writer with the positions at which they end in its stream, rising; ``writer=None`` as above."""

    writer: str | None
    events: list[tuple[int, EventRecord]]


Block: TypeAlias = PointsBlock | EventsBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The points of one series as columns, by rising iteration, each iteration once: with its most recent value.

    Attributes:
        iteration: int64, shape (n,).
        time: milliseconds since the epoch, int64, shape (n,).
        value: float64, shape (n,); NaN and infinities as reported.
    """

    iteration: NDArray[np.int64]
    time: NDArray[np.int64]
    value: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """A long series in less detail: points that follow each other taken together, by rising iteration.

    Attributes:
        count: how many points a stretch has, int64, shape (n,).
        total: the sum of their values, float64, shape (n,).
        first, last: the points at its ends.
        least, greatest: points with its extreme values, of equal ones the first; NaN only where every value is.
    """

    count: NDArray[np.int64]
    total: NDArray[np.float64]
    first: Points
    last: Points
    least: Points
    greatest: Points


Outline: TypeAlias = Points | Stretches
"""A series: every point of it, or stretches of a long one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Points of a task that lie as they came.

    Attributes:
        task: the task.
        blocks: in how many requests they came.
        points: how many slots they are.
        last_update: when the task was last heard of.
    """

    task: str
    blocks: int
    points: int
    last_update: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search. Empty or ``None`` means "no condition".

    Attributes:
        ids: any of these; ``None`` for no condition.
        name: regular expression (``pellucid.store.patterns``), searched, case-sensitive.
        equal: column to allowed values, any of them.
        where: conditions, all of which must hold.
        hidden: whether rows with the system tag ``hidden`` are found; they always are by id.
        order_by: (dotted path, descending) pairs; see ``pellucid.store.conditions``.
        offset: rows to skip.
        limit: rows to return at most.
    """

    ids: list[str] | None = None
    name: str | None = None
    equal: dict[str, list[str]] = field(default_factory=dict)
    where: tuple[Condition, ...] = ()
    hidden: bool = True
    order_by: list[tuple[str, bool]] = field(default_factory=list)
    offset: int = 0
    limit: int = 500
