"""``auth.*`` and ``users.*``."""

from __future__ import annotations

from datetime import timedelta

from pellucid.server.auth.authority import COMPANY_ID, DEFAULT_LIFE, LONGEST_LIFE
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.wire import auth
from pellucid.wire.action import Empty
from pellucid.wire.codes import ErrorCode


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(auth.LOGIN, Policy.PUBLIC, login),
        Endpoint(auth.LOGOUT, Policy.USER, logout),
        Endpoint(auth.GET_CURRENT_USER, Policy.USER, get_current_user),
    ]


def login(context: Context, request: auth.Login) -> auth.LoginResponse:
    """A token for the credentials in the header."""
    user = context.authority.user_of_header(context.authorization)
    life = DEFAULT_LIFE
    if request.expiration_sec is not None:
        life = timedelta(seconds=min(max(request.expiration_sec, 0), LONGEST_LIFE.total_seconds()))
    return auth.LoginResponse(token=context.authority.token_for(user, life))


def logout(_: Context, __: auth.Nothing) -> Empty:
    """Nothing to do here: the browser's cookie is cleared by ``POST /logout``, and tokens expire."""
    return Empty()


def get_current_user(context: Context, _: auth.Nothing) -> auth.CurrentUserResponse:
    """Who is asking."""
    if context.user is None:
        raise ApiError(ErrorCode.NO_CREDENTIALS)
    company = auth.Company(id=COMPANY_ID, name=COMPANY_ID)
    user = auth.User(id=context.user.id, name=context.user.name, role=context.user.role, company=company)
    return auth.CurrentUserResponse(user=user)
