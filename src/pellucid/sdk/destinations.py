"""Where a task's files go (seed, Setting Upload Destination; sdk-surface §1.20)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pellucid.base.connection import Connection
from pellucid.base.errors import RequestRefusedError, ServerUnavailableError, UsageError
from pellucid.base.log import trouble
from pellucid.base.settings import Settings
from pellucid.client.storage.location import ALLOWED, parse_location
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
    if not isinstance(uri, str | Path):
        raise UsageError(f"{argument} is {uri!r}; allowed are {ALLOWED}")
    location = parse_location(uri, argument)
    return location.path if location.kind == "file" else str(location)


def configured_destination(settings: Settings) -> str | None:
    """The usual place by the configuration (sdk-surface M199), ``None`` for none.

    Raises:
        UsageError: it is no place.
    """
    uri = settings.default_output_uri
    return None if uri is None else check_destination(settings.sources["default_output_uri"], uri)


def check_place(uri: str, *, ask: bool) -> None:
    """Look whether a task's files can be stored in a place. If that can't be found out now, the program goes on.

    Args:
        uri: the place.
        ask: whether the place may be asked; else only what this machine knows counts.

    Raises:
        UsageError: they can't: a folder can't be written, a library or credentials are missing, access is denied.
    """
    location = parse_location(uri, "output_uri")
    if location.kind in ("http", "https"):
        return
    if location.kind == "file":
        from pellucid.client.storage.folder import Folder  # what it takes need not be imported with Task

        try:
            Folder().check(location.path)
        except RequestRefusedError as error:
            raise UsageError(f"output_uri is {uri!r}, where nothing can be stored: {error.message}") from error
        return
    from pellucid.client.storage.storage import Storage  # the HTTP library takes long to import

    storage = Storage(quick=True)
    try:
        storage.check(uri) if ask else storage.prepare(uri)
    except ServerUnavailableError as error:
        trouble(f"output_uri.{uri}", f"{uri} can't be asked now; files are stored there as soon as it can.", error)


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
    """Whether a file that a task names is its own to delete: on a disk and in a bucket, only what lies in the task's
    folder is; the rest was there before, and is only linked."""
    location = parse_location(url)
    return location.kind in ("http", "https") or f".{task}/" in location.path


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
