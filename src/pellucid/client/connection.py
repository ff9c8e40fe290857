"""How to reach the configured server."""

from __future__ import annotations

from pellucid.base.settings import Settings
from pellucid.client.session import Client
from pellucid.client.transport import Timeout
from pellucid.wire.records import Connection


def configured_connection(settings: Settings) -> Connection | None:
    """The server that the user has configured, ``None`` if there is none."""
    if settings.api_host is None:
        return None
    return Connection(
        api_host=settings.api_host,
        web_host=settings.web_host or settings.api_host,
        files_host=settings.files_host or f"{settings.api_host}/files",
        access_key=settings.access_key,
        secret_key=settings.secret_key,
        verify=settings.verify,
    )


def open_client(connection: Connection, *, timeout: Timeout | None = None, worker: str | None = None) -> Client:
    """A client of a server; nothing is sent yet."""
    return Client(
        connection.api_host,
        connection.access_key,
        connection.secret_key,
        verify=connection.verify,
        timeout=timeout or Timeout(),
        worker=worker,
    )
