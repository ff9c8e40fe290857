"""``server.*`` and ``debug.*``."""

from __future__ import annotations

from pellucid.base.version import __version__
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.wire import server
from pellucid.wire.auth import Nothing
from pellucid.wire.envelope import API_VERSION, COMPATIBLE_SERVER_VERSION


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(server.INFO, Policy.USER, info),
        Endpoint(server.PING, Policy.PUBLIC, ping),
    ]


def info(_: Context, __: Nothing) -> server.InfoResponse:
    """Versions."""
    return server.InfoResponse(
        version=COMPATIBLE_SERVER_VERSION, build="", commit="", uid="", api_version=API_VERSION, pellucid=__version__
    )


def ping(_: Context, __: Nothing) -> server.PingResponse:
    """A sign of life."""
    return server.PingResponse(msg="Pellucid server")
