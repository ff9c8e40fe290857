"""``projects.*``: what the tasks and models of projects have in common (protocol §2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.subprojects import descendants
from pellucid.server.task_documents import name_hash
from pellucid.store.conditions import Condition, Has, Matches, Without
from pellucid.store.records import Query
from pellucid.wire import project_facts
from pellucid.wire.codes import ErrorCode

_Item = TypeVar("_Item")
_ARCHIVED: Final = Has("system_tags", ("archived",))
_STATES: Final[dict[str, Condition]] = {"active": Without(_ARCHIVED), "archived": _ARCHIVED}


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(project_facts.GET_UNIQUE_METRIC_VARIANTS, Policy.USER, get_unique_metric_variants),
        Endpoint(project_facts.GET_HYPER_PARAMETERS, Policy.USER, get_hyper_parameters),
        Endpoint(project_facts.GET_HYPERPARAM_VALUES, Policy.USER, get_hyperparam_values),
        Endpoint(project_facts.GET_MODEL_METADATA_KEYS, Policy.USER, get_model_metadata_keys),
        Endpoint(project_facts.GET_MODEL_METADATA_VALUES, Policy.USER, get_model_metadata_values),
        Endpoint(project_facts.GET_TASK_TAGS, Policy.USER, get_task_tags),
        Endpoint(project_facts.GET_MODEL_TAGS, Policy.USER, get_model_tags),
        Endpoint(project_facts.GET_PROJECT_TAGS, Policy.USER, get_project_tags),
        Endpoint(project_facts.GET_TASK_PARENTS, Policy.USER, get_task_parents),
        Endpoint(project_facts.GET_USER_NAMES, Policy.USER, get_user_names),
    ]


def get_unique_metric_variants(context: Context, request: project_facts.Variants) -> project_facts.VariantsResponse:
    """The scalars that tasks have reported, or models by themselves."""
    query = Query(ids=request.ids) if request.ids else _in(context, _one(request), request)
    names = _names_of_models(context, query) if request.model_metrics else context.store.tasks.metric_names(query)
    return project_facts.VariantsResponse(
        metrics=[
            project_facts.Variant(
                metric=title, metric_hash=name_hash(title), variant=series, variant_hash=name_hash(series)
            )
            for title, series in names
        ]
    )


def _names_of_models(context: Context, query: Query) -> list[tuple[str, str]]:
    summaries = context.store.events.summaries([model.id for model in context.store.models.find(query)])
    return sorted({(each.title, each.series) for of_model in summaries.values() for each in of_model})


def get_hyper_parameters(
    context: Context, request: project_facts.HyperParameters
) -> project_facts.HyperParametersResponse:
    """The names of hyperparameters."""
    names = context.store.tasks.parameter_names(_in(context, _one(request), request))
    page, remaining = _page(names, request.page, request.page_size)
    return project_facts.HyperParametersResponse(
        parameters=[project_facts.ParameterName(section=section, name=name) for section, name in page],
        total=len(names),
        remaining=remaining,
    )


def get_hyperparam_values(context: Context, request: project_facts.HyperParamValues) -> project_facts.ValuesResponse:
    """The values of one hyperparameter."""
    path = f"hyperparams.{_escaped(request.section)}.{_escaped(request.name)}.value"
    where = (Matches(path, request.pattern),) if request.pattern else ()
    values = context.store.tasks.values(path, _in(context, request.projects, request, *where))
    return project_facts.ValuesResponse(total=len(values), values=_page(values, request.page, request.page_size)[0])


def get_model_metadata_keys(
    context: Context, request: project_facts.MetadataKeys
) -> project_facts.MetadataKeysResponse:
    """The keys of models' metadata."""
    keys = context.store.models.metadata_keys(_in(context, _one(request), request))
    page, remaining = _page(keys, request.page, request.page_size)
    return project_facts.MetadataKeysResponse(keys=page, total=len(keys), remaining=remaining)


def get_model_metadata_values(context: Context, request: project_facts.MetadataValues) -> project_facts.ValuesResponse:
    """The values of one key of models' metadata."""
    path = f"metadata.{_escaped(request.key)}.value"
    values = context.store.models.values(path, _in(context, request.projects, request))
    return project_facts.ValuesResponse(total=len(values), values=_page(values, request.page, request.page_size)[0])


def get_task_tags(context: Context, request: project_facts.Tags) -> project_facts.TagsResponse:
    """The tags of tasks."""
    query = _in(context, request.projects, request)
    return project_facts.TagsResponse(
        tags=context.store.tasks.values("tags", query),
        system_tags=context.store.tasks.values("system_tags", query) if request.include_system else [],
    )


def get_model_tags(context: Context, request: project_facts.Tags) -> project_facts.TagsResponse:
    """The tags of models."""
    query = _in(context, request.projects, request)
    return project_facts.TagsResponse(
        tags=context.store.models.values("tags", query),
        system_tags=context.store.models.values("system_tags", query) if request.include_system else [],
    )


def get_project_tags(context: Context, request: project_facts.Tags) -> project_facts.TagsResponse:
    """The tags of the projects themselves."""
    query = Query(ids=_with_descendants(context, request.projects, request) or None)
    return project_facts.TagsResponse(
        tags=context.store.projects.values("tags", query),
        system_tags=context.store.projects.values("system_tags", query) if request.include_system else [],
    )


def get_task_parents(context: Context, request: project_facts.TaskParents) -> project_facts.TaskParentsResponse:
    """The tasks that others come from; those that are gone are left out."""
    where = []
    if request.tasks_state is not None:
        if request.tasks_state not in _STATES:
            raise ApiError(
                ErrorCode.VALIDATION,
                f"tasks_state is {request.tasks_state!r}; allowed are {', '.join(_STATES)}",
            )
        where.append(_STATES[request.tasks_state])
    ids = context.store.tasks.values("parent", _in(context, request.projects, request, *where))
    found = Query(ids=ids, name=request.task_name, order_by=[("name", False)], limit=max(len(ids), 1))
    return project_facts.TaskParentsResponse(
        parents=[
            project_facts.Parent(id=task.id, name=task.name, project=task.project)
            for task in context.store.tasks.find(found)
        ]
    )


def get_user_names(context: Context, request: project_facts.OfProjects) -> project_facts.UserNamesResponse:
    """Those who have tasks in the projects."""
    ids = set(context.store.tasks.values("user", _in(context, request.projects, request)))
    return project_facts.UserNamesResponse(
        users=[
            project_facts.UserName(id=user.id, name=user.name) for user in context.store.users.list() if user.id in ids
        ]
    )


def _one(request: project_facts.OfProject) -> list[str] | None:
    return [request.project] if request.project else None


def _in(
    context: Context,
    projects: Sequence[str] | None,
    request: project_facts.OfProject | project_facts.OfProjects,
    *where: Condition,
) -> Query:
    """What is in these projects, or anywhere if there are none."""
    return Query(equal={"project": _with_descendants(context, projects, request)}, where=where)


def _with_descendants(
    context: Context,
    projects: Sequence[str] | None,
    request: project_facts.OfProject | project_facts.OfProjects,
) -> list[str]:
    given = list(projects or [])
    return [*given, *descendants(context, given)] if request.include_subprojects else given


def _page(items: list[_Item], page: int, size: int) -> tuple[list[_Item], int]:
    """One page, and how many items are behind it."""
    end = (page + 1) * max(size, 1)
    return items[page * max(size, 1) : end], max(0, len(items) - end)


def _escaped(name: str) -> str:
    """A name as one part of a dotted path (protocol §2.2)."""
    return name.replace("%", "%%").replace(".", "%2E").replace("$", "%24")
