"""``tasks.*``: creating, reading and editing."""

from __future__ import annotations

from dataclasses import replace

from pellucid.base.ids import is_id, new_id
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.task_documents import from_create, to_task
from pellucid.server.task_editing import aware, edited_fields, given_fields, touch_project
from pellucid.store.errors import AlreadyExistsError
from pellucid.store.records import Query, TaskRecord
from pellucid.store.task_removal import DELETED
from pellucid.wire import task_contents, tasks
from pellucid.wire.action import Empty
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus

_LABELS = {"name", "tags", "system_tags", "comment", "project"}
"""What people change to find a task again; it is no news of the run (protocol §2.2)."""

_PLAIN = ("name", "tags", "system_tags", "comment", "project")


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(tasks.CREATE, Policy.USER, create),
        Endpoint(tasks.GET_BY_ID, Policy.USER, get_by_id),
        Endpoint(tasks.EDIT, Policy.USER, edit),
        Endpoint(tasks.SET_REQUIREMENTS, Policy.USER, set_requirements),
        Endpoint(task_contents.VALIDATE, Policy.USER, validate),
        Endpoint(task_contents.UPDATE, Policy.USER, update),
        Endpoint(task_contents.UPDATE_BATCH, Policy.USER, update_batch),
        Endpoint(task_contents.EDIT_RUNTIME, Policy.USER, edit_runtime),
    ]


def create(context: Context, request: tasks.Create) -> tasks.CreateResponse:
    """Create a task; a repeated request with the same id of the same user makes one task."""
    if request.id is not None and not is_id(request.id):
        raise ApiError(ErrorCode.VALIDATION, f"id is {request.id!r}; an id is 32 lower-case hexadecimal characters")
    if request.id is not None and context.store.models.count(Query(ids=[request.id])):
        raise ApiError(ErrorCode.VALIDATION, f"id is {request.id!r}, which is a model's")
    record = from_create(request, task=request.id or new_id(), user=context.user_id, now=context.clock())
    try:
        context.store.tasks.create(record)
    except AlreadyExistsError:
        # Only the user is compared: by the time a request is repeated, the task may have another name.
        if context.store.tasks.get(record.id).user != record.user:
            raise
    else:
        touch_project(context, record)
    return tasks.CreateResponse(id=record.id)


def validate(context: Context, request: tasks.Create) -> Empty:
    """Check what ``create`` would check, and make nothing."""
    record = from_create(request, task=request.id or new_id(), user=context.user_id, now=context.clock())
    if record.parent is not None:
        context.store.tasks.get(record.parent)
    if record.project is not None:
        context.store.projects.get(record.project)
    return Empty()


def get_by_id(context: Context, request: tasks.GetById) -> tasks.GetByIdResponse:
    """One task with its last metrics."""
    record = context.store.tasks.get(request.task)
    summaries = context.store.events.summaries([record.id]).get(record.id, [])
    return tasks.GetByIdResponse(task=to_task(record, summaries))


def edit(context: Context, request: tasks.Edit) -> tasks.UpdatedResponse:
    """Change sections: some are merged one level deep, the others replaced (protocol §2.2)."""
    given = given_fields(request)
    now = context.clock()
    if request.parent and not request.parent.startswith(DELETED):
        context.store.tasks.get(request.parent)

    def change(task: TaskRecord) -> TaskRecord:
        if not request.force and task.status != TaskStatus.created:
            raise ApiError(ErrorCode.INVALID_TASK_STATUS, f"task {task.id} is {task.status}; only drafts can be edited")
        last_update = task.last_update if given.keys() <= _LABELS else now
        return replace(task, **edited_fields(task, given), last_change=now, last_update=last_update)

    record = context.store.tasks.update(request.task, change)
    touch_project(context, record)
    return tasks.UpdatedResponse(updated=1, fields=given)


def set_requirements(context: Context, request: tasks.SetRequirements) -> tasks.UpdatedResponse:
    """Replace the requirements, in any status."""
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        script = {**task.script, "requirements": request.requirements}
        return replace(task, script=script, last_change=now, last_update=now)

    context.store.tasks.update(request.task, change)
    return tasks.UpdatedResponse(updated=1, fields={"script.requirements": request.requirements})


def update(context: Context, request: task_contents.Update) -> tasks.UpdatedResponse:
    """Change what people use to find a task, in any status."""
    given = given_fields(request)
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        fields = edited_fields(task, {key: value for key, value in given.items() if key in _PLAIN})
        if "output__error" in given:
            fields["output"] = {**task.output, "error": given["output__error"]}
        if request.created is not None:
            fields["created"] = aware(request.created)
        if "status_message" in given:
            fields["status_message"] = given["status_message"]
        return replace(task, **fields, last_change=now)

    touch_project(context, context.store.tasks.update(request.task, change))
    return tasks.UpdatedResponse(updated=1, fields=given)


def update_batch(context: Context, request: task_contents.UpdateBatch) -> task_contents.UpdatedCount:
    """Change several tasks; the first one that can't be changed ends it."""
    return task_contents.UpdatedCount(updated=sum(update(context, one).updated for one in request.updates))


def edit_runtime(context: Context, request: task_contents.EditRuntime) -> task_contents.UpdatedCount:
    """Set and remove keys of ``runtime``, where others may be at work on other keys."""
    now = context.clock()
    removed = set(request.remove or [])

    def change(task: TaskRecord) -> TaskRecord:
        kept = {key: value for key, value in task.runtime.items() if key not in removed}
        return replace(task, runtime={**kept, **(request.add_or_update or {})}, last_change=now, last_update=now)

    context.store.tasks.update(request.task, change)
    return task_contents.UpdatedCount(updated=1)
