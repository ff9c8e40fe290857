"""``tasks.*``: the artifacts and models that a task names (protocol §2.2)."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.task_documents import merged_artifacts
from pellucid.store.records import TaskRecord
from pellucid.wire import task_contents, tasks
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus

_EDITABLE = {TaskStatus.created, TaskStatus.queued, TaskStatus.in_progress}


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(tasks.ADD_OR_UPDATE_ARTIFACTS, Policy.USER, add_or_update_artifacts),
        Endpoint(task_contents.DELETE_ARTIFACTS, Policy.USER, delete_artifacts),
        Endpoint(task_contents.ADD_OR_UPDATE_MODEL, Policy.USER, add_or_update_model),
        Endpoint(task_contents.DELETE_MODELS, Policy.USER, delete_models),
    ]


def add_or_update_artifacts(context: Context, request: tasks.AddOrUpdateArtifacts) -> tasks.ArtifactsUpdatedResponse:
    """Set artifacts by (key, mode)."""
    now = context.clock()
    given = [msgspec.to_builtins(artifact) for artifact in request.artifacts]

    def change(task: TaskRecord) -> TaskRecord:
        _check_editable(task, force=request.force)
        artifacts = merged_artifacts(task.execution.get("artifacts") or [], given)
        return replace(task, execution={**task.execution, "artifacts": artifacts}, last_change=now, last_update=now)

    context.store.tasks.update(request.task, change)
    return tasks.ArtifactsUpdatedResponse(updated=len(given))


def delete_artifacts(context: Context, request: task_contents.DeleteArtifacts) -> tasks.DeletedResponse:
    """Remove artifacts from the document; the answer is true only if there was one."""
    now = context.clock()
    unwanted = {(artifact.key, artifact.mode) for artifact in request.artifacts}
    counts: list[int] = []

    def change(task: TaskRecord) -> TaskRecord:
        _check_editable(task, force=request.force)
        stored = task.execution.get("artifacts") or []
        kept = [artifact for artifact in stored if (artifact["key"], artifact.get("mode", "output")) not in unwanted]
        counts.append(len(stored) - len(kept))
        if not counts[-1]:
            return task
        return replace(task, execution={**task.execution, "artifacts": kept}, last_change=now, last_update=now)

    context.store.tasks.update(request.task, change)
    return tasks.DeletedResponse(deleted=counts[-1])


def add_or_update_model(context: Context, request: task_contents.AddOrUpdateModel) -> task_contents.UpdatedCount:
    """Name a model among the inputs or outputs; it takes the place of one of the same name."""
    now = context.clock()
    context.store.models.get(request.model)
    item = {"name": request.name, "model": request.model, "updated": now.isoformat()}

    def change(task: TaskRecord) -> TaskRecord:
        stored = task.models.get(request.type) or []
        names = [old.get("name") for old in stored]
        if request.name in names:
            place = names.index(request.name)
            items = [*stored[:place], item, *stored[place + 1 :]]
        else:
            items = [*stored, item]
        reached = max(task.last_iteration, request.iteration or 0)
        models = {**task.models, request.type: items}
        return replace(task, models=models, last_iteration=reached, last_change=now, last_update=now)

    context.store.tasks.update(request.task, change)
    return task_contents.UpdatedCount(updated=1)


def delete_models(context: Context, request: task_contents.DeleteModels) -> task_contents.UpdatedCount:
    """Remove models from the document."""
    now = context.clock()
    unwanted = {(model.type, model.name) for model in request.models}

    def change(task: TaskRecord) -> TaskRecord:
        models = dict(task.models)
        for kind in ("input", "output"):
            stored = task.models.get(kind) or []
            models[kind] = [item for item in stored if (kind, item.get("name")) not in unwanted]
        return replace(task, models=models, last_change=now, last_update=now)

    context.store.tasks.update(request.task, change)
    return task_contents.UpdatedCount(updated=1)


def _check_editable(task: TaskRecord, *, force: bool) -> None:
    if not force and task.status not in _EDITABLE:
        raise ApiError(ErrorCode.INVALID_TASK_STATUS, f"task {task.id} is {task.status}")
