"""The part of ``Task`` that finds tasks and projects (seed, Accessing Tasks, Querying Tasks; sdk-surface §1.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self, overload

import msgspec

from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.base.log import logger
from pellucid.client.projects import find_project
from pellucid.sdk import current, finding
from pellucid.sdk.arguments import check_flag, check_text
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.servers import reachable_client
from pellucid.sdk.task_conditions import Conditions, conditions_of
from pellucid.wire import projects

if TYPE_CHECKING:
    from pellucid.client.session import Client

_MOMENTS: Final = {
    "created",
    "started",
    "completed",
    "published",
    "status_changed",
    "last_update",
    "last_change",
    "last_worker_report",
}


class QueryMethods:
    """Tasks and projects of a server. All of these ask the server, and raise ``ServerError`` if there is none, if it is
    away, or if it refuses us."""

    _record: TaskRecord

    if TYPE_CHECKING:

        @property
        def id(self) -> str: ...
        @classmethod
        def _stored(cls, task_id: str, client: Client, connection: Connection) -> Self: ...

    @overload
    @classmethod
    def get_task(
        cls,
        task_id: str,
        project_name: str | None = None,
        task_name: str | None = None,
        tags: Iterable[str] | None = None,
        allow_archived: bool = True,
        task_filter: Mapping[str, Any] | None = None,
    ) -> Self: ...

    @overload
    @classmethod
    def get_task(
        cls,
        task_id: None = None,
        project_name: str | None = None,
        task_name: str | None = None,
        tags: Iterable[str] | None = None,
        allow_archived: bool = True,
        task_filter: Mapping[str, Any] | None = None,
    ) -> Self | None: ...

    @classmethod
    def get_task(
        cls,
        task_id: str | None = None,
        project_name: str | None = None,
        task_name: str | None = None,
        tags: Iterable[str] | None = None,
        allow_archived: bool = True,
        task_filter: Mapping[str, Any] | None = None,
    ) -> Self | None:
        """Get a task to look at (seed, Accessing Tasks).

        Args:
            task_id: its id, with which nothing else counts; or else:
            project_name: full name of its project; any by default.
            task_name: its name, exactly. Of several with that name, the one changed last, and archived ones only if
                there are no others.
            tags: as for ``get_tasks``.
            allow_archived: whether archived tasks count.
            task_filter: as for ``get_tasks``.

        Returns:
            The task; ``None`` if there is none of that name.

        Raises:
            UsageError: there is no task of that id, no such project, or neither an id nor a name is given.
        """
        if task_id is not None:
            return cls._by_id(check_text("task_id", task_id))
        if task_name is None:
            raise UsageError("task_id is None; give the id of a task, or project_name and task_name")
        name = check_text("task_name", task_name)
        conditions = conditions_of(tags, task_filter, allow_archived=check_flag("allow_archived", allow_archived))
        client, connection = reachable_client()
        found = finding.find_task(client, name, conditions | _in_projects(client, project_name))
        if len(found) > 1:
            logger.warning("several tasks are named %r; %s, changed last, is taken", name, found[0])
        return cls._stored(found[0], client, connection) if found else None

    @classmethod
    def get_by_name(cls, task_name: str) -> Self | None:
        """The task of a name, in any project, that was changed last; ``None`` if there is none."""
        return cls.get_task(task_name=task_name)

    @classmethod
    def get_tasks(
        cls,
        task_ids: Sequence[str] | None = None,
        project_name: str | Sequence[str] | None = None,
        task_name: str | None = None,
        tags: Iterable[str] | None = None,
        allow_archived: bool = True,
        task_filter: Mapping[str, Any] | None = None,
    ) -> list[Self]:
        """All tasks that match, the ones changed last first (seed, Querying Tasks).

        Args:
            task_ids: these ids, with which nothing else counts.
            project_name: full name of their project, or several.
            task_name: a regular expression, searched for in their names, in any case of letters if it begins with
                ``(?i)``.
            tags: any of these. ``-tag`` is one that must be absent; ``__$and``, ``__$or`` and ``__$not`` combine them
                (seed, Tag Filters).
            allow_archived: whether archived tasks count.
            task_filter: fields of the protocol's ``tasks.get_all``, such as ``status``, ``type``, ``parent``,
                ``search_text`` (a regular expression), ``order_by``, ``started`` (``['>2026-01-01']``).

        Returns:
            The tasks; none if none match.

        Raises:
            UsageError: there is no task of an id or no such project, or an argument can't be used.
        """
        if task_ids is not None:
            return cls._by_ids(_texts("task_ids", task_ids))
        conditions = conditions_of(tags, task_filter, allow_archived=check_flag("allow_archived", allow_archived))
        client, connection = reachable_client()
        conditions |= _named(task_name) | _in_projects(client, project_name) | {"only_fields": ["id"]}
        return [cls._stored(one["id"], client, connection) for one in finding.find_tasks(client, conditions)]

    @classmethod
    def query_tasks(
        cls,
        project_name: str | Sequence[str] | None = None,
        task_name: str | None = None,
        tags: Iterable[str] | None = None,
        additional_return_fields: Sequence[str] | None = None,
        task_filter: Mapping[str, Any] | None = None,
    ) -> list[str] | list[dict[str, Any]]:
        """Ids of all tasks that match, the ones changed last first, in one request for each 500 of them.

        Args:
            project_name: as for ``get_tasks``.
            task_name: as for ``get_tasks``.
            tags: as for ``get_tasks``.
            additional_return_fields: what else to return of each, such as ``last_update`` or ``script.repository``.
            task_filter: as for ``get_tasks``.

        Returns:
            Ids; or if fields are asked for, dictionaries of ``id`` and those, ``None`` where a task has no such field.

        Raises:
            UsageError: there is no such project, or an argument can't be used.
        """
        fields = (
            [] if additional_return_fields is None else _texts("additional_return_fields", additional_return_fields)
        )
        conditions = conditions_of(tags, task_filter)
        client, _ = reachable_client()
        conditions |= _named(task_name) | _in_projects(client, project_name) | {"only_fields": ["id", *fields]}
        found = finding.find_tasks(client, conditions)
        if additional_return_fields is None:
            return [str(one["id"]) for one in found]
        return [{"id": one["id"]} | {field: _value(one, field) for field in fields} for one in found]

    @classmethod
    def get_all(cls, **kwargs: Any) -> list[dict[str, Any]]:
        """Documents of tasks as the protocol has them; the arguments are fields of its ``tasks.get_all``."""
        client, _ = reachable_client()
        return list(finding.find_tasks(client, conditions_of(None, kwargs)))

    @classmethod
    def get_projects(cls, **kwargs: Any) -> list[projects.Project]:
        """Projects, the ones changed last first.

        Args:
            kwargs: fields of the protocol's ``projects.get_all``, such as ``name`` (an expression) or ``parent``.

        Raises:
            UsageError: there is no field of that name, or it can't have that value.
        """
        known = projects.GetAll.__struct_fields__
        for name in kwargs:
            if name not in known or name == "only_fields":
                raise UsageError(f"get_projects has no argument {name!r}; allowed are {', '.join(sorted(known))}")
        try:
            query = msgspec.convert({"order_by": finding.NEWEST_FIRST, **kwargs}, projects.GetAll)
        except msgspec.ValidationError as error:
            raise UsageError(f"get_projects: {error}") from error
        client, _ = reachable_client()
        return [msgspec.convert(one, projects.Project) for one in finding.find_projects(client, query)]

    @classmethod
    def get_project_id(cls, project_name: str, search_hidden: bool = True) -> str | None:
        """Id of the project of a full name, ``None`` if there is none.

        Args:
            project_name: the full name.
            search_hidden: whether projects count that listings leave out.
        """
        client, _ = reachable_client()
        name = check_text("project_name", project_name)
        return find_project(client, name, hidden=check_flag("search_hidden", search_hidden))

    @classmethod
    def _by_id(cls, task_id: str) -> Self:
        running = current.get()
        if isinstance(running, cls) and task_id in (running.id, running._record.task_id):
            return running
        client, connection = reachable_client()
        task = cls._stored(task_id, client, connection)
        task._record.document()  # raises if there is none
        return task

    @classmethod
    def _by_ids(cls, task_ids: list[str]) -> list[Self]:
        if not task_ids:
            return []
        client, connection = reachable_client()
        found = {one["id"] for one in finding.find_tasks(client, {"id": task_ids, "only_fields": ["id"]})}
        for task_id in task_ids:
            if task_id not in found:
                raise UsageError(f"task_ids: there is no task {task_id!r} on {client.host}")
        return [cls._stored(task_id, client, connection) for task_id in task_ids]


def _texts(argument: str, values: object) -> list[str]:
    if isinstance(values, str):
        return [check_text(argument, values)]
    found: list[Any] = list(values) if isinstance(values, Iterable) else [values]
    if all(isinstance(value, str) and value for value in found):
        return found
    raise UsageError(f"{argument} is {values!r}; allowed is a list of texts")


def _named(task_name: str | None) -> Conditions:
    return {} if task_name is None else {"name": check_text("task_name", task_name)}


def _in_projects(client: Client, names: str | Sequence[str] | None) -> Conditions:
    """In these projects; in any if nothing is said."""
    if names is None:
        return {}
    found = _texts("project_name", names)
    if not found:
        # The server would take no project for any, and somebody may be about to delete what is found.
        raise UsageError(f"project_name is {names!r}; allowed is the name of a project, or several")
    return {"project": finding.project_ids(client, found)}


def _field(document: Mapping[str, Any], path: str) -> Any:
    """What is at a dotted path of a document, ``None`` for nothing; names may have dots in them."""
    place: Any = document
    while path:
        if not isinstance(place, Mapping):
            return None
        name = next((name for name in sorted(place, key=len, reverse=True) if f"{path}.".startswith(f"{name}.")), None)
        if name is None:
            return None
        place, path = place[name], path[len(name) + 1 :]
    return place


def _value(document: Mapping[str, Any], field: str) -> Any:
    value = _field(document, field)
    return datetime.fromisoformat(value) if field in _MOMENTS and isinstance(value, str) else value
