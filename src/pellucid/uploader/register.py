"""Making a task on the server that began without one."""

from __future__ import annotations

import re

import msgspec

from pellucid.base.errors import RequestRefusedError
from pellucid.client.session import Client
from pellucid.wire import projects, tasks
from pellucid.wire.codes import ErrorCode
from pellucid.wire.records import RunDescription


def create_task(client: Client, description: RunDescription, body: bytes) -> str:
    """Create the task of a run in its project, which is created if need be.

    Args:
        client: the server.
        description: names the project.
        body: the run's own ``tasks.create``, which may lack the project's id, as only a server gives those out.

    Returns:
        The task's id on this server; servers of another make choose one themselves.

    Raises:
        ServerError: the server is away, or said no; there may be a project more.
    """
    request = msgspec.json.decode(body)
    if description.project and not request.get("project"):
        request["project"] = _project_id(client, description.project)
    answer = client.send_raw(tasks.CREATE.name, msgspec.json.encode(request))
    return msgspec.json.decode(answer, type=tasks.CreateResponse).id


def _project_id(client: Client, name: str) -> str:
    found = _find_project(client, name)
    if found is not None:
        return found
    try:
        return client.send(projects.CREATE, projects.Create(name=name)).id
    except RequestRefusedError as error:
        # Another run may have made it just now.
        found = _find_project(client, name) if error.subcode == ErrorCode.NAME_EXISTS.subcode else None
        if found is None:
            raise
        return found


def _find_project(client: Client, name: str) -> str | None:
    query = projects.GetAll(name=f"^{re.escape(name)}$", only_fields=["id"], search_hidden=True)
    found = client.send(projects.GET_ALL, query).projects
    return str(found[0]["id"]) if found else None
