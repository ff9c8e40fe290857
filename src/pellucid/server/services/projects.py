"""``projects.*``: creating, reading, editing and moving (protocol §2.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.project_documents import to_project
from pellucid.server.project_names import normal_name, project_named
from pellucid.server.subprojects import descendants
from pellucid.server.task_documents import check_tags
from pellucid.server.task_editing import given_fields
from pellucid.store.records import ProjectRecord, Query
from pellucid.wire import projects
from pellucid.wire.codes import ErrorCode


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(projects.CREATE, Policy.USER, create),
        Endpoint(projects.GET_BY_ID, Policy.USER, get_by_id),
        Endpoint(projects.UPDATE, Policy.USER, update),
        Endpoint(projects.MOVE, Policy.USER, move),
        Endpoint(projects.MERGE, Policy.USER, merge),
        Endpoint(projects.MAKE_PUBLIC, Policy.USER, make_public),
        Endpoint(projects.MAKE_PRIVATE, Policy.USER, make_public),
    ]


def create(context: Context, request: projects.Create) -> projects.CreateResponse:
    """Create a project and its missing ancestors."""
    record = context.store.projects.create(
        normal_name("name", request.name),
        user=context.user_id,
        now=context.clock(),
        description=request.description or "",
        tags=check_tags("tags", request.tags or []),
        system_tags=check_tags("system_tags", request.system_tags or []),
        default_output_destination=request.default_output_destination,
    )
    return projects.CreateResponse(id=record.id)


def get_by_id(context: Context, request: projects.GetById) -> projects.GetByIdResponse:
    """One project."""
    return projects.GetByIdResponse(project=to_project(context.store.projects.get(request.project)))


def update(context: Context, request: projects.Update) -> projects.UpdatedResponse:
    """Change what is given; a new name stays below the same parent."""
    fields = _fields(request)
    now = context.clock()

    def change(project: ProjectRecord) -> ProjectRecord:
        name = fields.get("name", project.name)
        if name.rpartition("/")[0] != project.name.rpartition("/")[0]:
            raise ApiError(ErrorCode.PROJECT_MOVED_BY_NAME, f"name is {name!r}; projects.move puts it elsewhere")
        return replace(project, **fields, last_update=now)

    context.store.projects.update(request.project, change)
    return projects.UpdatedResponse(updated=1, fields={**fields, "last_update": now})


def _fields(request: projects.Update) -> dict[str, Any]:
    fields = {key: value for key, value in given_fields(request).items() if key != "project"}
    for key in ("tags", "system_tags"):
        if key in fields:
            fields[key] = check_tags(key, fields[key])
    if "name" in fields:
        fields["name"] = normal_name("name", fields["name"])
    return fields


def move(context: Context, request: projects.Move) -> projects.MoveResponse:
    """Put a project with its descendants below another one, which is made if it is missing."""
    now = context.clock()
    place = ""
    if request.new_location and request.new_location.strip(" /"):
        place = normal_name("new_location", request.new_location)
        below = context.store.projects.get(request.project).name
        if f"{place}/".startswith(f"{below}/"):
            raise ApiError(ErrorCode.PROJECT_UNDER_ITSELF, f"new_location is {place!r}")
        project_named(context, "new_location", place)

    def change(project: ProjectRecord) -> ProjectRecord:
        name = f"{place}/{project.basename}" if place else project.basename
        return replace(project, name=name, last_update=now)

    context.store.projects.update(request.project, change)
    return projects.MoveResponse(moved=1 + len(descendants(context, [request.project])))


def merge(context: Context, request: projects.Merge) -> projects.MergeResponse:
    """Put what is in a project into another one, and remove it."""
    if request.project == request.destination_project:
        raise ApiError(ErrorCode.VALIDATION, "destination_project is the project itself")
    branch = context.store.projects.merge(request.project, request.destination_project)
    return projects.MergeResponse(moved_entities=branch.tasks + branch.models, moved_projects=branch.projects)


def make_public(context: Context, request: projects.MakePublic) -> projects.UpdatedCount:
    """There is one company, so there is nothing to do but to say how many projects there are."""
    if not request.ids:
        return projects.UpdatedCount(updated=0)
    found = context.store.projects.find(Query(ids=request.ids, limit=len(request.ids)))
    return projects.UpdatedCount(updated=len(found))
