"""Models, in a table."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection, Text, cast, delete, select

from pellucid.store import tables, task_facts
from pellucid.store.database import Database
from pellucid.store.dialects import insert_absent
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.model_records import ModelRecord
from pellucid.store.pages import find_rows
from pellucid.store.queries import count_rows, distinct_values
from pellucid.store.records import Query, TaskRecord
from pellucid.store.rows import exists, get_record, to_record, to_values, update_record
from pellucid.store.task_removal import clear_outputs


class SqlModels:
    """See ``pellucid.store.api.Models``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, model: ModelRecord) -> None:
        """Add a model."""
        with self._database.write() as connection:
            _check_project(connection, model.project)
            if not insert_absent(connection, tables.models, to_values(model)):
                raise AlreadyExistsError("model", model.id)

    def get(self, model: str) -> ModelRecord:
        """One model."""
        with self._database.read() as connection:
            return get_record(connection, tables.models, ModelRecord, "model", model)

    def find(self, query: Query) -> list[ModelRecord]:
        """Models that match."""
        with self._database.read() as connection:
            return [to_record(ModelRecord, row) for row in find_rows(connection, tables.models, query)]

    def count(self, query: Query) -> int:
        """How many models match."""
        with self._database.read() as connection:
            return count_rows(connection, tables.models, query)

    def metadata_keys(self, query: Query) -> list[str]:
        """The keys of all metadata."""
        with self._database.read() as connection:
            return task_facts.metadata_keys(connection, tables.models, query)

    def counts(self, projects: Collection[str]) -> dict[str, int]:
        """How many models there are in projects."""
        with self._database.read() as connection:
            return task_facts.model_counts(connection, projects)

    def update(self, model: str, change: Callable[[ModelRecord], ModelRecord]) -> ModelRecord:
        """Change a model."""

        def changed(old: ModelRecord) -> ModelRecord:
            new = change(old)
            if new.project != old.project:
                _check_project(connection, new.project)
            return new

        with self._database.write() as connection:
            return update_record(connection, tables.models, ModelRecord, "model", model, changed)

    def delete(self, model: str, check: Callable[[ModelRecord], None]) -> ModelRecord:
        """Remove a model that passes the check."""
        with self._database.write() as connection:
            found = select(tables.models).where(tables.models.c.id == model).with_for_update()
            row = connection.execute(found).first()
            if row is None:
                raise NotFoundError("model", model)
            record = to_record(ModelRecord, row)
            check(record)
            clear_outputs(connection, model)
            connection.execute(delete(tables.models).where(tables.models.c.id == model))
            return record

    def tasks_using(self, model: str) -> list[TaskRecord]:
        """Tasks that name the model."""
        named = cast(tables.tasks.c.models, Text).contains(f'"{model}"', autoescape=True)
        with self._database.read() as connection:
            rows = connection.execute(select(tables.tasks).where(named).order_by(tables.tasks.c.id))
            return [to_record(TaskRecord, row) for row in rows]

    def values(self, field: str, query: Query) -> list[str]:
        """The texts that a field has."""
        with self._database.read() as connection:
            return distinct_values(connection, tables.models, field, query)

    def frameworks(self, projects: Collection[str] = ()) -> list[str]:
        """The frameworks in use."""
        framework = tables.models.c.framework
        used = select(framework).where(framework != "").distinct().order_by(framework)
        if projects:
            used = used.where(tables.models.c.project.in_(projects))
        with self._database.read() as connection:
            return list(connection.scalars(used))


def _check_project(connection: Connection, project: str | None) -> None:
    if project is not None and not exists(connection, tables.projects, project):
        raise NotFoundError("project", project)
