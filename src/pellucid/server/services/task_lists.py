"""``tasks.get_all`` and its relatives (protocol §2.0, §2.2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from pellucid.server.auth.authority import COMPANY_ID
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.filters import to_query
from pellucid.server.list_filters import as_list
from pellucid.server.names import named, names_of
from pellucid.server.projection import project as projected
from pellucid.server.projection import wanted_series, wants
from pellucid.server.scrolling import next_scroll
from pellucid.server.subprojects import descendants, with_subprojects
from pellucid.server.task_documents import to_task
from pellucid.store.records import Query, TaskRecord
from pellucid.wire import task_lists, tasks


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(tasks.GET_ALL, Policy.USER, get_all),
        Endpoint(task_lists.GET_ALL_EX, Policy.USER, get_all_ex),
        Endpoint(task_lists.GET_BY_ID_EX, Policy.USER, get_by_id_ex),
        Endpoint(task_lists.GET_TYPES, Policy.USER, get_types),
    ]


def get_all(context: Context, request: tasks.GetAll) -> tasks.GetAllResponse:
    """Tasks that match."""
    found = context.store.tasks.find(to_query(with_subprojects(context, request)))
    documents = _documents(context, found, request.only_fields)
    return _response(request, documents)


def get_all_ex(context: Context, request: tasks.GetAll) -> tasks.GetAllResponse:
    """As ``get_all``, with objects that have names in place of ids."""
    found = context.store.tasks.find(to_query(with_subprojects(context, request)))
    documents = _documents(context, found, request.only_fields)
    return _response(request, _with_names(context, found, documents))


def get_by_id_ex(context: Context, request: task_lists.GetByIdEx) -> tasks.GetAllResponse:
    """Those of the tasks that exist, as by ``get_all_ex``."""
    ids = [item for item in as_list(request.id) if item is not None]
    return get_all_ex(context, tasks.GetAll(id=[*ids] or [""], only_fields=request.only_fields))


def get_types(context: Context, request: task_lists.GetTypes) -> task_lists.GetTypesResponse:
    """The types in use."""
    projects = request.projects or []
    query = Query(equal={"project": [*projects, *descendants(context, projects)]})
    return task_lists.GetTypesResponse(types=context.store.tasks.values("type", query))


def _documents(
    context: Context, found: Sequence[TaskRecord], only_fields: str | Sequence[str] | None
) -> list[dict[str, Any]]:
    summaries = {}
    if wants(only_fields, "last_metrics"):
        summaries = context.store.events.summaries([record.id for record in found], wanted_series(only_fields))
    return [msgspec.to_builtins(to_task(record, summaries.get(record.id, ()))) for record in found]


def _with_names(
    context: Context, found: Collection[TaskRecord], documents: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    names = {
        "project": names_of(context.store.projects.find, (record.project for record in found)),
        "parent": names_of(context.store.tasks.find, (record.parent for record in found)),
        "user": {user.id: user.name for user in context.store.users.list()},
        "company": {COMPANY_ID: COMPANY_ID},
    }
    return [named(document, names) for document in documents]


def _response(request: tasks.GetAll, documents: list[dict[str, Any]]) -> tasks.GetAllResponse:
    return tasks.GetAllResponse(
        tasks=[projected(document, request.only_fields) for document in documents],
        scroll_id=next_scroll(request, len(documents)),
    )
