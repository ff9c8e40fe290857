"""``projects.*`` (protocol §2.4, §3.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pellucid.wire.action import Action, Request, Response
from pellucid.wire.query import OneOrMany, Query


class Project(Response, frozen=True):
    """A folder of tasks: ``name`` is the full path ``a/b/c``, ``basename`` its last part, ``path`` its ancestors."""

    id: str
    name: str
    basename: str
    parent: str | None = None
    path: list[str] = []
    description: str = ""
    created: datetime | None = None
    last_update: datetime | None = None
    tags: list[str] = []
    system_tags: list[str] = []
    default_output_destination: str | None = None
    user: str = ""
    company: str = ""


class Create(Request, frozen=True):
    """Create a project and its missing ancestors."""

    name: str
    description: str | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None
    default_output_destination: str | None = None


class CreateResponse(Response, frozen=True):
    """The id of the leaf."""

    id: str


class GetById(Request, frozen=True):
    """One project."""

    project: str


class GetByIdResponse(Response, frozen=True):
    """The project, whole."""

    project: Project


class GetAll(Query, frozen=True):
    """Search. ``name`` matches the full path."""

    parent: OneOrMany | None = None
    shallow_search: bool | None = None


class GetAllResponse(Response, frozen=True):
    """Projects, projected as asked."""

    projects: list[dict[str, Any]]


CREATE = Action("projects.create", Create, CreateResponse)
GET_BY_ID = Action("projects.get_by_id", GetById, GetByIdResponse)
GET_ALL = Action("projects.get_all", GetAll, GetAllResponse)
