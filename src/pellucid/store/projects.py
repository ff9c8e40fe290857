"""The tree of projects, in a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from pellucid.base.ids import new_id
from pellucid.store import tables
from pellucid.store.database import Database
from pellucid.store.dialects import insert_absent
from pellucid.store.errors import AlreadyExistsError
from pellucid.store.pages import find_rows
from pellucid.store.queries import count_rows
from pellucid.store.records import ProjectRecord, Query
from pellucid.store.rows import get_record, to_record, to_values, update_record


class SqlProjects:
    """See ``pellucid.store.api.Projects``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        name: str,
        *,
        user: str,
        now: datetime,
        description: str = "",
        tags: Sequence[str] = (),
        system_tags: Sequence[str] = (),
        default_output_destination: str | None = None,
    ) -> ProjectRecord:
        """Create a project and its missing ancestors."""
        with self._database.write() as connection:
            if _named(connection, name):
                raise AlreadyExistsError("project", name)
            bare = _below(connection, name, user, now)
            project = replace(
                bare,
                description=description,
                tags=list(tags),
                system_tags=list(system_tags),
                default_output_destination=default_output_destination,
            )
            _add(connection, project)
            return project

    def get(self, project: str) -> ProjectRecord:
        """One project."""
        with self._database.read() as connection:
            return get_record(connection, tables.projects, ProjectRecord, "project", project)

    def find(self, query: Query) -> list[ProjectRecord]:
        """Projects that match."""
        with self._database.read() as connection:
            rows = find_rows(connection, tables.projects, query, order="name")
            return [to_record(ProjectRecord, row) for row in rows]

    def count(self, query: Query) -> int:
        """How many projects match."""
        with self._database.read() as connection:
            return count_rows(connection, tables.projects, query)

    def update(self, project: str, change: Callable[[ProjectRecord], ProjectRecord]) -> ProjectRecord:
        """Change a project."""

        def changed(old: ProjectRecord) -> ProjectRecord:
            new = change(old)
            if new.name != old.name and _named(connection, new.name):
                raise AlreadyExistsError("project", new.name)
            return new

        with self._database.write() as connection:
            return update_record(connection, tables.projects, ProjectRecord, "project", project, changed)


def _named(connection: Connection, name: str) -> ProjectRecord | None:
    row = connection.execute(select(tables.projects).where(tables.projects.c.name == name)).first()
    return to_record(ProjectRecord, row) if row else None


def _ensured(connection: Connection, name: str, user: str, now: datetime) -> ProjectRecord:
    """The project of this name, which is made with its ancestors if it is missing."""
    while (found := _named(connection, name)) is None:
        project = _below(connection, name, user, now)
        if insert_absent(connection, tables.projects, to_values(project)):
            return project
        # Another process was faster: what it has made is there to be found.
    return found


def _below(connection: Connection, name: str, user: str, now: datetime) -> ProjectRecord:
    """A project that is not stored yet, below ancestors that are."""
    above, _, basename = name.rpartition("/")
    parent = _ensured(connection, above, user, now) if above else None
    return ProjectRecord(
        id=new_id(),
        name=name,
        basename=basename,
        parent=parent.id if parent else None,
        path=[*parent.path, parent.id] if parent else [],
        user=user,
        created=now,
        last_update=now,
    )


def _add(connection: Connection, project: ProjectRecord) -> None:
    if not insert_absent(connection, tables.projects, to_values(project)):
        raise AlreadyExistsError("project", project.name)
