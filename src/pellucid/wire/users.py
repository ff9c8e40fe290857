"""``users.*``: people and programs that have credentials (protocol §2.1, §3.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pellucid.wire.action import Action, Empty, Request, Response
from pellucid.wire.auth import Nothing, UpdatedResponse, UserName
from pellucid.wire.query import Query


class Company(Response, frozen=True):
    """The one tenant of a server."""

    id: str
    name: str


class User(Response, frozen=True):
    """A user whose company is an id."""

    id: str
    name: str
    role: str
    company: str
    created: datetime | None = None


class JoinedUser(Response, frozen=True):
    """A user whose company is an object."""

    id: str
    name: str
    role: str
    company: Company
    created: datetime | None = None


class CurrentUserResponse(Response, frozen=True):
    """Who the token belongs to. The other two are for pages of other make."""

    user: JoinedUser
    getting_started: dict[str, Any] = {}
    settings: dict[str, Any] = {}


class GetById(Request, frozen=True):
    """One user."""

    user: str


class GetByIdResponse(Response, frozen=True):
    """The user."""

    user: User


class GetAll(Query, frozen=True):
    """Search among the users."""


class GetAllResponse(Response, frozen=True):
    """Users, projected as asked."""

    users: list[dict[str, Any]]


class Update(Request, frozen=True):
    """Change what a user is called: oneself, or, asked by an administrator, anybody."""

    user: str
    name: UserName


class Delete(Request, frozen=True):
    """Remove a user and the user's credentials; tasks and models stay."""

    user: str


class PreferencesResponse(Response, frozen=True):
    """What the caller's pages remember."""

    preferences: dict[str, Any]


class SetPreferences(Request, frozen=True):
    """Lay preferences over those that are kept: a dotted key leads inward, ``null`` takes away."""

    preferences: dict[str, Any]
    return_updated: bool = False


class SetPreferencesResponse(Response, frozen=True):
    """``fields`` holds all preferences, if asked for."""

    updated: int
    fields: dict[str, Any] = {}


GET_CURRENT_USER = Action("users.get_current_user", Nothing, CurrentUserResponse)
GET_BY_ID = Action("users.get_by_id", GetById, GetByIdResponse)
GET_ALL = Action("users.get_all", GetAll, GetAllResponse)
GET_ALL_EX = Action("users.get_all_ex", GetAll, GetAllResponse)
UPDATE = Action("users.update", Update, UpdatedResponse)
DELETE = Action("users.delete", Delete, Empty)
GET_PREFERENCES = Action("users.get_preferences", Nothing, PreferencesResponse)
SET_PREFERENCES = Action("users.set_preferences", SetPreferences, SetPreferencesResponse)
