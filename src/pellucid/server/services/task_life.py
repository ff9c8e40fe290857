"""``tasks.*``: the life cycle (protocol §2.3)."""

from __future__ import annotations

from collections.abc import Callable

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.task_status import moved, pinged, was_reset
from pellucid.store.records import TaskRecord
from pellucid.wire import tasks
from pellucid.wire.action import Empty
from pellucid.wire.enums import TaskStatus


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(tasks.STARTED, Policy.USER, _changes_to(TaskStatus.in_progress)),
        Endpoint(tasks.STOPPED, Policy.USER, _changes_to(TaskStatus.stopped)),
        Endpoint(tasks.FAILED, Policy.USER, _changes_to(TaskStatus.failed)),
        Endpoint(tasks.COMPLETED, Policy.USER, completed),
        Endpoint(tasks.RESET, Policy.USER, reset),
        Endpoint(tasks.PING, Policy.USER, ping),
    ]


def completed(context: Context, request: tasks.Completed) -> tasks.UpdatedResponse:
    """The task has ended well, and is published at once if asked."""
    response = _changes_to(TaskStatus.completed)(context, request)
    if request.publish:
        return _changes_to(TaskStatus.published)(context, request)
    return response


def reset(context: Context, request: tasks.Reset) -> tasks.UpdatedResponse:
    """The task is a draft again, and what it reported is gone."""
    now = context.clock()
    record = context.store.queues.dequeue(
        request.task, lambda task, _: was_reset(task, now=now, force=request.force, clear_all=request.clear_all), now
    )
    context.store.tasks.clear_outputs(request.task)
    return _response(record)


def ping(context: Context, request: tasks.Ping) -> Empty:
    """The task is alive."""
    now = context.clock()
    context.store.tasks.update(request.task, lambda task: pinged(task, now))
    return Empty()


def _changes_to(status: TaskStatus) -> Callable[[Context, tasks.ChangeStatus], tasks.UpdatedResponse]:
    def handler(context: Context, request: tasks.ChangeStatus) -> tasks.UpdatedResponse:
        now = context.clock()
        # Whatever else it does, it does not wait any more: left in a queue, it would be run a second time.
        record = context.store.queues.dequeue(
            request.task,
            lambda task, _: moved(
                task,
                status,
                now=now,
                force=request.force,
                reason=request.status_reason,
                message=request.status_message,
            ),
            now,
        )
        return _response(record)

    return handler


def _response(record: TaskRecord) -> tasks.UpdatedResponse:
    return tasks.UpdatedResponse(
        updated=1,
        fields={
            "status": record.status,
            "status_reason": record.status_reason,
            "status_message": record.status_message,
            "status_changed": record.status_changed,
            "last_update": record.last_update,
        },
    )
