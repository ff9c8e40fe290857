"""``organization.*`` (protocol §2.9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from pellucid.server.auth.authority import ADMIN_ROLE, COMPANY_ID
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.filters import to_query
from pellucid.server.subprojects import with_subprojects
from pellucid.store.api import Store
from pellucid.store.conditions import Condition, Has
from pellucid.store.records import Query
from pellucid.wire import organization, tasks
from pellucid.wire.auth import Nothing
from pellucid.wire.query import Query as WireQuery

_Count: TypeAlias = Callable[[Store, Query], int]


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(organization.GET_TAGS, Policy.USER, get_tags),
        Endpoint(organization.GET_USER_COMPANIES, Policy.USER, get_user_companies),
        Endpoint(organization.GET_ENTITIES_COUNT, Policy.USER, get_entities_count),
    ]


def get_tags(context: Context, request: organization.GetTags) -> organization.GetTagsResponse:
    """All tags of tasks and models."""
    wanted = request.filter or organization.TagsFilter()
    query = to_query(WireQuery(tags=wanted.tags, system_tags=wanted.system_tags, search_hidden=True))

    def in_use(field: str) -> list[str]:
        return sorted({*context.store.tasks.values(field, query), *context.store.models.values(field, query)})

    system_tags = in_use("system_tags") if request.include_system else None
    return organization.GetTagsResponse(tags=in_use("tags"), system_tags=system_tags)


def get_user_companies(context: Context, _: Nothing) -> organization.UserCompaniesResponse:
    """The one tenant, with its administrators."""
    administrators = [user for user in context.store.users.list() if user.role == ADMIN_ROLE]
    owners = [organization.Owner(id=user.id, name=user.name) for user in administrators]
    return organization.UserCompaniesResponse(
        companies=[organization.UserCompany(id=COMPANY_ID, name=COMPANY_ID, owners=owners)]
    )


def get_entities_count(
    context: Context, request: organization.GetEntitiesCount
) -> organization.GetEntitiesCountResponse:
    """How many there are of each kind."""
    counts = {}
    for kind, (count, condition) in _KINDS.items():
        wanted: WireQuery | None = getattr(request, kind)
        if wanted is not None:
            listing = with_subprojects(context, wanted) if isinstance(wanted, tasks.GetAll) else wanted
            query = to_query(listing, condition)
            counts[kind] = count(context.store, replace(query, hidden=query.hidden or condition is not None))
    return organization.GetEntitiesCountResponse(**counts)


def _projects(store: Store, query: Query) -> int:
    return store.projects.count(query)


def _tasks(store: Store, query: Query) -> int:
    return store.tasks.count(query)


def _models(store: Store, query: Query) -> int:
    return store.models.count(query)


_KINDS: Final[dict[str, tuple[_Count, Condition | None]]] = {
    "projects": (_projects, None),
    "tasks": (_tasks, None),
    "models": (_models, None),
    "pipelines": (_projects, Has("system_tags", ("pipeline",))),
    "pipeline_runs": (_tasks, Has("system_tags", ("pipeline",))),
    "datasets": (_projects, Has("system_tags", ("dataset",))),
    "dataset_versions": (_tasks, Has("system_tags", ("dataset",))),
    "reports": (_tasks, Has("type", ("report",))),
}
