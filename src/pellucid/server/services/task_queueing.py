"""``tasks.*``: into queues and out of them (protocol §2.3)."""

from __future__ import annotations

from typing import Any

import msgspec

from pellucid.base.ids import new_id
from pellucid.server.context import Context
from pellucid.server.default_queue import default_queue
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.many import for_each
from pellucid.server.task_documents import check_name
from pellucid.server.task_queue_status import left_queue, was_enqueued
from pellucid.server.task_status import status_fields
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.queue_records import QueueEntry, QueueRecord
from pellucid.store.records import Query, TaskRecord
from pellucid.wire import task_queueing
from pellucid.wire.codes import ErrorCode
from pellucid.wire.many import ManyResponse


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(task_queueing.ENQUEUE, Policy.USER, enqueue),
        Endpoint(task_queueing.DEQUEUE, Policy.USER, dequeue),
        Endpoint(task_queueing.ENQUEUE_MANY, Policy.USER, enqueue_many),
        Endpoint(task_queueing.DEQUEUE_MANY, Policy.USER, dequeue_many),
    ]


def enqueue(context: Context, request: task_queueing.Enqueue) -> task_queueing.EnqueueResponse:
    """Put a task at the end of a queue."""
    now = context.clock()
    queue = _queue_of(context, request.queue, request.queue_name)

    def change(task: TaskRecord) -> TaskRecord:
        return was_enqueued(
            task,
            queue,
            now=now,
            force=request.force,
            reason=request.status_reason,
            message=request.status_message,
            note_queue=request.update_execution_queue,
        )

    record = context.store.queues.enqueue(request.task, queue, change, now)
    watched = _is_watched(context, queue) if request.verify_watched_queue else None
    fields = {**status_fields(record), "execution.queue": record.execution.get("queue")}
    return task_queueing.EnqueueResponse(updated=1, queued=1, queue_watched=watched, fields=fields)


def dequeue(context: Context, request: task_queueing.Dequeue) -> task_queueing.DequeueResponse:
    """Take a task out of its queue. Agents ask for it with each task that they run, waiting or not."""
    now = context.clock()
    before: list[TaskRecord] = []

    def change(task: TaskRecord, entry: QueueEntry | None) -> TaskRecord:
        before.append(task)
        return left_queue(
            task,
            entry,
            now=now,
            new_status=request.new_status,
            reason=request.status_reason,
            message=request.status_message,
        )

    try:
        record = context.store.queues.dequeue(request.task, change, now)
    except NotFoundError:
        return task_queueing.DequeueResponse(updated=0, dequeued=0)  # what does not exist waits nowhere
    changed = int(record != before[0])
    fields = status_fields(record) if changed else {}
    return task_queueing.DequeueResponse(updated=changed, dequeued=changed, fields=fields)


def enqueue_many(context: Context, request: task_queueing.EnqueueMany) -> task_queueing.EnqueueManyResponse:
    """Put several tasks at the end of a queue."""
    queue = _queue_of(context, request.queue, request.queue_name)

    def act(task: str) -> dict[str, Any]:
        single = task_queueing.Enqueue(
            task=task,
            queue=queue,
            force=request.force,
            status_reason=request.status_reason,
            status_message=request.status_message,
        )
        return dict(msgspec.to_builtins(enqueue(context, single)))

    outcome = for_each(request.ids, act)
    return task_queueing.EnqueueManyResponse(
        succeeded=outcome.succeeded,
        failed=outcome.failed,
        queue_watched=_is_watched(context, queue) if request.verify_watched_queue else None,
    )


def dequeue_many(context: Context, request: task_queueing.DequeueMany) -> ManyResponse:
    """Take several tasks out of their queues."""

    def act(task: str) -> dict[str, Any]:
        single = task_queueing.Dequeue(
            task=task,
            new_status=request.new_status,
            status_reason=request.status_reason,
            status_message=request.status_message,
        )
        context.store.tasks.get(task)
        return dict(msgspec.to_builtins(dequeue(context, single)))

    return for_each(request.ids, act)


def _queue_of(context: Context, queue: str | None, name: str | None) -> str:
    """The id of the queue that is meant. One that is named is made if it is missing."""
    if queue and name:
        raise ApiError(ErrorCode.VALIDATION, "queue and queue_name are both given; one of them says it all")
    if queue:
        return queue
    return _named(context, check_name(name)) if name else default_queue(context.store).id


def _named(context: Context, name: str) -> str:
    now = context.clock()
    made = QueueRecord(id=new_id(), name=name, created=now, last_update=now)
    while True:
        found = context.store.queues.find(Query(equal={"name": [name]}, limit=1))
        if found:
            return found[0].id
        try:
            context.store.queues.create(made)
        except AlreadyExistsError:
            continue  # somebody made it this moment
        return made.id


def _is_watched(context: Context, queue: str) -> bool:
    return any(queue in worker.queues for worker in context.store.workers.list(context.clock()))
