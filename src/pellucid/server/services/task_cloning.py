"""``tasks.clone`` (protocol §2.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from pellucid.base.ids import new_id
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.names import names_of
from pellucid.server.project_names import project_named
from pellucid.server.task_documents import check_name, check_sections, check_tags, normal_execution
from pellucid.store.records import TaskRecord
from pellucid.wire import task_life
from pellucid.wire.enums import TaskStatus

_LEFT_BEHIND = {"development", "archived"}
"""System tags that say how the source came about or was put away."""


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [Endpoint(task_life.CLONE, Policy.USER, clone)]


def clone(context: Context, request: task_life.Clone) -> task_life.CloneResponse:
    """Make a draft like a task: with what it is to do, and nothing of what it did."""
    source = context.store.tasks.get(request.task)
    draft = _draft(context, source, request)
    made = None
    if request.new_project_name and not request.new_task_project:
        project, is_new = project_named(context, "new_project_name", request.new_project_name)
        draft = replace(draft, project=project.id)
        made = task_life.ProjectReference(id=project.id, name=project.name) if is_new else None
    context.store.tasks.create(draft)
    return task_life.CloneResponse(id=draft.id, new_project=made)


def _draft(context: Context, source: TaskRecord, request: task_life.Clone) -> TaskRecord:
    now = context.clock()
    kept = [tag for tag in source.system_tags if tag not in _LEFT_BEHIND]
    check_sections({"execution": request.execution_overrides or {}})
    return TaskRecord(
        id=new_id(),
        name=check_name(request.new_task_name or f"Clone of {source.name}"),
        type=source.type,
        status=str(TaskStatus.created),
        project=_chosen(request.new_task_project, source.project),
        parent=_chosen(request.new_task_parent, _living_parent(context, source)),
        user=context.user_id,
        comment=_chosen(request.new_task_comment, source.comment),
        created=now,
        last_update=now,
        last_change=now,
        tags=check_tags("new_task_tags", _chosen(request.new_task_tags, source.tags)),
        system_tags=check_tags("new_task_system_tags", _chosen(request.new_task_system_tags, kept)),
        script=source.script,
        execution=_execution(source, request.execution_overrides or {}),
        output={key: value for key, value in source.output.items() if key == "destination"},
        models={"input": _chosen(request.new_task_input_models, source.models.get("input") or [])},
        container=_chosen(request.new_task_container, source.container),
        hyperparams=_sections(request.new_task_hyperparams, source.hyperparams),
        configuration=_sections(request.new_task_configuration, source.configuration),
    )


def _chosen(given: Any, otherwise: Any) -> Any:
    return otherwise if given is None else given


def _sections(given: Any, otherwise: dict[str, Any]) -> dict[str, Any]:
    return otherwise if given is None else msgspec.to_builtins(given)


def _living_parent(context: Context, source: TaskRecord) -> str:
    """The source's parent, so that clones are siblings; the source itself if it has none, or one that is gone."""
    if source.parent and names_of(context.store.tasks.find, [source.parent]):
        return source.parent
    return source.id


def _execution(source: TaskRecord, overrides: dict[str, Any]) -> dict[str, Any]:
    """Without the queue, and without artifacts but those that are inputs."""
    execution = {key: value for key, value in source.execution.items() if key != "queue"}
    inputs = [artifact for artifact in execution.get("artifacts") or [] if artifact.get("mode") == "input"]
    return normal_execution({**execution, "artifacts": inputs, **overrides})
