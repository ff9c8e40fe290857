"""``models.get_all`` and its relatives (protocol §2.5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec

from pellucid.server.auth.authority import COMPANY_ID
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.filters import to_query
from pellucid.server.list_filters import as_list
from pellucid.server.model_documents import to_model
from pellucid.server.projection import project as projected
from pellucid.server.subprojects import with_subprojects
from pellucid.store.model_records import ModelRecord
from pellucid.store.records import Query
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
    documents = [msgspec.to_builtins(to_model(record)) for record in _found(context, request)]
    return models.GetAllResponse(models=[projected(document, request.only_fields) for document in documents])


def get_all_ex(context: Context, request: models.GetAll) -> models.GetAllResponse:
    """As ``get_all``, with objects that have names in place of ids."""
    documents = _named(context, _found(context, request))
    return models.GetAllResponse(models=[projected(document, request.only_fields) for document in documents])


def get_by_id_ex(context: Context, request: models.GetByIdEx) -> models.GetAllResponse:
    """Those of the models that exist, as by ``get_all_ex``."""
    return get_all_ex(context, models.GetAll(id=[item for item in as_list(request.id) if item is not None]))


def get_frameworks(context: Context, request: models.GetFrameworks) -> models.GetFrameworksResponse:
    """The frameworks in use."""
    return models.GetFrameworksResponse(frameworks=context.store.models.frameworks(request.projects or []))


def _found(context: Context, request: models.GetAll) -> list[ModelRecord]:
    return context.store.models.find(to_query(with_subprojects(context, request)))


def _named(context: Context, records: Sequence[ModelRecord]) -> list[dict[str, Any]]:
    tasks = _names(context.store.tasks.find, {record.task for record in records if record.task})
    projects = _names(context.store.projects.find, {record.project for record in records if record.project})
    users = {user.id: user.name for user in context.store.users.list()}
    documents = []
    for record in records:
        document = msgspec.to_builtins(to_model(record))
        for field, names in (("task", tasks), ("project", projects), ("user", users)):
            key = document[field]
            document[field] = {"id": key, "name": names.get(key, "")} if key else None
        document["company"] = {"id": COMPANY_ID, "name": COMPANY_ID}
        documents.append(document)
    return documents


def _names(find: Callable[[Query], Sequence[Any]], ids: Collection[str]) -> dict[str, str]:
    return {row.id: row.name for row in find(Query(ids=sorted(ids), limit=len(ids)))} if ids else {}
