"""Which server a command talks to."""

from __future__ import annotations

import argparse
import re

from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.base.ids import is_id
from pellucid.base.settings import load_settings
from pellucid.client.session import Client
from pellucid.sdk.local_server import find_local_server
from pellucid.wire import projects, tasks


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """The option that every reading command has."""
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")


def current_connection() -> Connection:
    """The configured server, else the user's local one.

    Raises:
        UsageError: nothing is configured and no local server runs.
    """
    settings = load_settings()
    configured = settings.connection()
    if configured is not None:
        return configured
    local = find_local_server(settings.home)
    if local is None:
        raise UsageError(
            "no server: none is configured (PELLUCID_API_HOST or clearml.conf), and your local one is not running; "
            "start it with: pellucid server"
        )
    return local


def open_client(connection: Connection | None = None) -> Client:
    """A client of the server that commands talk to."""
    return Client.to(connection or current_connection())


def find_task(client: Client, words: str) -> str:
    """The id of the task that a person means.

    Args:
        client: the server to ask.
        words: an id, a name, or ``project/name``; of several with the same name, the one changed last.

    Raises:
        UsageError: no task fits.
    """
    project, _, name = words.rpartition("/")
    wanted = tasks.GetAll(
        id=[words] if is_id(words) else None,
        name=None if is_id(words) else exactly(name),
        project=project_ids(client, project) if project else None,
        order_by=["-last_update"],
        page=0,
        page_size=1,
        only_fields=["id"],
        search_hidden=True,
    )
    found = client.send(tasks.GET_ALL, wanted).tasks
    if not found:
        raise UsageError(f"no task {words!r}: give an id, a name, or project/name (pellucid ls lists them)")
    return str(found[0]["id"])


def project_ids(client: Client, name: str) -> list[str | None]:
    """The id of a project by its full name, as a list filter.

    Raises:
        UsageError: there is no such project.
    """
    query = projects.GetAll(name=exactly(name), only_fields=["id"], search_hidden=True)
    found = client.send(projects.GET_ALL, query).projects
    if not found:
        raise UsageError(f"no project {name!r}")
    return [str(project["id"]) for project in found]


def exactly(name: str) -> str:
    """A regular expression that matches this name only: listings search by expression (protocol §2.0)."""
    return f"^{re.escape(name)}$"
