"""Finding tasks and projects by name on a server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from pellucid.base.errors import UsageError
from pellucid.wire import projects, tasks

if TYPE_CHECKING:
    from pellucid.client.session import Client


def find_task(client: Client, project: str | None, name: str, query: Mapping[str, Any]) -> str:
    """The id of the task of a name that was changed last.

    Args:
        client: the server.
        project: full name of its project; any by default.
        name: its name.
        query: more conditions, as ``tasks.get_all`` takes them.

    Raises:
        UsageError: there is none.
        ServerError: the server is away or refuses us.
    """
    conditions = {**query, "name": exactly(name), "order_by": ["-last_update"], "only_fields": ["id"]}
    conditions |= {"page": 0, "page_size": 1, "search_hidden": True}
    if project is not None:
        ids = client.send(projects.GET_ALL, projects.GetAll(name=exactly(project), search_hidden=True)).projects
        if not ids:
            raise UsageError(f"project_name: there is no project {project!r}")
        conditions["project"] = [str(found["id"]) for found in ids]
    body = {key: value for key, value in conditions.items() if value is not None}
    answer = client.send_raw(tasks.GET_ALL.name, msgspec.json.encode(body))
    found = msgspec.json.decode(answer, type=tasks.GetAllResponse).tasks
    if not found:
        raise UsageError(f"task_name: there is no task {name!r}" + (f" in project {project!r}" if project else ""))
    return str(found[0]["id"])


def project_name(client: Client, project: str) -> str:
    """The full name of a project."""
    return client.send(projects.GET_BY_ID, projects.GetById(project=project)).project.name


def exactly(name: str) -> str:
    """A regular expression that matches this name only: listings search by expression (protocol §2.0)."""
    return f"^{re.escape(name)}$"
