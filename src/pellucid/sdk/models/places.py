"""Where files of models are fetched from, and to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pellucid.base.connection import Connection
from pellucid.sdk.models.known_files import KnownFiles
from pellucid.sdk.servers import current_settings, reachable_client, running_server

if TYPE_CHECKING:
    from pellucid.client.files import FilesClient
    from pellucid.client.session import Client


class Place(Protocol):
    """A file server, and what this machine has of it."""

    @property
    def cache(self) -> Path:
        """Folder of fetched files."""
        ...

    @property
    def known_files(self) -> KnownFiles:
        """Which model a file of this machine is."""
        ...

    def open_files(self) -> FilesClient:
        """The file server."""
        ...


class ServerPlace:
    """The configured server's."""

    def __init__(self) -> None:
        """Look at what is configured; nothing is asked."""
        self._settings = current_settings()

    @property
    def cache(self) -> Path:
        """Folder of fetched files."""
        return self._settings.home / "cache"

    @property
    def known_files(self) -> KnownFiles:
        """Which model a file of this machine is."""
        connection = running_server(self._settings)
        return KnownFiles(self._settings.home, None if connection is None else connection.api_host)

    def open_files(self) -> FilesClient:
        """Its file server.

        Raises:
            ServerUnavailableError: there is none.
        """
        return open_files(*reachable_client())


def open_files(client: Client, connection: Connection) -> FilesClient:
    """The file server of a connection."""
    from pellucid.client.files import FilesClient  # the HTTP library takes long to import

    return FilesClient(client, connection.files_host)
