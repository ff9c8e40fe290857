"""``tasks.*``: the life cycle (protocol §2.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import msgspec

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.many import for_each
from pellucid.server.task_models import last_output
from pellucid.server.task_status import asked_to_stop, moved, pinged, status_fields
from pellucid.store.errors import NotFoundError
from pellucid.store.queue_records import QueueEntry
from pellucid.store.records import TaskRecord
from pellucid.wire import task_life, tasks
from pellucid.wire.action import Empty
from pellucid.wire.enums import TaskStatus
from pellucid.wire.many import ManyResponse

_SILENCE: Final = timedelta(seconds=600)
"""After so long without a sign of life, nobody is taken to be there who could stop a task."""


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(tasks.STARTED, Policy.USER, started),
        Endpoint(tasks.STOPPED, Policy.USER, stopped),
        Endpoint(tasks.FAILED, Policy.USER, failed),
        Endpoint(tasks.COMPLETED, Policy.USER, completed),
        Endpoint(tasks.PING, Policy.USER, ping),
        Endpoint(task_life.CLOSE, Policy.USER, close),
        Endpoint(task_life.STOP, Policy.USER, stop),
        Endpoint(task_life.STOP_MANY, Policy.USER, stop_many),
        Endpoint(task_life.PUBLISH, Policy.USER, publish),
        Endpoint(task_life.PUBLISH_MANY, Policy.USER, publish_many),
    ]


def started(context: Context, request: tasks.ChangeStatus) -> tasks.StartedResponse:
    """The task runs."""
    fields = _move(context, request, TaskStatus.in_progress)
    return tasks.StartedResponse(updated=1, fields=fields)


def stopped(context: Context, request: tasks.ChangeStatus) -> tasks.UpdatedResponse:
    """The task has been stopped."""
    return tasks.UpdatedResponse(updated=1, fields=_move(context, request, TaskStatus.stopped))


def failed(context: Context, request: tasks.ChangeStatus) -> tasks.UpdatedResponse:
    """The task has failed."""
    return tasks.UpdatedResponse(updated=1, fields=_move(context, request, TaskStatus.failed))


def close(context: Context, request: tasks.ChangeStatus) -> tasks.UpdatedResponse:
    """The task is closed."""
    return tasks.UpdatedResponse(updated=1, fields=_move(context, request, TaskStatus.closed))


def completed(context: Context, request: tasks.Completed) -> tasks.CompletedResponse:
    """The task has ended well, and is published at once if asked."""
    fields = _move(context, request, TaskStatus.completed)
    if not request.publish:
        return tasks.CompletedResponse(updated=1, fields=fields)
    single = task_life.Publish(
        task=request.task,
        force=request.force,
        status_reason=request.status_reason,
        status_message=request.status_message,
    )
    return tasks.CompletedResponse(updated=1, fields=publish(context, single).fields, published=1)


def publish(context: Context, request: task_life.Publish) -> tasks.UpdatedResponse:
    """Publish a task and its last output model; others may rely on both from now on."""
    fields = _move(context, request, TaskStatus.published)
    if request.publish_model:
        _publish_model(context, request.task)
    return tasks.UpdatedResponse(updated=1, fields=fields)


def publish_many(context: Context, request: task_life.PublishMany) -> ManyResponse:
    """Publish several tasks."""

    def act(task: str) -> dict[str, Any]:
        single = task_life.Publish(
            task=task,
            force=request.force,
            status_reason=request.status_reason,
            status_message=request.status_message,
            publish_model=request.publish_model,
        )
        return dict(msgspec.to_builtins(publish(context, single)))

    return for_each(request.ids, act)


def stop(context: Context, request: tasks.ChangeStatus) -> tasks.UpdatedResponse:
    """Stop a task, or have it stopped by the agent that runs it, which looks for the status message."""
    now = context.clock()
    by = context.user.name

    def change(task: TaskRecord, entry: QueueEntry | None) -> TaskRecord:
        if _is_in_other_hands(task):
            return asked_to_stop(task, now=now, reason=request.status_reason)
        message = request.status_message or f"Stopped by {by}"
        return moved(
            task, TaskStatus.stopped, now=now, force=request.force, reason=request.status_reason, message=message
        )

    def _is_in_other_hands(task: TaskRecord) -> bool:
        heard = task.last_worker is not None and now - task.last_update < _SILENCE
        return task.status == TaskStatus.in_progress and heard and "development" not in task.system_tags

    record = context.store.queues.dequeue(request.task, change, now)
    return tasks.UpdatedResponse(updated=1, fields=status_fields(record))


def stop_many(context: Context, request: task_life.StatusMany) -> ManyResponse:
    """Stop several tasks."""

    def act(task: str) -> dict[str, Any]:
        single = tasks.ChangeStatus(
            task=task,
            force=request.force,
            status_reason=request.status_reason,
            status_message=request.status_message,
        )
        return dict(msgspec.to_builtins(stop(context, single)))

    return for_each(request.ids, act)


def ping(context: Context, request: tasks.Ping) -> Empty:
    """The task is alive."""
    now = context.clock()
    context.store.tasks.update(request.task, lambda task: pinged(task, now))
    return Empty()


def _move(context: Context, request: tasks.ChangeStatus, status: TaskStatus) -> tasks.Document:
    now = context.clock()

    def change(task: TaskRecord, entry: QueueEntry | None) -> TaskRecord:
        return moved(
            task,
            status,
            now=now,
            force=request.force,
            reason=request.status_reason,
            message=request.status_message,
        )

    # Whatever its new status is, it waits no longer.
    return status_fields(context.store.queues.dequeue(request.task, change, now))


def _publish_model(context: Context, task: str) -> None:
    model = last_output(context.store.tasks.get(task))
    if model is None:
        return
    now = context.clock()
    try:
        context.store.models.update(model, lambda old: replace(old, ready=True, last_update=now, last_change=now))
    except NotFoundError:
        return  # the task names a model that is gone; that does not keep it from being published
