"""Finding tasks and projects on a server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pellucid.base.errors import RequestRefusedError, UsageError
from pellucid.client.projects import find_project
from pellucid.sdk.task_conditions import ARCHIVED, Conditions, as_list
from pellucid.wire import projects, tasks
from pellucid.wire.codes import ErrorCode

if TYPE_CHECKING:
    from pellucid.client.session import Client

PAGE: Final = 500
"""Tasks or projects in one answer, the most that a server gives (protocol §2.0)."""

NEWEST_FIRST: Final = ["-last_update"]


def find_tasks(client: Client, conditions: Conditions) -> Iterator[dict[str, Any]]:
    """All tasks that match, page by page, or the one page that the conditions name.

    Args:
        client: the server.
        conditions: as ``tasks.get_all`` takes them; by default, the tasks changed last come first.

    Raises:
        UsageError: the server can't use a condition.
        ServerError: the server is away or refuses us.
    """
    body = {"order_by": NEWEST_FIRST, **conditions}
    if "page" in body or "page_size" in body:
        yield from _page(client, body)
        return
    seen: set[str] = set()
    for page in count():
        found = _page(client, {**body, "page": page, "page_size": PAGE})
        # One that changes meanwhile may move to another page.
        yield from (document for document in found if document["id"] not in seen)
        seen.update(document["id"] for document in found)
        if len(found) < PAGE:
            return


def find_task(client: Client, name: str, conditions: Conditions) -> list[str]:
    """Ids of the one or two tasks of a name that were changed last; archived ones only if there are no others
    (sdk-surface M84).

    Args:
        client: the server.
        name: exactly.
        conditions: more of them.
    """
    query = {
        **conditions,
        "name": exactly(name),
        "only_fields": ["id"],
        "page": 0,
        "page_size": 2,
        "search_hidden": True,
    }
    tags = as_list(conditions.get("system_tags"))
    for system_tags in ([f"-{ARCHIVED}", *tags], tags):
        found = [str(one["id"]) for one in find_tasks(client, {**query, "system_tags": system_tags})]
        if found:
            return found
    return []


def find_projects(client: Client, query: projects.GetAll) -> Iterator[dict[str, Any]]:
    """All projects that match, page by page, or the one page that the query names."""
    if query.page is not None or query.page_size is not None:
        yield from client.send(projects.GET_ALL, query).projects
        return
    for page in count():
        found = client.send(projects.GET_ALL, msgspec.structs.replace(query, page=page, page_size=PAGE)).projects
        yield from found
        if len(found) < PAGE:
            return


def project_ids(client: Client, names: Iterable[str]) -> list[str]:
    """Ids of projects by their full names.

    Raises:
        UsageError: there is none of a name.
    """
    ids = []
    for name in names:
        found = find_project(client, name)
        if found is None:
            raise UsageError(f"project_name: there is no project {name!r}")
        ids.append(found)
    return ids


def project_name(client: Client, project: str) -> str:
    """The full name of a project."""
    return client.send(projects.GET_BY_ID, projects.GetById(project=project)).project.name


def exactly(name: str) -> str:
    """A regular expression that matches this name only: listings search by expression (protocol §2.0)."""
    return f"^{re.escape(name)}$"


def _page(client: Client, body: Conditions) -> list[dict[str, Any]]:
    try:
        request = msgspec.json.encode(body)
    except TypeError as error:
        raise UsageError(f"task_filter can't be sent: {error}") from error
    try:
        answer = client.send_raw(tasks.GET_ALL.name, request)
    except RequestRefusedError as error:
        if error.code != ErrorCode.VALIDATION.status:
            raise
        raise UsageError(f"task_filter: {error.message}") from error
    return msgspec.json.decode(answer, type=tasks.GetAllResponse).tasks
