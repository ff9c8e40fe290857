"""Rows of workers and of what they report of themselves, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pellucid.store.records import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRecord:
    """An agent that serves queues, until it says goodbye or ``expires``.

    Attributes:
        id: the name that it gives itself, such as ``host:0``.
        user: whose credentials it uses.
        ip: the address that it was last seen at, ``""`` if unknown.
        queues: ids of the queues that it serves, in their order.
        task: what it runs, ``None`` while it is idle.
        queue: the queue that the task came from.
        register_timeout: seconds without a word after which it is gone.
        last_activity: when it was last heard of.
        last_report: when it last reported its status.
        runtime_properties: what others have set for it, by key.
    """

    id: str
    user: str = ""
    ip: str = ""
    queues: list[str] = field(default_factory=list)
    task: str | None = None
    queue: str | None = None
    tags: list[str] = field(default_factory=list)
    system_tags: list[str] = field(default_factory=list)
    registered: datetime
    register_timeout: int
    last_activity: datetime
    last_report: datetime | None = None
    expires: datetime
    runtime_properties: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """One status report: what the machine was doing.

    Attributes:
        worker: its id.
        timestamp: milliseconds since the epoch.
        active: whether it ran a task.
        stats: the machine's numbers as they came (protocol §2.8).
    """

    worker: str
    timestamp: int
    active: bool
    stats: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerActivity:
    """How many workers reported, and how many of them ran a task, in an interval that begins at ``timestamp`` (ms)."""

    timestamp: int
    total: int
    active: int
