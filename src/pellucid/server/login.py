"""``/login`` and ``/logout`` of the browser."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pellucid.server.auth.authority import Authority
from pellucid.server.auth.peer import is_own_user
from pellucid.server.auth.session import end_session, is_same_origin, start_session
from pellucid.server.errors import ApiError
from pellucid.server.request import parse_object
from pellucid.store.api import Store
from pellucid.store.records import UserRecord
from pellucid.wire.codes import ErrorCode


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
            if not is_same_origin(request):
                raise ApiError(ErrorCode.CROSS_ORIGIN)
            user = await run_in_threadpool(self._user, request, parse_object(await request.body()))
        except ApiError as error:
            return JSONResponse({"error": error.message}, error.code.status)
        response = JSONResponse({"user": user.name})
        start_session(response, self._authority.token_for(user), secure=request.url.scheme == "https")
        return response

    async def logout(self, request: Request) -> Response:
        """End the session."""
        response = JSONResponse({})
        end_session(response)
        return response

    def _user(self, request: Request, content: dict[str, object]) -> UserRecord:
        if content:
            return self._authority.user_of_keys(str(content.get("access_key")), str(content.get("secret_key")))
        server = request.scope.get("server")
        if (
            self._owner
            and request.client
            and server
            and is_own_user((request.client.host, request.client.port), server[1])
        ):
            return self._store.users.get(self._owner)
        raise ApiError(ErrorCode.NO_CREDENTIALS)
