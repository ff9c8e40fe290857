"""``server.*`` and ``debug.*``: is anybody there (protocol §2.1)."""

from __future__ import annotations

from pellucid.wire.action import Action, Response
from pellucid.wire.auth import Nothing


class InfoResponse(Response, frozen=True):
    """Versions of a server. ``pellucid`` is absent on servers of other make."""

    version: str
    build: str
    commit: str
    uid: str
    api_version: str
    pellucid: str | None = None


class PingResponse(Response, frozen=True):
    """A sign of life."""

    msg: str


INFO = Action("server.info", Nothing, InfoResponse)
PING = Action("debug.ping", Nothing, PingResponse)
