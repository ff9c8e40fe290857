"""``tasks.*``: moving, tagging and archiving (protocol §2.2, §2.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.many import for_each
from pellucid.server.project_names import project_named
from pellucid.server.task_documents import check_tags
from pellucid.server.task_queue_status import left_queue
from pellucid.server.task_status import moved
from pellucid.store.errors import NotFoundError
from pellucid.store.queue_records import QueueEntry
from pellucid.store.records import Query, TaskRecord
from pellucid.wire import task_contents, task_life
from pellucid.wire.enums import TaskStatus
from pellucid.wire.many import ManyResponse

_ARCHIVED: Final = "archived"


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(task_contents.MOVE, Policy.USER, move),
        Endpoint(task_contents.UPDATE_TAGS, Policy.USER, update_tags),
        Endpoint(task_contents.MAKE_PUBLIC, Policy.USER, make_public),
        Endpoint(task_contents.MAKE_PRIVATE, Policy.USER, make_public),
        Endpoint(task_life.ARCHIVE, Policy.USER, archive),
        Endpoint(task_life.ARCHIVE_MANY, Policy.USER, archive_many),
        Endpoint(task_life.UNARCHIVE, Policy.USER, unarchive),
        Endpoint(task_life.UNARCHIVE_MANY, Policy.USER, unarchive_many),
    ]


def move(context: Context, request: task_contents.Move) -> task_contents.MoveResponse:
    """Put tasks into a project, or into none."""
    project = request.project or None
    if request.project_name:
        project = project_named(context, "project_name", request.project_name)[0].id
    now = context.clock()
    for task in dict.fromkeys(request.ids):
        context.store.tasks.update(task, lambda old: replace(old, project=project, last_change=now))
    if project is not None:
        context.store.projects.update(project, lambda old: replace(old, last_update=now))
    return task_contents.MoveResponse(project_id=project)


def update_tags(context: Context, request: task_contents.UpdateTags) -> task_contents.UpdatedCount:
    """Add tags to tasks and remove others; tasks that do not exist are passed over."""
    added = check_tags("add_tags", request.add_tags or [])
    removed = set(request.remove_tags or [])
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        return replace(task, tags=sorted({*task.tags, *added} - removed), last_change=now)

    updated = 0
    for task in dict.fromkeys(request.ids):
        try:
            context.store.tasks.update(task, change)
        except NotFoundError:
            continue
        updated += 1
    return task_contents.UpdatedCount(updated=updated)


def make_public(context: Context, request: task_contents.MakePublic) -> task_contents.UpdatedCount:
    """There is one company, so there is nothing to do but to say how many tasks there are."""
    if not request.ids:
        return task_contents.UpdatedCount(updated=0)
    return task_contents.UpdatedCount(updated=context.store.tasks.count(Query(ids=request.ids)))


def archive(context: Context, request: task_life.Archive) -> task_life.ArchiveResponse:
    """Put tasks away; those that wait or run no longer do."""
    for task in request.tasks:
        _archive(context, task, request.status_reason, request.status_message)
    return task_life.ArchiveResponse(archived=len(request.tasks))


def archive_many(context: Context, request: task_life.StatusMany) -> ManyResponse:
    """Put several tasks away."""
    return _for_each(
        request, "archived", lambda task: _archive(context, task, request.status_reason, request.status_message)
    )


def unarchive(context: Context, request: task_life.Archive) -> task_life.UnarchiveResponse:
    """Bring tasks back."""
    for task in request.tasks:
        _unarchive(context, task)
    return task_life.UnarchiveResponse(unarchived=len(request.tasks))


def unarchive_many(context: Context, request: task_life.StatusMany) -> ManyResponse:
    """Bring several tasks back."""
    return _for_each(request, "unarchived", lambda task: _unarchive(context, task))


def _for_each(request: task_life.StatusMany, done: str, act: Callable[[str], object]) -> ManyResponse:
    def one(task: str) -> dict[str, Any]:
        act(task)
        return {done: True}

    return for_each(request.ids, one)


def _archive(context: Context, task: str, reason: str | None, message: str | None) -> None:
    now = context.clock()

    def change(old: TaskRecord, entry: QueueEntry | None) -> TaskRecord:
        if old.status == TaskStatus.in_progress:
            ended = moved(old, TaskStatus.stopped, now=now, force=True, reason=reason, message=message)
        else:
            ended = left_queue(old, entry, now=now, reason=reason, message=message)
        return replace(ended, system_tags=sorted({*ended.system_tags, _ARCHIVED}), last_change=now)

    context.store.queues.dequeue(task, change, now)


def _unarchive(context: Context, task: str) -> None:
    now = context.clock()

    def change(old: TaskRecord) -> TaskRecord:
        kept = [tag for tag in old.system_tags if tag != _ARCHIVED]
        return replace(old, system_tags=kept, last_change=now)

    context.store.tasks.update(task, change)
