"""Where files of models are fetched from, and to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pellucid.sdk.destinations import open_storage
from pellucid.sdk.models.known_files import KnownFiles
from pellucid.sdk.servers import current_settings, reachable_client, running_server

if TYPE_CHECKING:
    from pellucid.client.storage.storage import Storage


class Place(Protocol):
    """Where files are, and what this machine has of them."""

    @property
    def cache(self) -> Path:
        """Folder of fetched files."""
        ...

    @property
    def known_files(self) -> KnownFiles:
        """Which model a file of this machine is."""
        ...

    def open_storage(self) -> Storage:
        """All places for files, the file server among them."""
        ...


class ServerPlace:
    """The configured server's."""

    def __init__(self) -> None:
        """Look at what is configured; nothing is asked."""
        self._settings = current_settings()

    @property
    def cache(self) -> Path:
        """Folder of fetched files."""
        return self._settings.cache

    @property
    def known_files(self) -> KnownFiles:
        """Which model a file of this machine is."""
        connection = running_server(self._settings)
        return KnownFiles(self._settings.home, None if connection is None else connection.api_host)

    def open_storage(self) -> Storage:
        """All places for files, its file server among them.

        Raises:
            ServerUnavailableError: there is none.
        """
        return open_storage(*reachable_client())
