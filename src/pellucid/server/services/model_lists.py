"""``models.get_all`` and its relatives (protocol §2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from pellucid.server.auth.authority import COMPANY_ID
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.filters import to_query
from pellucid.server.list_filters import as_list
from pellucid.server.model_documents import to_model
from pellucid.server.names import named, names_of
from pellucid.server.projection import project as projected
from pellucid.server.projection import wants
from pellucid.server.scrolling import next_scroll
from pellucid.server.subprojects import with_subprojects
from pellucid.store.model_records import ModelRecord
from pellucid.wire import models


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(models.GET_ALL, Policy.USER, get_all),
        Endpoint(models.GET_ALL_EX, Policy.USER, get_all_ex),
        Endpoint(models.GET_BY_ID_EX, Policy.USER, get_by_id_ex),
        Endpoint(models.GET_FRAMEWORKS, Policy.USER, get_frameworks),
    ]


def get_all(context: Context, request: models.GetAll) -> models.GetAllResponse:
    """Models that match."""
    return _response(request, _documents(context, _found(context, request), request.only_fields))


def get_all_ex(context: Context, request: models.GetAll) -> models.GetAllResponse:
    """As ``get_all``, with objects that have names in place of ids."""
    found = _found(context, request)
    names = {
        "task": names_of(context.store.tasks.find, (record.task for record in found)),
        "project": names_of(context.store.projects.find, (record.project for record in found)),
        "user": {user.id: user.name for user in context.store.users.list()},
        "company": {COMPANY_ID: COMPANY_ID},
    }
    return _response(request, [named(document, names) for document in _documents(context, found, request.only_fields)])


def get_by_id_ex(context: Context, request: models.GetByIdEx) -> models.GetAllResponse:
    """Those of the models that exist, as by ``get_all_ex``."""
    return get_all_ex(context, models.GetAll(id=[item for item in as_list(request.id) if item is not None]))


def get_frameworks(context: Context, request: models.GetFrameworks) -> models.GetFrameworksResponse:
    """The frameworks in use."""
    return models.GetFrameworksResponse(frameworks=context.store.models.frameworks(request.projects or []))


def _found(context: Context, request: models.GetAll) -> list[ModelRecord]:
    return context.store.models.find(to_query(with_subprojects(context, request)))


def _documents(
    context: Context, found: Sequence[ModelRecord], only_fields: str | Sequence[str] | None
) -> list[dict[str, Any]]:
    summaries = {}
    if wants(only_fields, "last_metrics"):
        summaries = context.store.events.summaries([record.id for record in found])
    return [msgspec.to_builtins(to_model(record, summaries.get(record.id, ()))) for record in found]


def _response(request: models.GetAll, documents: list[dict[str, Any]]) -> models.GetAllResponse:
    return models.GetAllResponse(
        models=[projected(document, request.only_fields) for document in documents],
        scroll_id=next_scroll(request, len(documents)),
    )
