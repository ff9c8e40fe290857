"""``workers.get_all`` and ``get_count``: who is there, and what they do (protocol §2.8, §3.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TypeVar

from pellucid.server.auth.authority import COMPANY_ID
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.store.api import Store
from pellucid.store.queue_records import QueueEntry, QueueRecord
from pellucid.store.records import ProjectRecord, Query, TaskRecord
from pellucid.store.worker_records import WorkerRecord
from pellucid.wire import workers

_Found = TypeVar("_Found", TaskRecord, ProjectRecord, QueueRecord)


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(workers.GET_ALL, Policy.USER, get_all),
        Endpoint(workers.GET_COUNT, Policy.USER, get_count),
    ]


def get_all(context: Context, request: workers.GetAll) -> workers.GetAllResponse:
    """Workers, with what they run and serve."""
    now = context.clock()
    found = _matching(context.store, request, now)
    surroundings = _surroundings(context.store, found)
    return workers.GetAllResponse(workers=[_to_worker(worker, surroundings, now) for worker in found])


def get_count(context: Context, request: workers.GetAll) -> workers.GetCountResponse:
    """How many there are."""
    return workers.GetCountResponse(count=len(_matching(context.store, request, context.clock())))


def _matching(store: Store, request: workers.GetAll, now: datetime) -> list[WorkerRecord]:
    since = now - timedelta(seconds=request.last_seen) if request.last_seen else None
    return [
        worker
        for worker in store.workers.list(now, seen_since=since)
        if (not request.tags or set(request.tags) & set(worker.tags))
        and (not request.system_tags or set(request.system_tags) & set(worker.system_tags))
        and (not request.worker_pattern or fnmatchcase(worker.id, request.worker_pattern))
    ]


@dataclass(frozen=True)
class _Surroundings:
    """What the workers' ids stand for; what is missing has been deleted."""

    users: dict[str, str]
    tasks: dict[str, TaskRecord]
    projects: dict[str, ProjectRecord]
    queues: dict[str, QueueRecord]
    entries: dict[str, list[QueueEntry]]


def _surroundings(store: Store, found: Sequence[WorkerRecord]) -> _Surroundings:
    queues = {queue for worker in found for queue in (*worker.queues, worker.queue) if queue}
    entries = store.queues.entries(queues) if queues else {}
    running = {worker.task for worker in found if worker.task}
    tasks = _by_id(store.tasks.find, running | {waiting[0].task for waiting in entries.values() if waiting})
    return _Surroundings(
        users={user.id: user.name for user in store.users.list()},
        tasks=tasks,
        projects=_by_id(store.projects.find, {task.project for task in tasks.values() if task.project}),
        queues=_by_id(store.queues.find, queues),
        entries=entries,
    )


def _by_id(find: Callable[[Query], list[_Found]], ids: set[str]) -> dict[str, _Found]:
    return {row.id: row for row in find(Query(ids=sorted(ids), limit=len(ids)))} if ids else {}


def _to_worker(worker: WorkerRecord, around: _Surroundings, now: datetime) -> workers.Worker:
    task = around.tasks.get(worker.task or "")
    project = around.projects.get((task and task.project) or "")
    return workers.Worker(
        key=worker.id,
        id=worker.id,
        user=workers.NamedId(id=worker.user, name=around.users.get(worker.user, "")),
        company=workers.NamedId(id=COMPANY_ID, name=COMPANY_ID),
        ip=worker.ip,
        task=_to_running(task, now) if task else None,
        project=workers.NamedId(id=project.id, name=project.name) if project else None,
        queue=_to_served(worker.queue, around) if worker.queue else None,
        queues=[served for queue in worker.queues if (served := _to_served(queue, around))],
        register_time=worker.registered,
        register_timeout=worker.register_timeout,
        last_activity_time=worker.last_activity,
        last_report_time=worker.last_report,
        tags=worker.tags,
        system_tags=worker.system_tags,
    )


def _to_running(task: TaskRecord, now: datetime) -> workers.RunningTask:
    running = now - task.started if task.started else timedelta()
    return workers.RunningTask(
        id=task.id,
        name=task.name,
        running_time=max(0, int(running.total_seconds() * 1000)),
        last_iteration=task.last_iteration,
    )


def _to_served(queue: str, around: _Surroundings) -> workers.ServedQueue | None:
    record = around.queues.get(queue)
    if record is None:
        return None
    waiting = around.entries[queue]
    following = around.tasks.get(waiting[0].task) if waiting else None
    return workers.ServedQueue(
        id=record.id,
        name=record.name,
        display_name=record.display_name,
        next_task=workers.NamedId(id=following.id, name=following.name) if following else None,
        num_tasks=len(waiting),
    )
