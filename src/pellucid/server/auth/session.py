"""Who is behind a request: a token in the header, or in the browser's cookie (protocol §1.6).

The cookie is HttpOnly and SameSite=Strict, and a request that is authenticated by it must come from a page of our own
origin by the browser's word, since existing clients make changes with GET.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from pellucid.server.auth.authority import DEFAULT_LIFE, Authority, Caller
from pellucid.server.errors import ApiError
from pellucid.wire.codes import ErrorCode

COOKIE: Final = "pellucid_session"


def caller_of_request(request: HTTPConnection, authority: Authority, *, reading: bool = False) -> Caller:
    """Who is asking.

    Args:
        request: what came in.
        authority: checks the proof.
        reading: whether the request only reads a file, which a person may also do from the address bar.

    Raises:
        ApiError: 401 if nobody proves to be, 403/22 if the browser does not say that our own page asks.
    """
    header = request.headers.get("Authorization")
    token = request.cookies.get(COOKIE)
    if header or not token:
        return authority.caller_of_header(header, worker=worker_of(request))
    if not is_same_origin(request) and not (reading and _is_opened_by_hand(request)):
        raise ApiError(ErrorCode.CROSS_ORIGIN)
    return authority.caller_of_token(token)


def worker_of(request: HTTPConnection) -> str:
    """The machine that is asking, by its own word (protocol §1.3)."""
    return request.headers.get("X-ClearML-Worker") or request.headers.get("X-Trains-Worker") or ""


def is_same_origin(request: HTTPConnection) -> bool:
    """Whether the browser says that a page of our own origin makes this request.

    ``Sec-Fetch-Site: none`` is not enough: a link in a mail, which may hold a whole request, is opened like that, and
    with the cookie.
    """
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" if site is not None else is_own_origin(request)


def is_own_origin(request: HTTPConnection) -> bool:
    """Whether the request names its origin, and it is the address that it was sent to."""
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("Host")


def _is_opened_by_hand(request: HTTPConnection) -> bool:
    """Whether no page makes this request. Browsers don't say who does if the page came over plain HTTP; that the cookie
    is there at all says that it was no other site."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "none" or (site is None and "Origin" not in request.headers)


def start_session(request: HTTPConnection, response: Response, token: str) -> None:
    """Give the browser its cookie; one that talks TLS, be it to a proxy before us, is to send it over TLS only."""
    life = int(DEFAULT_LIFE.total_seconds())
    secure = request.headers.get("Origin", "").startswith("https:")
    response.set_cookie(COOKIE, token, max_age=life, httponly=True, samesite="strict", secure=secure)


def end_session(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
