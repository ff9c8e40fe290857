"""Projects by their names."""

from __future__ import annotations

import re

from pellucid.base.errors import RequestRefusedError
from pellucid.client.sender import Sender
from pellucid.wire import projects
from pellucid.wire.codes import ErrorCode


def ensure_project(client: Sender, name: str) -> str:
    """The id of a project by its full name; a missing one is created with its ancestors (seed, Task Creation).

    Raises:
        ServerError: the server is away, or said no.
    """
    found = find_project(client, name)
    if found is not None:
        return found
    try:
        return client.send(projects.CREATE, projects.Create(name=name)).id
    except RequestRefusedError as error:
        # Another run may have made it just now.
        found = find_project(client, name) if error.subcode == ErrorCode.NAME_EXISTS.subcode else None
        if found is None:
            raise
        return found


def find_project(client: Sender, name: str, *, hidden: bool = True) -> str | None:
    """The id of a project by its full name, ``None`` if there is none, or none that is not hidden.

    Raises:
        ServerError: the server is away, or said no.
    """
    query = projects.GetAll(name=f"^{re.escape(name)}$", only_fields=["id"], search_hidden=hidden)
    found = client.send(projects.GET_ALL, query).projects
    return str(found[0]["id"]) if found else None
