"""Who is behind a request: a token in the header, or in the browser's cookie (protocol §1.6).

The cookie is HttpOnly and SameSite=Strict, and a request that is authenticated by it must come from a page of our own
origin by the browser's word, since existing clients make changes with GET.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from pellucid.server.auth.authority import DEFAULT_LIFE, Authority
from pellucid.server.errors import ApiError
from pellucid.store.records import UserRecord
from pellucid.wire.codes import ErrorCode

COOKIE: Final = "pellucid_session"


def user_of_request(request: HTTPConnection, authority: Authority, *, reading: bool = False) -> UserRecord:
    """Who is asking.

    Args:
        request: what came in.
        authority: checks the proof.
        reading: whether the request only reads a file. Browsers do not say where such a request comes from if the page
            came over plain HTTP; that the cookie is there at all says that no other site made it.

    Raises:
        ApiError: 401 if nobody proves to be, 403/22 if the browser says that the request is another site's.
    """
    header = request.headers.get("Authorization")
    token = request.cookies.get(COOKIE)
    if header or not token:
        return authority.user_of_header(header)
    unsaid = "Sec-Fetch-Site" not in request.headers and "Origin" not in request.headers
    if not (reading and unsaid) and not is_same_origin(request):
        raise ApiError(ErrorCode.CROSS_ORIGIN)
    return authority.user_of_token(token)


def is_same_origin(request: HTTPConnection) -> bool:
    """Whether the browser says that a page of our own origin, or the person at the keyboard, makes this request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("Host")


def start_session(response: Response, token: str, *, secure: bool) -> None:
    """Give the browser its cookie."""
    life = int(DEFAULT_LIFE.total_seconds())
    response.set_cookie(COOKIE, token, max_age=life, httponly=True, samesite="strict", secure=secure)


def end_session(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
