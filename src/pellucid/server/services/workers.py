"""``workers.*``: agents that say that they are there (protocol §2.8)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from pellucid.base.clock import to_milliseconds
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.runtime_properties import lasting, updated
from pellucid.server.task_status import pinged
from pellucid.store.errors import NotFoundError
from pellucid.store.records import Query, TaskRecord
from pellucid.store.worker_records import WorkerRecord, WorkerReport
from pellucid.wire import workers
from pellucid.wire.action import Empty
from pellucid.wire.codes import ErrorCode

_LONGEST_NAME = 255


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(workers.REGISTER, Policy.USER, register),
        Endpoint(workers.UNREGISTER, Policy.USER, unregister),
        Endpoint(workers.STATUS_REPORT, Policy.USER, status_report),
        Endpoint(workers.GET_RUNTIME_PROPERTIES, Policy.USER, get_runtime_properties),
        Endpoint(workers.SET_RUNTIME_PROPERTIES, Policy.USER, set_runtime_properties),
    ]


def register(context: Context, request: workers.Register) -> Empty:
    """A worker is there. One of the same name is the same worker, started anew."""
    now = context.clock()
    _check_name(request.worker)
    _check_queues(context, request.queues or [])
    fresh = _new_worker(context, request.worker, now, timeout=request.timeout)

    def change(old: WorkerRecord | None) -> WorkerRecord:
        return replace(
            fresh,
            queues=request.queues or [],
            tags=request.tags or [],
            system_tags=request.system_tags or [],
            runtime_properties=old.runtime_properties if old else {},
        )

    context.store.workers.save(request.worker, change)
    return Empty()


def unregister(context: Context, request: workers.Unregister) -> Empty:
    """A worker goes. Agents say so twice."""
    context.store.workers.delete(request.worker)
    return Empty()


def status_report(context: Context, request: workers.StatusReport) -> Empty:
    """A worker is alive, and so is the task that it runs."""
    now = context.clock()
    _check_name(request.worker)
    if request.task:
        context.store.tasks.update(request.task, lambda task: _seen_by(task, request.worker, now))
    fresh = _new_worker(context, request.worker, now)

    def change(old: WorkerRecord | None) -> WorkerRecord:
        known = old if old is not None and old.expires > now else fresh
        return replace(
            known,
            user=context.user_id,
            ip=context.address,
            task=request.task or None,
            queue=(request.queue or None) if request.task else None,
            queues=known.queues if request.queues is None else request.queues,
            tags=known.tags if request.tags is None else request.tags,
            system_tags=known.system_tags if request.system_tags is None else request.system_tags,
            last_activity=now,
            last_report=now,
            expires=now + timedelta(seconds=known.register_timeout),
        )

    context.store.workers.save(request.worker, change)
    # By our own clock: those of the workers differ, and graphs show them side by side.
    context.store.workers.add_report(
        WorkerReport(
            worker=request.worker,
            timestamp=to_milliseconds(now),
            active=bool(request.task),
            stats=request.machine_stats or {},
        )
    )
    return Empty()


def get_runtime_properties(
    context: Context, request: workers.GetRuntimeProperties
) -> workers.RuntimePropertiesResponse:
    """What was set for a worker; nothing for one that is not known, since agents ask whenever they poll."""
    now = context.clock()
    try:
        stored = context.store.workers.get(request.worker, now).runtime_properties
    except NotFoundError:
        stored = {}
    return workers.RuntimePropertiesResponse(runtime_properties=lasting(stored, now))


def set_runtime_properties(
    context: Context, request: workers.SetRuntimeProperties
) -> workers.RuntimePropertiesResponse:
    """Set something for a worker. Raises ApiError 400/1001 for one that is not known."""
    now = context.clock()

    def change(old: WorkerRecord | None) -> WorkerRecord:
        if old is None or old.expires <= now:
            raise ApiError(ErrorCode.INVALID_WORKER_ID, request.worker)
        return replace(old, runtime_properties=updated(old.runtime_properties, request.runtime_properties, now))

    record = context.store.workers.save(request.worker, change)
    return workers.RuntimePropertiesResponse(runtime_properties=lasting(record.runtime_properties, now))


def _new_worker(
    context: Context, worker: str, now: datetime, *, timeout: int = workers.DEFAULT_TIMEOUT
) -> WorkerRecord:
    return WorkerRecord(
        id=worker,
        user=context.user_id,
        ip=context.address,
        registered=now,
        register_timeout=timeout,
        last_activity=now,
        expires=now + timedelta(seconds=timeout),
    )


def _seen_by(task: TaskRecord, worker: str, now: datetime) -> TaskRecord:
    return replace(pinged(task, now), last_worker=worker, last_worker_report=now)


def _check_name(worker: str) -> None:
    if not 0 < len(worker) <= _LONGEST_NAME:
        raise ApiError(ErrorCode.INVALID_WORKER_ID, f"a worker's name has 1 to {_LONGEST_NAME} characters")


def _check_queues(context: Context, queues: Collection[str]) -> None:
    if not queues:
        return
    known = {queue.id for queue in context.store.queues.find(Query(ids=list(queues), limit=len(queues)))}
    for queue in queues:
        if queue not in known:
            raise ApiError(ErrorCode.INVALID_QUEUE_ID, queue)
