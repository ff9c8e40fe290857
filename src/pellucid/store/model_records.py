"""The row of a model, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pellucid.store.records import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """A model: a file somewhere, and what is known of it (protocol §3.5).

    ``task`` is the task that made it, ``ready`` says that it is published. The task may be gone.
    """

    id: str
    name: str
    uri: str
    project: str | None = None
    parent: str | None = None
    task: str | None = None
    user: str = ""
    comment: str = ""
    framework: str = ""
    ready: bool = False
    created: datetime
    last_update: datetime
    last_change: datetime
    last_iteration: int = 0
    tags: list[str] = field(default_factory=list)
    system_tags: list[str] = field(default_factory=list)
    design: Document = field(default_factory=dict)
    labels: Document = field(default_factory=dict)
    metadata: Document = field(default_factory=dict)
