"""``models.*``: creating, reading and editing (protocol §2.5)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import msgspec

from pellucid.base.ids import is_id, new_id
from pellucid.server import metadata
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.model_documents import from_create, given_fields, to_model
from pellucid.server.task_documents import check_tags
from pellucid.server.task_models import last_output, with_output
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.model_records import ModelRecord
from pellucid.store.records import TaskRecord
from pellucid.wire import models
from pellucid.wire.codes import ErrorCode


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(models.CREATE, Policy.USER, create),
        Endpoint(models.EDIT, Policy.USER, edit),
        Endpoint(models.UPDATE, Policy.USER, edit),
        Endpoint(models.UPDATE_FOR_TASK, Policy.USER, update_for_task),
        Endpoint(models.GET_BY_ID, Policy.USER, get_by_id),
        Endpoint(models.GET_BY_TASK_ID, Policy.USER, get_by_task_id),
        Endpoint(models.ADD_OR_UPDATE_METADATA, Policy.USER, add_or_update_metadata),
        Endpoint(models.DELETE_METADATA, Policy.USER, delete_metadata),
        Endpoint(models.UPDATE_TAGS, Policy.USER, update_tags),
    ]


def create(context: Context, request: models.Create) -> models.CreateResponse:
    """Create a model; a repeated request with the same id of the same user makes one model."""
    _check_new_id(context, request.id)
    if request.project is None and request.task is not None:
        # An offline run knows no projects, so its models go where their task is.
        request = msgspec.structs.replace(request, project=_project_of(context, request.task))
    record = from_create(request, model=request.id or new_id(), user=context.user_id, now=context.clock())
    try:
        context.store.models.create(record)
    except AlreadyExistsError:
        if context.store.models.get(record.id).user != record.user:
            raise
    return models.CreateResponse(id=record.id)


def edit(context: Context, request: models.Edit) -> models.UpdatedResponse:
    """Change what is given. The file of a published model is what others rely on, and stays."""
    fields = given_fields(request)

    def change(model: ModelRecord) -> ModelRecord:
        if model.ready and fields.get("uri", model.uri) != model.uri:
            raise ApiError(ErrorCode.MODEL_IS_READY, f"model {model.id}: its uri cannot be changed")
        reached = max(model.last_iteration, request.iteration or 0)
        return replace(model, **fields, last_iteration=reached)

    record = _changed(context, request.model, change)
    if request.iteration is not None and record.task:
        _raise_iteration(context, record.task, request.iteration)
    return models.UpdatedResponse(updated=1, fields={**fields, "last_update": record.last_update})


def update_for_task(context: Context, request: models.UpdateForTask) -> models.CreateResponse:
    """Set the output model of a task, as clients did before a task could have several."""
    if bool(request.uri) == bool(request.override_model_id):
        raise ApiError(ErrorCode.MISSING_FIELDS, "one of uri and override_model_id is to be given")
    now = context.clock()
    task = context.store.tasks.get(request.task)
    model, created = _model_for(context, task, request, now)
    item = {"name": request.name or model.name, "model": model.id, "updated": now.isoformat()}
    context.store.tasks.update(task.id, lambda old: replace(with_output(old, item), last_change=now, last_update=now))
    if request.iteration is not None:
        _raise_iteration(context, task.id, request.iteration)
    return models.CreateResponse(id=model.id, created=created)


def get_by_id(context: Context, request: models.OfModel) -> models.GetByIdResponse:
    """One model."""
    return _document(context, request.model)


def get_by_task_id(context: Context, request: models.GetByTaskId) -> models.GetByIdResponse:
    """The last output model of a task. Raises ApiError 400/201 if it has none."""
    output = last_output(context.store.tasks.get(request.task))
    if output is None:
        raise ApiError(ErrorCode.INVALID_MODEL_ID, f"task {request.task} has no output model")
    return _document(context, output)


def _document(context: Context, model: str) -> models.GetByIdResponse:
    record = context.store.models.get(model)
    summaries = context.store.events.summaries([model]).get(model, ())
    return models.GetByIdResponse(model=to_model(record, summaries))


def add_or_update_metadata(context: Context, request: models.AddOrUpdateMetadata) -> models.CountResponse:
    """Set metadata by key."""

    def change(model: ModelRecord) -> ModelRecord:
        stored = metadata.updated(model.metadata, request.metadata, replace=request.replace_metadata)
        return replace(model, metadata=stored)

    _changed(context, request.model, change)
    return models.CountResponse(updated=1)


def delete_metadata(context: Context, request: models.DeleteMetadata) -> models.CountResponse:
    """Remove metadata."""
    _changed(
        context,
        request.model,
        lambda model: replace(model, metadata=metadata.without(model.metadata, request.keys)),
    )
    return models.CountResponse(updated=1)


def update_tags(context: Context, request: models.UpdateTags) -> models.CountResponse:
    """Add tags to models and remove others; models that do not exist are passed over."""
    added = check_tags("add_tags", request.add_tags or [])
    removed = set(request.remove_tags or [])
    updated = 0
    for model in dict.fromkeys(request.ids):
        try:
            _changed(context, model, lambda old: replace(old, tags=sorted({*old.tags, *added} - removed)))
        except NotFoundError:
            continue
        updated += 1
    return models.CountResponse(updated=updated)


def _check_new_id(context: Context, model: str | None) -> None:
    """What models and tasks report is told apart by their ids, so they share none."""
    if model is None:
        return
    if not is_id(model):
        raise ApiError(ErrorCode.VALIDATION, f"id is {model!r}; an id is 32 lower-case hexadecimal characters")
    with suppress(NotFoundError):
        context.store.tasks.get(model)
        raise ApiError(ErrorCode.VALIDATION, f"id is {model!r}, which is a task's")


def _project_of(context: Context, task: str) -> str | None:
    try:
        return context.store.tasks.get(task).project
    except NotFoundError:
        return None


def _changed(context: Context, model: str, change: Callable[[ModelRecord], ModelRecord]) -> ModelRecord:
    now = context.clock()
    return context.store.models.update(model, lambda old: replace(change(old), last_update=now, last_change=now))


def _model_for(
    context: Context, task: TaskRecord, request: models.UpdateForTask, now: datetime
) -> tuple[ModelRecord, bool]:
    """The model that is meant, and whether it is new."""
    if request.override_model_id:
        return context.store.models.get(request.override_model_id), False
    uri, output = request.uri or "", last_output(task)
    if output is not None:
        try:
            model = models.Edit(model=output, uri=uri, name=request.name, comment=request.comment, tags=request.tags)
            edit(context, model)
            return context.store.models.get(output), False
        except NotFoundError:
            pass  # it has been deleted: a new one takes its place
    record = ModelRecord(
        id=new_id(),
        name=request.name or task.name,
        uri=uri,
        project=task.project,
        task=task.id,
        user=context.user_id,
        comment=request.comment or "",
        tags=check_tags("tags", request.tags or []),
        created=now,
        last_update=now,
        last_change=now,
    )
    context.store.models.create(record)
    return record, True


def _raise_iteration(context: Context, task: str, iteration: int) -> None:
    """The task has come so far, if it is still there."""
    try:
        context.store.tasks.update(task, lambda old: replace(old, last_iteration=max(old.last_iteration, iteration)))
    except NotFoundError:
        return
