"""``tasks.*``: creating, reading and editing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from pellucid.base.ids import is_id, new_id
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.task_documents import (
    check_name,
    check_sections,
    check_tags,
    check_type,
    from_create,
    merged_artifacts,
    normal_execution,
    to_task,
    trimmed_script,
)
from pellucid.store.errors import AlreadyExistsError
from pellucid.store.records import TaskRecord
from pellucid.wire import tasks
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus

_EDITABLE_STATUS = {TaskStatus.created, TaskStatus.queued, TaskStatus.in_progress}
_LABELS = {"name", "tags", "system_tags", "comment", "project"}
"""What people change to find a task again; it is no news of the run (protocol §2.2)."""

_REPLACED = ("name", "type", "comment", "parent", "project", "hyperparams", "configuration", "container", "runtime")


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(tasks.CREATE, Policy.USER, create),
        Endpoint(tasks.GET_BY_ID, Policy.USER, get_by_id),
        Endpoint(tasks.EDIT, Policy.USER, edit),
        Endpoint(tasks.SET_REQUIREMENTS, Policy.USER, set_requirements),
        Endpoint(tasks.ADD_OR_UPDATE_ARTIFACTS, Policy.USER, add_or_update_artifacts),
    ]


def create(context: Context, request: tasks.Create) -> tasks.CreateResponse:
    """Create a task; a repeated request with the same id of the same user makes one task."""
    if request.id is not None and not is_id(request.id):
        raise ApiError(ErrorCode.VALIDATION, f"id is {request.id!r}; an id is 32 lower-case hexadecimal characters")
    record = from_create(request, task=request.id or new_id(), user=context.user_id, now=context.clock())
    try:
        context.store.tasks.create(record)
    except AlreadyExistsError:
        # Only the user is compared: by the time a request is repeated, the task may have another name.
        if context.store.tasks.get(record.id).user != record.user:
            raise
    else:
        _touch_project(context, record)
    return tasks.CreateResponse(id=record.id)


def get_by_id(context: Context, request: tasks.GetById) -> tasks.GetByIdResponse:
    """One task with its last metrics."""
    record = context.store.tasks.get(request.task)
    summaries = context.store.events.summaries([record.id]).get(record.id, [])
    return tasks.GetByIdResponse(task=to_task(record, summaries))


def edit(context: Context, request: tasks.Edit) -> tasks.UpdatedResponse:
    """Change sections: some are merged one level deep, the others replaced (protocol §2.2)."""
    given = _given(request)
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        if not request.force and task.status != TaskStatus.created:
            raise ApiError(ErrorCode.INVALID_TASK_STATUS, f"task {task.id} is {task.status}; only drafts can be edited")
        last_update = task.last_update if given.keys() <= _LABELS else now
        return replace(task, **_edited_fields(task, given), last_change=now, last_update=last_update)

    record = context.store.tasks.update(request.task, change)
    _touch_project(context, record)
    return tasks.UpdatedResponse(updated=1, fields=given)


def set_requirements(context: Context, request: tasks.SetRequirements) -> tasks.UpdatedResponse:
    """Replace the requirements, in any status."""
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        script = {**task.script, "requirements": request.requirements}
        return replace(task, script=script, last_change=now, last_update=now)

    context.store.tasks.update(request.task, change)
    return tasks.UpdatedResponse(updated=1, fields={"script.requirements": request.requirements})


def add_or_update_artifacts(context: Context, request: tasks.AddOrUpdateArtifacts) -> tasks.ArtifactsUpdatedResponse:
    """Set artifacts by (key, mode)."""
    now = context.clock()
    given = [msgspec.to_builtins(artifact) for artifact in request.artifacts]

    def change(task: TaskRecord) -> TaskRecord:
        if not request.force and task.status not in _EDITABLE_STATUS:
            raise ApiError(ErrorCode.INVALID_TASK_STATUS, f"task {task.id} is {task.status}")
        artifacts = merged_artifacts(task.execution.get("artifacts") or [], given)
        return replace(task, execution={**task.execution, "artifacts": artifacts}, last_change=now, last_update=now)

    context.store.tasks.update(request.task, change)
    return tasks.ArtifactsUpdatedResponse(updated=len(given))


def _edited_fields(task: TaskRecord, given: dict[str, Any]) -> dict[str, Any]:
    check_sections(given)
    fields: dict[str, Any] = {key: given[key] for key in _REPLACED if key in given}
    if "name" in given:
        fields["name"] = check_name(given["name"])
    if "type" in given:
        check_type(given["type"])
    for key in ("tags", "system_tags"):
        if key in given:
            fields[key] = check_tags(key, given[key])
    if "script" in given:
        fields["script"] = {**task.script, **trimmed_script(given["script"])}
    if "execution" in given:
        fields["execution"] = {**task.execution, **normal_execution(given["execution"])}
    if "models" in given:
        fields["models"] = {**task.models, **given["models"]}
    if "output_dest" in given:
        fields["output"] = {**task.output, "destination": given["output_dest"]}
    for key in ("parent", "project"):
        if key in fields:
            fields[key] = fields[key] or None
    return fields


def _given(request: tasks.Edit) -> dict[str, Any]:
    """The fields that the request sets; absent ones are left out of the message by the type itself."""
    content: dict[str, Any] = msgspec.to_builtins(request)
    return {key: value for key, value in content.items() if key not in ("task", "force")}


def _touch_project(context: Context, task: TaskRecord) -> None:
    """A project is as recent as what happens to its tasks (protocol §2.2)."""
    if task.project is not None:
        context.store.projects.update(task.project, lambda project: replace(project, last_update=task.last_change))
