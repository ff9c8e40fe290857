"""Which server this process talks to, and what the program itself has said about it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pellucid.base.connection import Connection
from pellucid.base.errors import ServerUnavailableError
from pellucid.base.settings import OPTIONS, Settings, load_settings
from pellucid.client.sender import Sender
from pellucid.sdk.local_server import find_local_server
from pellucid.sdk.plain_client import PlainClient

if TYPE_CHECKING:
    from pellucid.client.session import Client

_explicit: dict[str, object] = {}
"""Settings made by ``Task.set_credentials`` and ``Task.set_offline``."""


def set_explicitly(**fields: object) -> None:
    """Prefer these over whatever is configured; ``None`` takes one back.

    Raises:
        UsageError: one can't be used; then none is taken.
    """
    for name, value in fields.items():
        if value is not None:
            OPTIONS[name].parse(value, name)
    _explicit.update(fields)


def current_settings() -> Settings:
    """What is configured now.

    Raises:
        UsageError: a value can't be used.
    """
    return load_settings(os.environ, explicit=_explicit)


def running_server(settings: Settings) -> Connection | None:
    """The configured server, else the local one if it runs."""
    return settings.connection() or find_local_server(settings.home)


def open_client(connection: Connection, worker: str | None = None) -> Client:
    """A client of a server."""
    # The HTTP library takes longer to import than everything else together, and not every run needs it.
    from pellucid.client.session import Client

    return Client.to(connection, worker=worker)


def creation_client(connection: Connection, *, timeout: float) -> Sender:
    """A client for the requests of ``Task.init``, which must be quick.

    Args:
        connection: the server.
        timeout: seconds to wait for each answer.
    """
    if PlainClient.suits(connection):
        return PlainClient(connection, timeout=timeout)
    from pellucid.client.session import Client
    from pellucid.client.transport import Timeout

    limits = Timeout(connect=timeout, read=timeout)
    return Client.to(connection, timeout=limits)


def reachable_client() -> tuple[Client, Connection]:
    """A client of the server to read from.

    Raises:
        ServerUnavailableError: none is configured, and the local one does not run.
    """
    settings = current_settings()
    connection = running_server(settings)
    if connection is None:
        raise ServerUnavailableError(
            "no server: none is configured (PELLUCID_API_HOST or clearml.conf), and your local one is not running; "
            "start it with: pellucid server"
        )
    return open_client(connection, settings.worker), connection
