"""What tells that something has changed: for each thing that a person may look at, a short text that is another one
after every change. Cheap enough to be asked for twice a second, whatever else the database does."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select

from pellucid.store.database import Database
from pellucid.store.tables import models, projects, queue_entries, queues, tasks, workers

_LATEST: Final = 10
_WAITING: Final = 500
"""Tasks whose order is watched: more than anybody sees at once."""


class SqlVersions:
    """Versions of what is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tasks(self, ids: Collection[str]) -> dict[str, str]:
        """Of tasks, by id; without those that do not exist."""
        if not ids:
            return {}
        with self._database.read() as connection:
            found = connection.execute(select(tasks.c.id, tasks.c.last_change).where(tasks.c.id.in_(ids)))
            return {row.id: _text([row.last_change]) for row in found}

    def task_lists(self, projects: Collection[str]) -> dict[str, str]:
        """Of the tasks directly in projects, by the project's id."""
        if not projects:
            return {}
        with self._database.read() as connection:
            return {one: _latest(connection, tasks, tasks.c.project == one) for one in projects}

    def all_tasks(self) -> str:
        """Of all tasks."""
        with self._database.read() as connection:
            return _latest(connection, tasks)

    def all_models(self) -> str:
        """Of all models."""
        with self._database.read() as connection:
            return _latest(connection, models)

    def all_projects(self) -> str:
        """Of the tree of projects, without their tasks."""
        with self._database.read() as connection:
            return _counted(connection, projects, func.max(projects.c.last_update))

    def all_queues(self) -> str:
        """Of the queues and what waits in them, in its order."""
        waiting = select(queue_entries.c.task).order_by(queue_entries.c.queue, queue_entries.c.position)
        with self._database.read() as connection:
            parts = [
                _counted(connection, queues, func.max(queues.c.last_update)),
                _counted(connection, queue_entries, func.max(queue_entries.c.position)),
                *connection.execute(waiting.limit(_WAITING)).scalars(),
            ]
        return hashlib.blake2b("/".join(parts).encode(), digest_size=16).hexdigest()

    def all_workers(self) -> str:
        """Of the workers and what they do."""
        with self._database.read() as connection:
            return _counted(connection, workers, func.max(workers.c.last_activity))


def _latest(connection: Connection, table: Table, *conditions: Any) -> str:
    """Not of the last change alone: of two servers' changes, the earlier one may come to be seen later."""
    latest = select(table.c.last_change, table.c.id).where(*conditions)
    rows = connection.execute(latest.order_by(table.c.last_change.desc(), table.c.id.desc()).limit(_LATEST))
    return _text(part for row in rows for part in row)


def _counted(connection: Connection, table: Table, end: Any) -> str:
    return _text(connection.execute(select(func.count(), end).select_from(table)).one())


def _text(parts: Iterable[object]) -> str:
    return " ".join(str(part) for part in parts)
