"""The task that this process runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pellucid.sdk.task import Task

_task: Task | None = None


def get() -> Task | None:
    """The current task, ``None`` if there is none."""
    return _task


def replace(task: Task | None) -> None:
    """Make a task the current one, or none."""
    global _task
    _task = task
