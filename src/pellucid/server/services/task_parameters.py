"""``tasks.*_hyper_params`` (protocol §2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.store.records import Query, TaskRecord
from pellucid.wire import tasks
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus

_PROPERTIES = "properties"
"""The section of user properties, which may be changed in any status."""

_REPLACE = ("none", "section", "all")
_LIVE = {TaskStatus.queued, TaskStatus.in_progress}
_Named = TypeVar("_Named", tasks.Parameter, tasks.ParameterKey)


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(tasks.GET_HYPER_PARAMS, Policy.USER, get_hyper_params),
        Endpoint(tasks.EDIT_HYPER_PARAMS, Policy.USER, edit_hyper_params),
        Endpoint(tasks.DELETE_HYPER_PARAMS, Policy.USER, delete_hyper_params),
    ]


def get_hyper_params(context: Context, request: tasks.GetHyperParams) -> tasks.GetHyperParamsResponse:
    """The parameters of several tasks."""
    if not request.tasks:
        return tasks.GetHyperParamsResponse(params=[])
    found = context.store.tasks.find(Query(ids=request.tasks, limit=len(request.tasks)))
    return tasks.GetHyperParamsResponse(
        params=[tasks.TaskParameters(task=record.id, hyperparams=_flat(record)) for record in found]
    )


def edit_hyper_params(context: Context, request: tasks.EditHyperParams) -> tasks.UpdatedResponse:
    """Set parameters, and leave, clear or replace the others as asked."""
    if request.replace_hyperparams not in _REPLACE:
        raise ApiError(
            ErrorCode.VALIDATION,
            f"replace_hyperparams is {request.replace_hyperparams!r}; allowed are {', '.join(_REPLACE)}",
        )
    given = [_normal(parameter) for parameter in request.hyperparams]
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        # To replace all is to change the other sections as well.
        properties_only = request.replace_hyperparams != "all" and _are_properties(given)
        _check_status(task, properties_only=properties_only, force=request.force)
        sections = {section: dict(parameters) for section, parameters in task.hyperparams.items()}
        if request.replace_hyperparams == "all":
            sections = {}
        elif request.replace_hyperparams == "section":
            for section in {parameter.section for parameter in given}:
                sections.pop(section, None)
        for parameter in given:
            sections.setdefault(parameter.section, {})[parameter.name] = msgspec.to_builtins(parameter)
        changed = replace(task, hyperparams=sections, last_change=now)
        return changed if properties_only else replace(changed, last_update=now)

    context.store.tasks.update(request.task, change)
    return tasks.UpdatedResponse(updated=1)


def delete_hyper_params(context: Context, request: tasks.DeleteHyperParams) -> tasks.DeletedResponse:
    """Remove parameters, or whole sections."""
    given = [_normal(key) for key in request.hyperparams]
    now = context.clock()

    def change(task: TaskRecord) -> TaskRecord:
        properties_only = _are_properties(given)
        _check_status(task, properties_only=properties_only, force=request.force)
        sections = {section: dict(parameters) for section, parameters in task.hyperparams.items()}
        for key in given:
            if key.name is None:
                sections.pop(key.section, None)
            else:
                sections.get(key.section, {}).pop(key.name, None)
        kept = {section: parameters for section, parameters in sections.items() if parameters}
        changed = replace(task, hyperparams=kept, last_change=now)
        return changed if properties_only else replace(changed, last_update=now)

    context.store.tasks.update(request.task, change)
    return tasks.DeletedResponse(deleted=1)


def _check_status(task: TaskRecord, *, properties_only: bool, force: bool) -> None:
    if properties_only or task.status == TaskStatus.created or (force and task.status in _LIVE):
        return
    raise ApiError(ErrorCode.INVALID_TASK_STATUS, f"task {task.id} is {task.status}; its parameters cannot be changed")


def _are_properties(given: Sequence[tasks.Parameter | tasks.ParameterKey]) -> bool:
    return bool(given) and all(item.section == _PROPERTIES for item in given)


def _normal(parameter: _Named) -> _Named:
    """The section of user properties is known in any case of letters."""
    if parameter.section.lower() == _PROPERTIES:
        return msgspec.structs.replace(parameter, section=_PROPERTIES)
    return parameter


def _flat(record: TaskRecord) -> list[tasks.Parameter]:
    """By section and name, as PostgreSQL does not keep the order in which they were set."""
    sections: list[tuple[str, dict[str, Any]]] = sorted(record.hyperparams.items())
    parameters = [item for _, section in sections for _, item in sorted(section.items())]
    return [msgspec.convert(parameter, tasks.Parameter) for parameter in parameters]
