"""``/login`` and ``/logout`` of the browser."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pellucid.server.auth.authority import Authority
from pellucid.server.auth.peer import is_own_user
from pellucid.server.auth.session import end_session, is_own_origin, is_same_origin, start_session
from pellucid.server.errors import ApiError
from pellucid.server.request import parse_object, read_body
from pellucid.store.api import Store
from pellucid.store.records import UserRecord
from pellucid.wire.codes import ErrorCode

_MOST_BYTES: Final = 1 << 16
_FORWARDING: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class LoginPage:
    """Starts and ends the sessions of browsers."""

    def __init__(self, store: Store, authority: Authority, *, owner: str | None) -> None:
        """``owner`` is whom a browser of the server's own OS user logs in as without keys; ``None`` for nobody."""
        self._store = store
        self._authority = authority
        self._owner = owner

    async def login(self, request: Request) -> Response:
        """Start a session, for a key pair or, with an empty body, for the OS user at the other end of the socket."""
        try:
            _check_origin(request)
            content = parse_object(await read_body(request, limit=_MOST_BYTES))
            user = await run_in_threadpool(self._user, request, content)
        except ApiError as error:
            return _refuse(error)
        response = JSONResponse({"user": user.name})
        start_session(request, response, self._authority.token_for(user))
        return response

    async def logout(self, request: Request) -> Response:
        """End the session."""
        try:
            _check_origin(request)
        except ApiError as error:
            return _refuse(error)
        response = JSONResponse({})
        end_session(response)
        return response

    def _user(self, request: Request, content: dict[str, object]) -> UserRecord:
        if content:
            return self._authority.user_of_keys(str(content.get("access_key")), str(content.get("secret_key")))
        if self._owner and _is_owner_s_browser(request):
            return self._store.users.get(self._owner)
        raise ApiError(ErrorCode.NO_CREDENTIALS)


def _check_origin(request: Request) -> None:
    if not is_same_origin(request):
        raise ApiError(ErrorCode.CROSS_ORIGIN)


def _is_owner_s_browser(request: Request) -> bool:
    """Whether a browser of our own OS user talks to us directly.

    A proxy that the same user runs has a socket of the same user, and whoever is before it has not: it tells by a
    header, or by the browser's origin, which is the proxy's address and not ours.
    """
    client, server = request.scope.get("client"), request.scope.get("server")
    if not client or not server or not is_own_origin(request):
        return False
    if any(header in request.headers for header in _FORWARDING):
        return False
    return is_own_user((client[0], client[1]), (server[0], server[1]))


def _refuse(error: ApiError) -> Response:
    return JSONResponse({"error": error.message}, error.code.status)
