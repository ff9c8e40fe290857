"""Where a task's files go (seed, Setting Upload Destination; sdk-surface §1.20)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pellucid.base.connection import Connection
from pellucid.client.storage.location import parse_location
from pellucid.wire import tasks
from pellucid.wire.files import FILES_ADDRESS, file_url

if TYPE_CHECKING:
    from pellucid.client.session import Client
    from pellucid.client.storage.storage import Storage
    from pellucid.sdk.session import Session
    from pellucid.sdk.snapshot import Snapshot

FILE_SERVER: Final = ""
"""The destination that is the task's own file server, whichever that is."""


def check_destination(argument: str, uri: object) -> str:
    """A place for files as it is written down: a folder by its absolute path, others by their address.

    Raises:
        UsageError: it is none; nothing is asked.
    """
    location = parse_location(uri if isinstance(uri, str | Path) else repr(uri), argument)
    return location.path if location.kind == "file" else str(location)


def destination_of(document: tasks.Task) -> str | None:
    """Where a task's ``output_uri`` says that its files go; ``None`` if it does not say."""
    uri = str(document.output.get("destination") or "")
    if not uri:
        return None
    return FILE_SERVER if uri == FILES_ADDRESS else uri


def address_in(destination: str, path: str, files_host: str = FILES_ADDRESS) -> str:
    """Address of a file in a destination.

    Args:
        destination: the place, or ``FILE_SERVER``.
        path: where in it, not URL-quoted.
        files_host: address of the file server, if it is known.
    """
    return str(parse_location(destination).join(path)) if destination else file_url(files_host, path)


def is_stored_for(task: str, url: str) -> bool:
    """Whether a file that a task names is its own to delete: on a disk, only what lies in the task's folder is."""
    location = parse_location(url)
    return location.kind != "file" or f".{task}/" in location.path


def present_address(session: Session, destination: str, copy: Snapshot, path: str) -> str:
    """Where this process finds a file that was given to be stored: where it is going to be, if there is a server that
    tells the uploader to; else in the run's folder."""
    connection = session.run.connection
    if connection is None:
        return (session.run.folder / copy.source).as_uri()
    return address_in(destination, path, connection.files_host)


def open_storage(client: Client | None = None, connection: Connection | None = None) -> Storage:
    """All places for files.

    Args:
        client: who we are to our own file server; without one, no token is sent to any.
        connection: says which that is.
    """
    # The HTTP library takes long to import.
    from pellucid.client.files import FilesClient
    from pellucid.client.storage.storage import Storage

    if client is None or connection is None:
        return Storage()
    return Storage(FilesClient(client, connection.files_host), connection.files_host)
