"""``auth.*`` and ``users.*``: who is asking (protocol §1.6, §2.1)."""

from __future__ import annotations

from pellucid.wire.action import Action, Empty, Request, Response


class Login(Request, frozen=True):
    """Exchange the credentials of the ``Authorization`` header for a token."""

    expiration_sec: int | None = None


class LoginResponse(Response, frozen=True):
    """``token`` is a signed JWT with an ``exp`` claim."""

    token: str


class Nothing(Request, frozen=True):
    """A request without parameters."""


class Company(Response, frozen=True):
    """The one tenant of a server."""

    id: str
    name: str


class User(Response, frozen=True):
    """A person, or a program, that has credentials."""

    id: str
    name: str
    role: str
    company: Company


class CurrentUserResponse(Response, frozen=True):
    """Who the token belongs to."""

    user: User


LOGIN = Action("auth.login", Login, LoginResponse)
LOGOUT = Action("auth.logout", Nothing, Empty)
GET_CURRENT_USER = Action("users.get_current_user", Nothing, CurrentUserResponse)
