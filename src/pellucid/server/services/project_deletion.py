"""``projects.delete`` (protocol §2.4)."""

from __future__ import annotations

from typing import Final

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.subprojects import descendants
from pellucid.server.task_files import file_urls, free_files
from pellucid.store.conditions import Condition, Has, Without
from pellucid.store.errors import NotFoundError
from pellucid.store.records import Query
from pellucid.wire import projects
from pellucid.wire.codes import ErrorCode
from pellucid.wire.tasks import FileUrls

_EVERY: Final = 2**31
_ACTIVE: Final = Without(Has("system_tags", ("archived",)))
_KINDS: Final = (
    (ErrorCode.PROJECT_HAS_PIPELINES, Has("system_tags", ("pipeline",))),
    (ErrorCode.PROJECT_HAS_DATASETS, Has("system_tags", ("dataset",))),
)


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(projects.DELETE, Policy.USER, delete),
        Endpoint(projects.VALIDATE_DELETE, Policy.USER, validate_delete),
    ]


def validate_delete(context: Context, request: projects.GetById) -> projects.ValidateDeleteResponse:
    """Count what is in a project and its descendants."""
    within = _within(context, request.project)
    tasks, models = context.store.tasks, context.store.models
    return projects.ValidateDeleteResponse(
        tasks=tasks.count(_query(within)),
        non_archived_tasks=tasks.count(_query(within, _ACTIVE)),
        models=models.count(_query(within)),
        non_archived_models=models.count(_query(within, _ACTIVE)),
        datasets=tasks.count(_query(within, Has("system_tags", ("dataset",)))),
        pipelines=tasks.count(_query(within, Has("system_tags", ("pipeline",)))),
        reports=tasks.count(_query(within, Has("type", ("report",)))),
    )


def delete(context: Context, request: projects.Delete) -> projects.DeleteResponse:
    """Delete a project with its descendants. What is in them goes as well, or is in no project then."""
    within = _within(context, request.project)
    if not request.force:
        _check_empty(context, within)
    urls = FileUrls()
    deleted_tasks = deleted_models = 0
    if request.delete_contents:
        deleted_tasks, deleted_models, urls = _delete_contents(context, within, free=request.delete_external_artifacts)
    branch = context.store.projects.delete(request.project)
    return projects.DeleteResponse(
        deleted=branch.projects,
        disassociated_tasks=branch.tasks,
        deleted_tasks=deleted_tasks,
        deleted_models=deleted_models,
        urls=urls,
    )


def _within(context: Context, project: str) -> list[str]:
    context.store.projects.get(project)
    return [project, *descendants(context, [project])]


def _query(projects_: list[str], *where: Condition) -> Query:
    return Query(equal={"project": projects_}, where=where, limit=_EVERY)


def _check_empty(context: Context, within: list[str]) -> None:
    active = _query(within, _ACTIVE)
    counts = [(code, context.store.tasks.count(_query(within, _ACTIVE, kind))) for code, kind in _KINDS]
    counts.append((ErrorCode.PROJECT_HAS_TASKS, context.store.tasks.count(active)))
    counts.append((ErrorCode.PROJECT_HAS_MODELS, context.store.models.count(active)))
    for code, count in counts:
        if count:
            raise ApiError(code, f"{count} of them are not archived; force deletes the project all the same")


def _delete_contents(context: Context, within: list[str], *, free: bool) -> tuple[int, int, FileUrls]:
    """Delete tasks, then models; each by itself, so that others need not wait for all."""
    tasks = models = 0
    urls = FileUrls()
    for task in context.store.tasks.find(_query(within)):
        try:
            removal = context.store.tasks.delete(task.id, lambda _: None, context.clock(), models=True)
        except NotFoundError:
            continue  # somebody else was faster
        gone = file_urls(removal.task, removal)
        if free:
            free_files(context, task.id, gone)
        tasks, models = tasks + 1, models + len(removal.models)
        urls.model_urls.extend(gone.model_urls)
        urls.event_urls.extend(gone.event_urls)
        urls.artifact_urls.extend(gone.artifact_urls)
    for model in context.store.models.find(_query(within)):
        try:
            urls.model_urls.append(context.store.models.delete(model.id, lambda _: None).uri)
        except NotFoundError:
            continue
        models += 1
    return tasks, models, urls
