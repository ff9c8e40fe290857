"""``queues.*``: what waits in queues (protocol §2.7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pellucid.server.auth.authority import COMPANY_ID
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.queue_clearing import clear
from pellucid.server.task_queue_status import left_queue
from pellucid.store.errors import NotFoundError
from pellucid.store.queue_records import QueueEntry
from pellucid.store.records import TaskRecord
from pellucid.wire import queues
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(queues.ADD_TASK, Policy.USER, add_task),
        Endpoint(queues.REMOVE_TASK, Policy.USER, remove_task),
        Endpoint(queues.GET_NEXT_TASK, Policy.USER, get_next_task),
        Endpoint(queues.GET_NUM_ENTRIES, Policy.USER, get_num_entries),
        Endpoint(queues.PEEK_TASK, Policy.USER, peek_task),
        Endpoint(queues.MOVE_TASK_TO_FRONT, Policy.USER, move_task_to_front),
        Endpoint(queues.MOVE_TASK_TO_BACK, Policy.USER, move_task_to_back),
        Endpoint(queues.MOVE_TASK_FORWARD, Policy.USER, move_task_forward),
        Endpoint(queues.MOVE_TASK_BACKWARD, Policy.USER, move_task_backward),
        Endpoint(queues.CLEAR_QUEUE, Policy.USER, clear_queue),
    ]


def add_task(context: Context, request: queues.AddTask) -> queues.AddedResponse:
    """Put a task at the end of a queue, whatever its status: ``tasks.enqueue`` is for people."""
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        if not request.update_execution_queue:
            return task
        return replace(task, execution={**task.execution, "queue": request.queue}, last_change=now)

    context.store.queues.enqueue(request.task, request.queue, change, now)
    return queues.AddedResponse(added=1)


def remove_task(context: Context, request: queues.RemoveTask) -> queues.RemovedResponse:
    """Take a task out of a queue. Raises ApiError 400/703 if it does not wait there."""
    now = context.clock()

    def change(task: TaskRecord, entry: QueueEntry | None) -> TaskRecord:
        if entry is None or entry.queue != request.queue:
            raise ApiError(ErrorCode.NOT_QUEUED, f"task {request.task}, queue {request.queue}")
        return left_queue(task, entry, now=now) if request.update_task_status else task

    context.store.queues.get(request.queue)
    context.store.queues.dequeue(request.task, change, now)
    return queues.RemovedResponse(removed=1)


def get_next_task(context: Context, request: queues.GetNextTask) -> queues.GetNextTaskResponse:
    """Take the first task, for the one who asks alone."""
    entry = context.store.queues.take(request.queue, context.clock())
    if entry is None:
        return queues.GetNextTaskResponse()
    owner = _taken(context, entry)
    return queues.GetNextTaskResponse(
        entry=queues.Entry(task=entry.task, added=entry.added),
        task_info=queues.TaskInfo(company=COMPANY_ID, user=owner) if request.get_task_info else None,
    )


def get_num_entries(context: Context, request: queues.OfQueue) -> queues.GetNumEntriesResponse:
    """How many tasks wait."""
    return queues.GetNumEntriesResponse(num=len(_waiting(context, request.queue)))


def peek_task(context: Context, request: queues.OfQueue) -> queues.PeekTaskResponse:
    """The task that is next."""
    waiting = _waiting(context, request.queue)
    return queues.PeekTaskResponse(task=waiting[0].task if waiting else None)


def move_task_to_front(context: Context, request: queues.QueueAndTask) -> queues.MovedResponse:
    """Next."""
    return _moved(context, request, lambda _, __: 0)


def move_task_to_back(context: Context, request: queues.QueueAndTask) -> queues.MovedResponse:
    """Last."""
    return _moved(context, request, lambda _, length: length - 1)


def move_task_forward(context: Context, request: queues.MoveTask) -> queues.MovedResponse:
    """Some places towards the head."""
    return _moved(context, request, lambda index, _: index - request.count)


def move_task_backward(context: Context, request: queues.MoveTask) -> queues.MovedResponse:
    """Some places towards the tail."""
    return _moved(context, request, lambda index, _: index + request.count)


def clear_queue(context: Context, request: queues.OfQueue) -> queues.ClearResponse:
    """Send all that waits back to where it came from."""
    return queues.ClearResponse(removed_tasks=clear(context.store, request.queue, context.clock()))


def _moved(context: Context, request: queues.QueueAndTask, place: Callable[[int, int], int]) -> queues.MovedResponse:
    return queues.MovedResponse(position=context.store.queues.move(request.queue, request.task, place))


def _waiting(context: Context, queue: str) -> list[QueueEntry]:
    context.store.queues.get(queue)
    return context.store.queues.entries([queue])[queue]


def _taken(context: Context, entry: QueueEntry) -> str:
    """Whose task it is. One that was stopped while it waited waits again, or its agent would give up at once."""
    try:
        task = context.store.tasks.get(entry.task)
        if task.status == TaskStatus.stopped:
            context.store.tasks.update(task.id, lambda old: replace(old, status=str(TaskStatus.queued)))
    except NotFoundError:
        return ""  # deleted this moment; the agent will find out
    return task.user
