"""``tasks.enqueue`` and ``tasks.dequeue`` (protocol §2.3)."""

from __future__ import annotations

from pellucid.wire.action import Action
from pellucid.wire.enums import TaskStatus
from pellucid.wire.many import Many, ManyResponse
from pellucid.wire.tasks import ChangeStatus, UpdatedResponse


class Enqueue(ChangeStatus, frozen=True):
    """Put a task at the end of a queue.

    Attributes:
        queue: its id; the default queue if neither id nor name is given.
        queue_name: its name instead; it is made if it is missing.
        verify_watched_queue: whether the answer is to say if a worker serves the queue.
        update_execution_queue: whether the task is to remember the queue.
    """

    queue: str | None = None
    queue_name: str | None = None
    verify_watched_queue: bool = False
    update_execution_queue: bool = True


class EnqueueResponse(UpdatedResponse, frozen=True, kw_only=True, omit_defaults=True):
    """As for any change of status; ``queue_watched`` only if asked for."""

    queued: int
    queue_watched: bool | None = None


class Dequeue(ChangeStatus, frozen=True):
    """Take a task out of its queue; it gets the new status, else the one that it had before it waited."""

    new_status: TaskStatus | None = None
    remove_from_all_queues: bool = False


class DequeueResponse(UpdatedResponse, frozen=True, kw_only=True):
    """``updated`` and ``dequeued`` are 0 for a task that neither waits nor runs."""

    dequeued: int


class EnqueueMany(Many, frozen=True):
    """As ``Enqueue``, for several tasks."""

    queue: str | None = None
    queue_name: str | None = None
    force: bool = False
    status_reason: str | None = None
    status_message: str | None = None
    verify_watched_queue: bool = False


class EnqueueManyResponse(ManyResponse, frozen=True, omit_defaults=True):
    """``queue_watched`` only if asked for."""

    queue_watched: bool | None = None


class DequeueMany(Many, frozen=True):
    """As ``Dequeue``, for several tasks."""

    new_status: TaskStatus | None = None
    status_reason: str | None = None
    status_message: str | None = None
    remove_from_all_queues: bool = False


ENQUEUE = Action("tasks.enqueue", Enqueue, EnqueueResponse)
DEQUEUE = Action("tasks.dequeue", Dequeue, DequeueResponse)
ENQUEUE_MANY = Action("tasks.enqueue_many", EnqueueMany, EnqueueManyResponse)
DEQUEUE_MANY = Action("tasks.dequeue_many", DequeueMany, ManyResponse)
