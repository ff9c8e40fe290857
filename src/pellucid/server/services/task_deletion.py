"""``tasks.*``: deleting and resetting (protocol §2.3)."""

from __future__ import annotations

from typing import Any

import msgspec

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.many import for_each
from pellucid.server.task_files import file_urls, free_files
from pellucid.server.task_status import status_fields, was_reset
from pellucid.store.records import TaskRecord
from pellucid.store.task_removal import Removal
from pellucid.wire import task_life, tasks
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus
from pellucid.wire.many import ManyResponse

_ARCHIVED = "archived"


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(tasks.RESET, Policy.USER, reset),
        Endpoint(task_life.RESET_MANY, Policy.USER, reset_many),
        Endpoint(task_life.DELETE, Policy.USER, delete),
        Endpoint(task_life.DELETE_MANY, Policy.USER, delete_many),
    ]


def reset(context: Context, request: tasks.Reset) -> tasks.ResetResponse:
    """The task is a draft again, and what it reported is gone."""
    now = context.clock()
    record, removal = context.store.tasks.reset(
        request.task,
        lambda task: was_reset(task, now=now, force=request.force, clear_all=request.clear_all),
        now,
        models=request.delete_output_models,
    )
    return tasks.ResetResponse(
        updated=1,
        fields=status_fields(record),
        deleted_models=len(removal.models),
        urls=_freed(context, request, removal),
    )


def reset_many(context: Context, request: task_life.ResetMany) -> ManyResponse:
    """Reset several tasks."""

    def act(task: str) -> dict[str, Any]:
        single = tasks.Reset(
            task=task,
            force=request.force,
            clear_all=request.clear_all,
            delete_output_models=request.delete_output_models,
            return_file_urls=request.return_file_urls,
            delete_external_artifacts=request.delete_external_artifacts,
        )
        return dict(msgspec.to_builtins(reset(context, single)))

    return for_each(request.ids, act)


def delete(context: Context, request: task_life.Delete) -> task_life.DeleteResponse:
    """Delete a task with all that it has reported."""

    def check(task: TaskRecord) -> None:
        if request.force or task.status == TaskStatus.created or _ARCHIVED in task.system_tags:
            return
        raise ApiError(ErrorCode.CANNOT_DELETE_TASK, f"task {task.id} is {task.status} and not archived")

    removal = context.store.tasks.delete(request.task, check, context.clock(), models=request.delete_output_models)
    return task_life.DeleteResponse(
        deleted=True,
        updated_children=removal.children,
        updated_models=removal.models_left,
        deleted_models=len(removal.models),
        urls=_freed(context, request, removal),
    )


def delete_many(context: Context, request: task_life.DeleteMany) -> ManyResponse:
    """Delete several tasks."""

    def act(task: str) -> dict[str, Any]:
        single = task_life.Delete(
            task=task,
            force=request.force,
            delete_output_models=request.delete_output_models,
            return_file_urls=request.return_file_urls,
            delete_external_artifacts=request.delete_external_artifacts,
        )
        return dict(msgspec.to_builtins(delete(context, single)))

    return for_each(request.ids, act)


def _freed(context: Context, request: tasks.Reset | task_life.Delete, removal: Removal) -> tasks.FileUrls | None:
    """Free the files, unless the caller asks where they lie: then it deletes them itself.

    Existing clients do so in any case, and take a file that is not there for a failure: they are left to do it.
    """
    urls = file_urls(removal.task, removal)
    if request.return_file_urls:
        return urls
    if request.delete_external_artifacts and not context.client:
        free_files(context, removal.task.id, urls)
    return None
