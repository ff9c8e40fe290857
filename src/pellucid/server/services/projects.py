"""``projects.*``."""

from __future__ import annotations

import msgspec

from pellucid.server.auth.authority import COMPANY_ID
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.filters import to_query
from pellucid.server.projection import project as projected
from pellucid.store.records import ProjectRecord
from pellucid.wire import projects
from pellucid.wire.codes import ErrorCode


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(projects.CREATE, Policy.USER, create),
        Endpoint(projects.GET_BY_ID, Policy.USER, get_by_id),
        Endpoint(projects.GET_ALL, Policy.USER, get_all),
    ]


def create(context: Context, request: projects.Create) -> projects.CreateResponse:
    """Create a project and its missing ancestors; parts of the name are trimmed, empty ones dropped."""
    name = "/".join(part for part in (part.strip() for part in request.name.split("/")) if part)
    if not name:
        raise ApiError(ErrorCode.INVALID_PROJECT_NAME, f"name is {request.name!r}")
    record = context.store.projects.create(
        name,
        user=context.user_id,
        now=context.clock(),
        description=request.description or "",
        tags=request.tags or [],
        system_tags=request.system_tags or [],
        default_output_destination=request.default_output_destination,
    )
    return projects.CreateResponse(id=record.id)


def get_by_id(context: Context, request: projects.GetById) -> projects.GetByIdResponse:
    """One project."""
    return projects.GetByIdResponse(project=_to_project(context.store.projects.get(request.project)))


def get_all(context: Context, request: projects.GetAll) -> projects.GetAllResponse:
    """Projects that match."""
    found = context.store.projects.find(to_query(request))
    documents = [msgspec.to_builtins(_to_project(record)) for record in found]
    return projects.GetAllResponse(projects=[projected(document, request.only_fields) for document in documents])


def _to_project(record: ProjectRecord) -> projects.Project:
    return projects.Project(
        id=record.id,
        name=record.name,
        basename=record.basename,
        parent=record.parent,
        path=record.path,
        description=record.description,
        created=record.created,
        last_update=record.last_update,
        tags=record.tags,
        system_tags=record.system_tags,
        default_output_destination=record.default_output_destination,
        user=record.user,
        company=COMPANY_ID,
    )
