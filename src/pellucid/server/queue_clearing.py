"""Sending all that waits in a queue back to where it came from."""

from __future__ import annotations

from datetime import datetime

from pellucid.server.task_queue_status import left_queue
from pellucid.store.api import Store
from pellucid.store.queue_records import QueueEntry
from pellucid.store.records import TaskRecord


def clear(store: Store, queue: str, now: datetime) -> list[str]:
    """Take the tasks out of a queue one by one, each with the status that it had before; returns their ids.

    A task that an agent takes, or somebody removes, at this moment is left out.

    Raises:
        NotFoundError: no such queue.
    """
    removed: list[str] = []

    def change(task: TaskRecord, entry: QueueEntry | None) -> TaskRecord:
        if entry is None:
            return task
        removed.append(task.id)
        return left_queue(task, entry, now=now)

    store.queues.get(queue)
    for entry in store.queues.entries([queue])[queue]:
        store.queues.dequeue(entry.task, change, now)
    return removed
