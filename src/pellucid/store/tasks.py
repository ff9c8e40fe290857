"""Task documents, in a table."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, delete

from pellucid.store import tables
from pellucid.store.database import Database
from pellucid.store.dialects import insert_absent
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.pages import find_rows
from pellucid.store.queries import count_rows, distinct_values
from pellucid.store.records import Query, TaskRecord
from pellucid.store.rows import exists, get_record, to_record, to_values, update_record


class SqlTasks:
    """See ``pellucid.store.api.Tasks``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, task: TaskRecord) -> None:
        """Add a task."""
        with self._database.write() as connection:
            _check_project(connection, task.project)
            if task.parent is not None and not exists(connection, tables.tasks, task.parent):
                raise NotFoundError("task", task.parent)
            if not insert_absent(connection, tables.tasks, to_values(task)):
                raise AlreadyExistsError("task", task.id)

    def get(self, task: str) -> TaskRecord:
        """One task."""
        with self._database.read() as connection:
            return get_record(connection, tables.tasks, TaskRecord, "task", task)

    def find(self, query: Query) -> list[TaskRecord]:
        """Tasks that match."""
        with self._database.read() as connection:
            return [to_record(TaskRecord, row) for row in find_rows(connection, tables.tasks, query)]

    def count(self, query: Query) -> int:
        """How many tasks match."""
        with self._database.read() as connection:
            return count_rows(connection, tables.tasks, query)

    def values(self, field: str, query: Query) -> list[str]:
        """The texts that a field has."""
        with self._database.read() as connection:
            return distinct_values(connection, tables.tasks, field, query)

    def update(self, task: str, change: Callable[[TaskRecord], TaskRecord]) -> TaskRecord:
        """Change a task."""

        def changed(old: TaskRecord) -> TaskRecord:
            new = change(old)
            _check_project(connection, new.project)
            return new

        with self._database.write() as connection:
            return update_record(connection, tables.tasks, TaskRecord, "task", task, changed)

    def clear_outputs(self, task: str) -> None:
        """Forget what a task has reported."""
        with self._database.write() as connection:
            if not exists(connection, tables.tasks, task):
                raise NotFoundError("task", task)
            for table in (tables.blocks, tables.events, tables.series, tables.writers):
                connection.execute(delete(table).where(table.c.task == task))


def _check_project(connection: Connection, project: str | None) -> None:
    if project is not None and not exists(connection, tables.projects, project):
        raise NotFoundError("project", project)
