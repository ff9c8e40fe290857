"""Rows of queues and of what waits in them, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pellucid.store.records import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRecord:
    """A queue without its entries. ``name`` is unique; ``display_name`` is what people read, if it differs."""

    id: str
    name: str
    display_name: str = ""
    created: datetime
    last_update: datetime
    tags: list[str] = field(default_factory=list)
    system_tags: list[str] = field(default_factory=list)
    metadata: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """A task that waits. ``previous_status`` is the status that it had before it was put into a queue."""

    queue: str
    task: str
    added: datetime
    previous_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSample:
    """A queue as a change of it left it.

    Attributes:
        queue: its id.
        timestamp: when, in milliseconds since the epoch.
        length: how many tasks wait from then on.
        waited: how long the task that was taken out had waited, in seconds; ``None`` if none was.
    """

    queue: str
    timestamp: int
    length: int
    waited: float | None = None
