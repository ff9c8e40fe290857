"""What waiting in a queue does to a task (protocol §2.3)."""

from __future__ import annotations

import pytest

from pellucid.server.task_queue_status import left_queue
from pellucid.store.queue_records import QueueEntry
from pellucid.testing.store_samples import LATER, NOON, a_task
from pellucid.wire.enums import TaskStatus


def entry(previous: str) -> QueueEntry:
    """How a task waited."""
    return QueueEntry(queue="queue", task="task", added=NOON, previous_status=previous)


@pytest.mark.parametrize(
    ("status", "waited", "new", "becomes"),
    [
        ("queued", entry("failed"), None, "failed"),
        ("queued", entry("failed"), TaskStatus.in_progress, "in_progress"),
        ("queued", None, None, "created"),
        ("queued", entry("queued"), None, "created"),
        ("queued", entry("in_progress"), None, "created"),
        ("in_progress", None, None, "in_progress"),
        ("in_progress", entry("created"), None, "in_progress"),
        ("in_progress", None, TaskStatus.in_progress, "in_progress"),
        ("completed", None, TaskStatus.in_progress, "completed"),
        ("published", entry("completed"), TaskStatus.created, "published"),
    ],
)
def test_what_becomes_of_a_task(status: str, waited: QueueEntry | None, new: TaskStatus | None, becomes: str) -> None:
    """That no longer waits: it never goes on looking as if it did, and what has ended stays as it is."""
    assert left_queue(a_task(status=status), waited, now=LATER, new_status=new).status == becomes
