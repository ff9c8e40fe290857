"""``projects.get_all`` and ``projects.get_all_ex`` (protocol §2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from pellucid.server.auth.authority import COMPANY_ID
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.filters import to_query
from pellucid.server.list_filters import as_list, protocol_condition
from pellucid.server.names import named
from pellucid.server.project_documents import to_project
from pellucid.server.project_statistics import own_contents, statistics, sub_projects
from pellucid.server.projection import project as projected
from pellucid.server.scrolling import next_scroll
from pellucid.store.conditions import Condition, Has
from pellucid.store.records import ProjectRecord, Query
from pellucid.wire import projects
from pellucid.wire.codes import ErrorCode

_CHILDREN: Final[dict[str, Condition]] = {
    "pipeline": Has("system_tags", ("pipeline",)),
    "dataset": Has("system_tags", ("dataset",)),
    "report": Has("type", ("report",)),
}
_STATES: Final = ("active", "archived")


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(projects.GET_ALL, Policy.USER, get_all),
        Endpoint(projects.GET_ALL_EX, Policy.USER, get_all_ex),
    ]


def get_all(context: Context, request: projects.GetAll) -> projects.GetAllResponse:
    """Projects that match."""
    documents = [_document(record) for record in context.store.projects.find(_query(request))]
    return _response(request, documents)


def get_all_ex(context: Context, request: projects.GetAllEx) -> projects.GetAllResponse:
    """Projects that match, with names in place of ids, and with numbers about what is in them if asked."""
    if request.stats_for_state not in (None, *_STATES):
        raise ApiError(
            ErrorCode.VALIDATION, f"stats_for_state is {request.stats_for_state!r}; allowed are {', '.join(_STATES)}"
        )
    found = context.store.projects.find(_query(request, *_holding(context, request)))
    names = {"user": {user.id: user.name for user in context.store.users.list()}, "company": {COMPANY_ID: COMPANY_ID}}
    documents = [named(_document(record), names) for record in found]
    _add_numbers(context, request, found, documents)
    return _response(request, documents)


def _query(request: projects.GetAll, *more: Condition | None) -> Query:
    parents = as_list(request.parent)
    if request.shallow_search:
        place = protocol_condition("parent", parents or [None])
    else:
        # Anywhere below; the topmost projects, which have no parent, are below none.
        place = protocol_condition("path", parents)
    return to_query(request, place, *more, beside=("parent",))


def _holding(context: Context, request: projects.GetAllEx) -> list[Condition]:
    """Conditions that projects, or their descendants, have certain tasks."""
    wanted: list[Condition] = []
    if request.active_users:
        wanted.append(Has("user", tuple(request.active_users)))
    if request.children_type is not None:
        if request.children_type not in _CHILDREN:
            raise ApiError(
                ErrorCode.VALIDATION,
                f"children_type is {request.children_type!r}; allowed are {', '.join(_CHILDREN)}",
            )
        wanted.append(_CHILDREN[request.children_type])
    conditions: list[Condition] = []
    for condition in wanted:
        holding = context.store.tasks.values("project", Query(where=(condition,)))
        above = context.store.projects.values("path", Query(ids=holding)) if holding else []
        conditions.append(Has("id", tuple({*holding, *above})))
    return conditions


def _add_numbers(
    context: Context,
    request: projects.GetAllEx,
    found: Sequence[ProjectRecord],
    documents: Sequence[dict[str, Any]],
) -> None:
    if request.include_stats:
        states = [request.stats_for_state] if request.stats_for_state else _STATES
        stats = statistics(context, found, states=states, with_children=request.stats_with_children)
        below = sub_projects(context, found)
        for document in documents:
            document["stats"] = stats[document["id"]]
            document["sub_projects"] = below[document["id"]]
    if request.check_own_contents:
        own = own_contents(context, found)
        for document in documents:
            document |= own[document["id"]]


def _document(record: ProjectRecord) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(to_project(record))
    return document


def _response(request: projects.GetAll, documents: list[dict[str, Any]]) -> projects.GetAllResponse:
    return projects.GetAllResponse(
        projects=[projected(document, request.only_fields) for document in documents],
        scroll_id=next_scroll(request, len(documents)),
    )
