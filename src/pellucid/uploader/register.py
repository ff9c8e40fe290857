"""Making a task on the server that began without one."""

from __future__ import annotations

import msgspec

from pellucid.client.projects import ensure_project
from pellucid.client.session import Client
from pellucid.wire import tasks
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
        request["project"] = ensure_project(client, description.project)
    answer = client.send_raw(tasks.CREATE.name, msgspec.json.encode(request))
    return msgspec.json.decode(answer, type=tasks.CreateResponse).id
