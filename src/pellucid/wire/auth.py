"""``auth.*``: credentials and tokens (protocol §1.6, §2.1)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import msgspec

from pellucid.wire.action import Action, Empty, Request, Response

UserName: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
"""What a user is called."""

UserId: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.@+-]{1,64}$")]
"""An id that somebody chose, such as a login name."""


class Role(StrEnum):
    """What a user may do: ``admin`` manages the users, otherwise there is no difference."""

    admin = "admin"
    user = "user"


class Login(Request, frozen=True):
    """Exchange the credentials of the ``Authorization`` header for a token that lives for so many seconds."""

    expiration_sec: int | None = None


class LoginResponse(Response, frozen=True):
    """``token`` is a signed JWT with an ``exp`` claim."""

    token: str


class Nothing(Request, frozen=True):
    """A request without parameters."""


class ValidateToken(Request, frozen=True):
    """Whether a token is worth something."""

    token: str


class ValidateTokenResponse(Response, frozen=True):
    """Whose token it is, or in ``msg`` why it is nobody's."""

    valid: bool
    user: str | None = None
    company: str | None = None
    msg: str | None = None


class CreateCredentials(Request, frozen=True):
    """A new key pair for the caller, or, asked by an administrator, for another user."""

    label: str | None = None
    user: str | None = None


class NewCredentials(Response, frozen=True):
    """A key pair, with the secret that is never told again."""

    access_key: str
    secret_key: str
    label: str


class CreateCredentialsResponse(Response, frozen=True):
    """The new key pair."""

    credentials: NewCredentials


class GetCredentials(Request, frozen=True):
    """The caller's key pairs, or, asked by an administrator, another user's."""

    user: str | None = None


class Credentials(Response, frozen=True):
    """A key pair without its secret. ``last_used`` is right within minutes; ``source`` says who put it there."""

    access_key: str
    label: str
    last_used: datetime | None
    last_used_from: str
    created: datetime | None = None
    source: str = ""


class GetCredentialsResponse(Response, frozen=True):
    """Oldest first."""

    credentials: list[Credentials]


class EditCredentials(Request, frozen=True):
    """Change the label of a key pair."""

    access_key: str
    label: str = ""


class RevokeCredentials(Request, frozen=True):
    """Refuse a key pair, and every token that was got with it, from now on."""

    access_key: str


class RevokedResponse(Response, frozen=True):
    """How many key pairs were revoked."""

    revoked: int


class CreateUser(Request, frozen=True):
    """Add a user, who has no credentials yet. Without an ``id``, a random one is made."""

    name: UserName
    id: UserId | None = None
    role: Role = Role.user


class CreateUserResponse(Response, frozen=True):
    """The id of the user."""

    id: str


class EditUser(Request, frozen=True):
    """Change a user's role."""

    user: str
    role: Role


class EditUserResponse(Response, frozen=True):
    """How many users were changed, and what of them."""

    updated: int
    fields: dict[str, Any]


class UpdatedResponse(Response, frozen=True):
    """How many were changed."""

    updated: int


class GetTokenForUser(Request, frozen=True):
    """A token with which an administrator acts as somebody else."""

    user: str
    expiration_sec: int | None = None


LOGIN = Action("auth.login", Login, LoginResponse)
LOGOUT = Action("auth.logout", Nothing, Empty)
VALIDATE_TOKEN = Action("auth.validate_token", ValidateToken, ValidateTokenResponse)
CREATE_CREDENTIALS = Action("auth.create_credentials", CreateCredentials, CreateCredentialsResponse)
GET_CREDENTIALS = Action("auth.get_credentials", GetCredentials, GetCredentialsResponse)
EDIT_CREDENTIALS = Action("auth.edit_credentials", EditCredentials, UpdatedResponse)
REVOKE_CREDENTIALS = Action("auth.revoke_credentials", RevokeCredentials, RevokedResponse)
CREATE_USER = Action("auth.create_user", CreateUser, CreateUserResponse)
EDIT_USER = Action("auth.edit_user", EditUser, EditUserResponse)
GET_TOKEN_FOR_USER = Action("auth.get_token_for_user", GetTokenForUser, LoginResponse)
