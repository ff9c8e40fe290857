"""``/login`` and ``/logout`` of the browser."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pellucid.base.ids import new_id
from pellucid.server.auth.authority import Authority, Caller
from pellucid.server.auth.peer import is_own_user
from pellucid.server.auth.session import COOKIE, end_session, is_own_origin, is_same_origin, start_session
from pellucid.server.errors import ApiError, from_store
from pellucid.server.request import parse_object, read_body
from pellucid.store.api import Store
from pellucid.store.errors import StoreError
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
            caller = await run_in_threadpool(self._caller, request, content)
        except (ApiError, StoreError) as error:
            return _refuse(error)
        response = JSONResponse({"user": caller.user.name})
        start_session(request, response, self._authority.token_for(caller))
        return response

    async def logout(self, request: Request) -> Response:
        """End the session: the cookie goes, and whoever kept a copy of it finds it worthless."""
        try:
            _check_origin(request)
            await run_in_threadpool(self._end, request.cookies.get(COOKIE, ""))
        except (ApiError, StoreError) as error:
            return _refuse(error)
        response = JSONResponse({})
        end_session(response)
        return response

    def _caller(self, request: Request, content: dict[str, object]) -> Caller:
        if content:
            return self._authority.caller_of_keys(str(content.get("access_key")), str(content.get("secret_key")))
        if self._owner and _is_owner_s_browser(request):
            return Caller(self._store.users.get(self._owner), access_key=None, session=new_id())
        raise ApiError(ErrorCode.NO_CREDENTIALS)

    def _end(self, token: str) -> None:
        with suppress(ApiError):  # a session that is over already
            self._authority.end_session(self._authority.caller_of_token(token))


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


def _refuse(error: ApiError | StoreError) -> Response:
    error = from_store(error) if isinstance(error, StoreError) else error
    return JSONResponse({"error": error.message}, error.code.status)
