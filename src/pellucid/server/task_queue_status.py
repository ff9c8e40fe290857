"""What waiting in a queue does to a task (protocol §2.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from pellucid.server.task_status import moved
from pellucid.store.queue_records import QueueEntry
from pellucid.store.records import TaskRecord
from pellucid.wire.enums import TaskStatus

_DEVELOPMENT: Final = "development"
_LIVE: Final = frozenset({TaskStatus.queued, TaskStatus.in_progress})
"""Statuses that no task goes back to when it leaves a queue: nothing would ever end them."""


def was_enqueued(
    task: TaskRecord,
    queue: str,
    *,
    now: datetime,
    force: bool = False,
    reason: str | None = None,
    message: str | None = None,
    note_queue: bool = True,
) -> TaskRecord:
    """The task as it waits; no longer one of somebody's own development, which a reuse would overwrite.

    Raises:
        ApiError: 400/110 if its status does not allow it and ``force`` is not given.
    """
    changed = moved(task, TaskStatus.queued, now=now, force=force, reason=reason, message=message)
    system_tags = [tag for tag in changed.system_tags if tag != _DEVELOPMENT]
    execution = {**changed.execution, "queue": queue} if note_queue else changed.execution
    return replace(changed, system_tags=system_tags, execution=execution)


def left_queue(
    task: TaskRecord,
    entry: QueueEntry | None,
    *,
    now: datetime,
    new_status: TaskStatus | None = None,
    reason: str | None = None,
    message: str | None = None,
) -> TaskRecord:
    """The task as it is when it no longer waits: with the new status, else with the one that it had before.

    A task that is neither waiting nor running stays as it is, and so does one that runs, if no status is given.
    """
    if task.status not in _LIVE or (task.status == TaskStatus.in_progress and new_status is None):
        return task
    return moved(task, new_status or _previous(entry), now=now, force=True, reason=reason, message=message)


def _previous(entry: QueueEntry | None) -> TaskStatus:
    previous = TaskStatus(entry.previous_status) if entry else TaskStatus.created
    return TaskStatus.created if previous in _LIVE else previous
