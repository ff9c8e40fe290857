"""Tasks that lost their worker, run again as often as their queue wants it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Final

from pellucid.server.task_status import moved
from pellucid.store.api import Store
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.records import TaskRecord
from pellucid.wire.enums import TaskStatus
from pellucid.wire.queues import RETRIES_KEY

COUNT: Final = "pellucid_retries"
"""In a task's ``runtime``: how often it was put back because its worker was lost."""

_log: Final = logging.getLogger(__name__)


def retry(store: Store, task: str, now: datetime) -> bool:
    """Put a task that was stopped, because its worker is gone, at the end of the queue that it came from.

    Args:
        store: has both.
        task: its id.
        now: the time.

    Returns:
        Whether it waits again: its queue allows as many retries, and nobody has done anything with it meanwhile.
    """
    try:
        found = store.tasks.get(task)
        queue = str(found.execution.get("queue") or "")
        if _used(found) >= _allowed(store, queue):
            return False
        store.queues.enqueue(task, queue, lambda old: _again(old, now), now)
    except (_ChangedError, NotFoundError, AlreadyExistsError):
        return False
    _log.warning("task %s waits again in queue %s", task, queue)
    return True


class _ChangedError(Exception):
    """The task has another status by now."""


def _again(old: TaskRecord, now: datetime) -> TaskRecord:
    if old.status != TaskStatus.stopped:
        raise _ChangedError
    number = _used(old) + 1
    again = moved(old, TaskStatus.queued, now=now, force=True, reason=f"retry {number}", message=old.status_message)
    return replace(again, runtime={**old.runtime, COUNT: str(number)})


def _used(task: TaskRecord) -> int:
    return _number(task.runtime.get(COUNT))


def _allowed(store: Store, queue: str) -> int:
    return _number((store.queues.get(queue).metadata.get(RETRIES_KEY) or {}).get("value"))


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isdecimal() else 0
