"""Finding the project of a task, or making it."""

from __future__ import annotations

import re

from pellucid.base.errors import RequestRefusedError
from pellucid.client.session import Client
from pellucid.wire import projects
from pellucid.wire.codes import ErrorCode


def project_id(client: Client, name: str) -> str:
    """The id of a project by its full name; a missing one is created with its ancestors.

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


def find_project(client: Client, name: str) -> str | None:
    """The id of a project by its full name, ``None`` if there is none.

    Raises:
        ServerError: the server is away, or said no.
    """
    query = projects.GetAll(name=f"^{re.escape(name)}$", only_fields=["id"], search_hidden=True)
    found = client.send(projects.GET_ALL, query).projects
    return str(found[0]["id"]) if found else None
