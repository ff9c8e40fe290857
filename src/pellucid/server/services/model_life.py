"""``models.*``: publishing, archiving, moving and deleting (protocol §2.5)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.many import for_each
from pellucid.server.project_names import project_named
from pellucid.server.task_files import free_files
from pellucid.server.task_models import uses_as_input, without_model
from pellucid.server.task_status import moved
from pellucid.store.errors import NotFoundError
from pellucid.store.model_records import ModelRecord
from pellucid.store.records import Query, TaskRecord
from pellucid.wire import models
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus
from pellucid.wire.many import Many, ManyResponse
from pellucid.wire.tasks import FileUrls

_ARCHIVED: Final = "archived"


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(models.SET_READY, Policy.USER, set_ready),
        Endpoint(models.PUBLISH_MANY, Policy.USER, publish_many),
        Endpoint(models.ARCHIVE_MANY, Policy.USER, archive_many),
        Endpoint(models.UNARCHIVE_MANY, Policy.USER, unarchive_many),
        Endpoint(models.DELETE, Policy.USER, delete),
        Endpoint(models.DELETE_MANY, Policy.USER, delete_many),
        Endpoint(models.MOVE, Policy.USER, move),
        Endpoint(models.MAKE_PUBLIC, Policy.USER, make_public),
        Endpoint(models.MAKE_PRIVATE, Policy.USER, make_public),
    ]


def set_ready(context: Context, request: models.SetReady) -> models.SetReadyResponse:
    """Publish a model. Its task goes first: if it may not be published, nothing has happened."""
    model = context.store.models.get(request.model)
    _check_unpublished(model)
    published = _publish_task(context, model, force=request.force_publish_task) if request.publish_task else None
    now = context.clock()

    def change(old: ModelRecord) -> ModelRecord:
        _check_unpublished(old)
        return replace(old, ready=True, last_update=now, last_change=now)

    context.store.models.update(request.model, change)
    return models.SetReadyResponse(updated=1, published_task=published)


def publish_many(context: Context, request: models.PublishMany) -> ManyResponse:
    """Publish several models."""

    def act(model: str) -> dict[str, Any]:
        single = models.SetReady(
            model=model, publish_task=request.publish_task, force_publish_task=request.force_publish_task
        )
        return dict(msgspec.to_builtins(set_ready(context, single)))

    return for_each(request.ids, act)


def archive_many(context: Context, request: Many) -> ManyResponse:
    """Tag models as put away."""
    return _tag_many(context, request, lambda tags: tags | {_ARCHIVED}, "archived")


def unarchive_many(context: Context, request: Many) -> ManyResponse:
    """Bring models back."""
    return _tag_many(context, request, lambda tags: tags - {_ARCHIVED}, "unarchived")


def delete(context: Context, request: models.Delete) -> models.DeleteResponse:
    """Delete a model that no task relies on, or by force; tasks that named it then say that it is gone.

    Its file stays unless asked for, since clients let their users keep it; and it stays if another model has it, too.
    """
    model = context.store.models.get(request.model)
    using = context.store.models.tasks_using(model.id)
    if not request.force:
        _check_unused(model, using)
    context.store.models.delete(model.id, lambda _: None)
    now = context.clock()
    for task in using:
        _forget_model(context, task.id, model.id, now)
    if request.delete_external_artifacts and model.task and not context.client:
        free_files(context, model.task, FileUrls(model_urls=[model.uri]))
    return models.DeleteResponse(deleted=True, url=model.uri or None)


def delete_many(context: Context, request: models.DeleteMany) -> ManyResponse:
    """Delete several models."""

    def act(model: str) -> dict[str, Any]:
        single = models.Delete(
            model=model, force=request.force, delete_external_artifacts=request.delete_external_artifacts
        )
        return dict(msgspec.to_builtins(delete(context, single)))

    return for_each(request.ids, act)


def move(context: Context, request: models.Move) -> models.MoveResponse:
    """Put models into a project."""
    project = _project_of(context, request)
    now = context.clock()
    for model in dict.fromkeys(request.ids):
        context.store.models.update(model, lambda old: replace(old, project=project, last_update=now, last_change=now))
    return models.MoveResponse(project_id=project)


def make_public(context: Context, request: models.MakePublic) -> models.CountResponse:
    """There is one company, so there is nothing to do but to say how many models there are."""
    if not request.ids:
        return models.CountResponse(updated=0)
    return models.CountResponse(updated=context.store.models.count(Query(ids=request.ids)))


def _check_unpublished(model: ModelRecord) -> None:
    if model.ready:
        raise ApiError(ErrorCode.MODEL_IS_READY, f"model {model.id}")


def _publish_task(context: Context, model: ModelRecord, *, force: bool) -> models.PublishedTask | None:
    """Publish the task that made a model, unless it is gone or published."""
    if model.task is None:
        return None
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        if task.status == TaskStatus.published:
            return task
        return moved(task, TaskStatus.published, now=now, force=force, reason="", message="")

    try:
        task = context.store.tasks.update(model.task, change)
    except NotFoundError:
        return None
    if task.published != now:
        return None
    fields = {"status": task.status, "published": task.published, "last_update": task.last_update}
    return models.PublishedTask(id=task.id, data=models.UpdatedResponse(updated=1, fields=fields))


def _tag_many(context: Context, request: Many, change: Callable[[set[str]], set[str]], done: str) -> ManyResponse:
    now = context.clock()

    def tagged(old: ModelRecord) -> ModelRecord:
        return replace(old, system_tags=sorted(change(set(old.system_tags))), last_change=now)

    def act(model: str) -> dict[str, Any]:
        context.store.models.update(model, tagged)
        return {done: True}

    return for_each(request.ids, act)


def _check_unused(model: ModelRecord, using: list[TaskRecord]) -> None:
    """Raises ApiError 400/205 and 400/206."""
    if inputs := [task.id for task in using if uses_as_input(task, model.id)]:
        raise ApiError(ErrorCode.MODEL_IN_USE, f"model {model.id} is an input of {', '.join(inputs[:3])}")
    if any(task.id == model.task and task.status == TaskStatus.published for task in using):
        raise ApiError(ErrorCode.MODEL_OF_PUBLISHED_TASK, f"model {model.id}, task {model.task}")


def _forget_model(context: Context, task: str, model: str, now: datetime) -> None:
    def change(old: TaskRecord) -> TaskRecord:
        keep_output = old.status == TaskStatus.published
        return replace(without_model(old, model, keep_output=keep_output), last_change=now)

    with suppress(NotFoundError):  # deleted this moment
        context.store.tasks.update(task, change)


def _project_of(context: Context, request: models.Move) -> str | None:
    """The id of the project that is meant; ``None`` for the root."""
    if request.project_name:
        return project_named(context, "project_name", request.project_name)[0].id
    return request.project or None
