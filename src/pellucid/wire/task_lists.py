"""``tasks.*``: searching, beside ``tasks.get_all`` (protocol §2.2)."""

from __future__ import annotations

from pellucid.wire.action import Action, Request, Response
from pellucid.wire.query import OneOrMany
from pellucid.wire.tasks import GetAll, GetAllResponse


class GetByIdEx(Request, frozen=True):
    """Tasks by their ids, with objects that have names in place of ids."""

    id: OneOrMany
    only_fields: str | list[str] | None = None


class GetTypes(Request, frozen=True):
    """The types of the tasks in these projects and below them, or of all."""

    projects: list[str] | None = None


class GetTypesResponse(Response, frozen=True):
    """By name."""

    types: list[str]


GET_ALL_EX = Action("tasks.get_all_ex", GetAll, GetAllResponse)
GET_BY_ID_EX = Action("tasks.get_by_id_ex", GetByIdEx, GetAllResponse)
GET_TYPES = Action("tasks.get_types", GetTypes, GetTypesResponse)
