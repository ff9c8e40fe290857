"""``login.*``, and what of ``auth.*`` is asked before: open to everybody (protocol §2.1)."""

from __future__ import annotations

from contextlib import suppress

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.wire import login
from pellucid.wire.action import Empty
from pellucid.wire.auth import Nothing


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(login.SUPPORTED_MODES, Policy.PUBLIC, supported_modes),
        Endpoint(login.FIXED_USERS_MODE, Policy.PUBLIC, fixed_users_mode),
        Endpoint(login.LOGOUT, Policy.PUBLIC, logout),
    ]


def supported_modes(context: Context, _: Nothing) -> login.SupportedModesResponse:
    """How one may log in."""
    try:
        context.authority.caller_of_header(context.authorization, worker=context.worker)
    except ApiError:
        return login.SupportedModesResponse(authenticated=False)
    return login.SupportedModesResponse(authenticated=True)


def fixed_users_mode(_context: Context, _: Nothing) -> login.FixedUsersModeResponse:
    """Whether there are passwords to log in with."""
    return login.FixedUsersModeResponse()


def logout(context: Context, _: Nothing) -> Empty:
    """End the session of the token that asks; for others there is nothing to end."""
    with suppress(ApiError):
        context.authority.end_session(context.authority.caller_of_header(context.authorization, worker=context.worker))
    return Empty()
