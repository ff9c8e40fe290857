"""``tasks.*``: creating, reading and editing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from pellucid.base.ids import is_id, new_id
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.filters import to_query, values_of
from pellucid.server.projection import project as projected
from pellucid.server.task_documents import (
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

_COLUMNS = ("type", "status", "project", "parent", "user")
_EDITABLE_STATUS = {TaskStatus.created, TaskStatus.queued, TaskStatus.in_progress}


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(tasks.CREATE, Policy.USER, create),
        Endpoint(tasks.GET_BY_ID, Policy.USER, get_by_id),
        Endpoint(tasks.GET_ALL, Policy.USER, get_all),
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
        present = context.store.tasks.get(record.id)
        if (present.user, present.name) != (record.user, record.name):
            raise
    return tasks.CreateResponse(id=record.id)


def get_by_id(context: Context, request: tasks.GetById) -> tasks.GetByIdResponse:
    """One task with its last metrics."""
    record = context.store.tasks.get(request.task)
    summaries = context.store.events.summaries([record.id]).get(record.id, [])
    return tasks.GetByIdResponse(task=to_task(record, summaries))


def get_all(context: Context, request: tasks.GetAll) -> tasks.GetAllResponse:
    """Tasks that match."""
    filters = {column: getattr(request, column) for column in _COLUMNS}
    equal = {column: values_of(column, value) for column, value in filters.items() if value is not None}
    found = context.store.tasks.find(to_query(request, equal))
    fields = [request.only_fields] if isinstance(request.only_fields, str) else request.only_fields
    summaries = {}
    if not fields or any(field.startswith("last_metrics") for field in fields):
        summaries = context.store.events.summaries([record.id for record in found])
    documents = [msgspec.to_builtins(to_task(record, summaries.get(record.id, ()))) for record in found]
    return tasks.GetAllResponse(tasks=[projected(document, fields) for document in documents])


def edit(context: Context, request: tasks.Edit) -> tasks.UpdatedResponse:
    """Change sections: some are merged one level deep, the others replaced (protocol §2.2)."""
    if request.type is not None:
        check_type(request.type)
    if request.project:
        context.store.projects.get(request.project)
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        if not request.force and task.status != TaskStatus.created:
            raise ApiError(ErrorCode.INVALID_TASK_STATUS, f"task {task.id} is {task.status}; only drafts can be edited")
        return replace(task, **_edited_fields(task, request), last_change=now, last_update=now)

    return _updated(context, request.task, change, _given(request))


def set_requirements(context: Context, request: tasks.SetRequirements) -> tasks.UpdatedResponse:
    """Replace the requirements, in any status."""
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        script = {**task.script, "requirements": request.requirements}
        return replace(task, script=script, last_change=now, last_update=now)

    return _updated(context, request.task, change, {"script.requirements": request.requirements})


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


def _edited_fields(task: TaskRecord, request: tasks.Edit) -> dict[str, Any]:
    given = _given(request)
    fields: dict[str, Any] = {
        key: given[key]
        for key in (
            "name",
            "type",
            "comment",
            "parent",
            "project",
            "hyperparams",
            "configuration",
            "container",
            "runtime",
        )
        if key in given
    }
    for key in ("tags", "system_tags"):
        if key in given:
            fields[key] = sorted(set(given[key]))
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


def _updated(
    context: Context, task: str, change: Callable[[TaskRecord], TaskRecord], fields: dict[str, Any]
) -> tasks.UpdatedResponse:
    context.store.tasks.update(task, change)
    return tasks.UpdatedResponse(updated=1, fields=fields)
