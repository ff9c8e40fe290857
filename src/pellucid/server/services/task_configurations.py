"""``tasks.*_configuration``: the configuration objects of tasks (protocol §2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.store.records import Query, TaskRecord
from pellucid.wire import task_contents, tasks
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus

_LIVE = {TaskStatus.queued, TaskStatus.in_progress}


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(task_contents.GET_CONFIGURATIONS, Policy.USER, get_configurations),
        Endpoint(task_contents.GET_CONFIGURATION_NAMES, Policy.USER, get_configuration_names),
        Endpoint(task_contents.EDIT_CONFIGURATION, Policy.USER, edit_configuration),
        Endpoint(task_contents.DELETE_CONFIGURATION, Policy.USER, delete_configuration),
    ]


def get_configurations(
    context: Context, request: task_contents.GetConfigurations
) -> task_contents.GetConfigurationsResponse:
    """The configuration objects of several tasks."""
    return task_contents.GetConfigurationsResponse(
        configurations=[
            task_contents.TaskConfigurations(task=record.id, configuration=_items(record, request.names))
            for record in _found(context, request.tasks)
        ]
    )


def get_configuration_names(
    context: Context, request: task_contents.GetConfigurationNames
) -> task_contents.GetConfigurationNamesResponse:
    """Their names only."""
    return task_contents.GetConfigurationNamesResponse(
        configurations=[
            task_contents.TaskConfigurationNames(
                task=record.id,
                names=[item.name for item in _items(record, None) if item.value or not request.skip_empty],
            )
            for record in _found(context, request.tasks)
        ]
    )


def edit_configuration(context: Context, request: task_contents.EditConfiguration) -> task_contents.UpdatedCount:
    """Set configuration objects, and keep or drop the others."""
    now = context.clock()
    given = {item.name: msgspec.to_builtins(item) for item in request.configuration}

    def change(task: TaskRecord) -> TaskRecord:
        _check_status(task, force=request.force)
        kept = {} if request.replace_configuration else task.configuration
        return replace(task, configuration={**kept, **given}, last_change=now, last_update=now)

    context.store.tasks.update(request.task, change)
    return task_contents.UpdatedCount(updated=1)


def delete_configuration(context: Context, request: task_contents.DeleteConfiguration) -> tasks.DeletedResponse:
    """Remove configuration objects."""
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        _check_status(task, force=request.force)
        kept = {name: item for name, item in task.configuration.items() if name not in request.configuration}
        return replace(task, configuration=kept, last_change=now, last_update=now)

    context.store.tasks.update(request.task, change)
    return tasks.DeletedResponse(deleted=1)


def _found(context: Context, ids: Sequence[str]) -> list[TaskRecord]:
    return context.store.tasks.find(Query(ids=list(ids), limit=len(ids))) if ids else []


def _items(record: TaskRecord, names: Sequence[str] | None) -> list[tasks.ConfigurationItem]:
    """By name, as PostgreSQL does not keep the order in which they were set."""
    wanted = [item for name, item in sorted(record.configuration.items()) if names is None or name in names]
    return [msgspec.convert(item, tasks.ConfigurationItem) for item in wanted]


def _check_status(task: TaskRecord, *, force: bool) -> None:
    if task.status == TaskStatus.created or (force and task.status in _LIVE):
        return
    raise ApiError(
        ErrorCode.INVALID_TASK_STATUS, f"task {task.id} is {task.status}; its configuration cannot be changed"
    )
