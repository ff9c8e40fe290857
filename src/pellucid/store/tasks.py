"""Task documents, in a table."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete

from pellucid.store import tables, task_facts
from pellucid.store.database import Database
from pellucid.store.dialects import insert_absent
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.pages import find_rows
from pellucid.store.queries import count_rows, distinct_values
from pellucid.store.records import Query, TaskRecord
from pellucid.store.rows import exists, get_record, to_record, to_values, update_record
from pellucid.store.task_facts import TaskCount
from pellucid.store.task_removal import Removal, clear_outputs, delete_own_models, disown, leave_queue


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

    def metric_names(self, query: Query) -> list[tuple[str, str]]:
        """Title and series of all scalars."""
        with self._database.read() as connection:
            return task_facts.metric_names(connection, query)

    def parameter_names(self, query: Query) -> list[tuple[str, str]]:
        """Section and name of all hyperparameters."""
        with self._database.read() as connection:
            return task_facts.parameter_names(connection, query)

    def artifact_uris(self, uris: Collection[str]) -> set[str]:
        """Those of the addresses that artifacts of any task have."""
        with self._database.read() as connection:
            return task_facts.artifact_uris(connection, uris)

    def counts(self, projects: Collection[str]) -> list[TaskCount]:
        """The tasks of projects, counted."""
        with self._database.read() as connection:
            return task_facts.task_counts(connection, projects)

    def update(self, task: str, change: Callable[[TaskRecord], TaskRecord]) -> TaskRecord:
        """Change a task."""

        def changed(old: TaskRecord) -> TaskRecord:
            new = change(old)
            _check_project(connection, new.project)
            return new

        with self._database.write() as connection:
            return update_record(connection, tables.tasks, TaskRecord, "task", task, changed)

    def reset(
        self, task: str, change: Callable[[TaskRecord], TaskRecord], now: datetime, *, models: bool = False
    ) -> tuple[TaskRecord, Removal]:
        """Change a task, and forget what it has reported."""
        before: list[TaskRecord] = []

        def noted(old: TaskRecord) -> TaskRecord:
            before.append(replace(old))
            return change(old)

        with self._database.write() as connection:
            record = update_record(connection, tables.tasks, TaskRecord, "task", task, noted)
            deleted = delete_own_models(connection, task) if models else []
            leave_queue(connection, task, now)
            return record, Removal(task=before[0], models=deleted, urls=clear_outputs(connection, task))

    def delete(self, task: str, check: Callable[[TaskRecord], None], now: datetime, *, models: bool = False) -> Removal:
        """Remove a task that passes the check."""

        def checked(record: TaskRecord) -> TaskRecord:
            check(record)
            return record

        with self._database.write() as connection:
            record = update_record(connection, tables.tasks, TaskRecord, "task", task, checked)
            deleted = delete_own_models(connection, task) if models else []
            children, models_left = disown(connection, task)
            leave_queue(connection, task, now)
            urls = clear_outputs(connection, task)
            connection.execute(delete(tables.tasks).where(tables.tasks.c.id == task))
            return Removal(task=record, models=deleted, models_left=models_left, children=children, urls=urls)


def _check_project(connection: Connection, project: str | None) -> None:
    if project is not None and not exists(connection, tables.projects, project):
        raise NotFoundError("project", project)
