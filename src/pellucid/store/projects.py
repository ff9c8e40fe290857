"""The tree of projects, in a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from pellucid.base.ids import new_id
from pellucid.store import tables
from pellucid.store.database import Database
from pellucid.store.dialects import insert_absent
from pellucid.store.errors import AlreadyExistsError, BadQueryError
from pellucid.store.pages import find_rows
from pellucid.store.project_tree import Branch, descendants, follow, move_contents, remove
from pellucid.store.queries import count_rows, distinct_values
from pellucid.store.records import ProjectRecord, Query
from pellucid.store.rows import get_record, lock_record, to_record, to_values, update_record


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

    def values(self, field: str, query: Query) -> list[str]:
        """The texts that a field has."""
        with self._database.read() as connection:
            return distinct_values(connection, tables.projects, field, query)

    def update(self, project: str, change: Callable[[ProjectRecord], ProjectRecord]) -> ProjectRecord:
        """Change a project; its descendants follow it to a new name."""
        with self._database.write() as connection:

            def changed(old: ProjectRecord) -> ProjectRecord:
                new = change(old)
                return new if new.name == old.name else _renamed(connection, old, new)

            return update_record(connection, tables.projects, ProjectRecord, "project", project, changed)

    def delete(self, project: str) -> Branch:
        """Remove a project and its descendants."""
        with self._database.write() as connection:
            lock_record(connection, tables.projects, ProjectRecord, "project", project)
            ids = [project, *(each.id for each in descendants(connection, project))]
            moved_tasks, moved_models = move_contents(connection, ids, None)
            remove(connection, ids)
            return Branch(projects=len(ids), tasks=moved_tasks, models=moved_models)

    def merge(self, project: str, destination: str) -> Branch:
        """Put what is in a project elsewhere, and remove it."""
        with self._database.write() as connection:
            for key in sorted({project, destination}):
                lock_record(connection, tables.projects, ProjectRecord, "project", key)
            into = get_record(connection, tables.projects, ProjectRecord, "project", destination)
            below = descendants(connection, project)
            children = [each for each in below if each.parent == project]
            for child in children:
                moved = _renamed(connection, child, replace(child, name=f"{into.name}/{child.basename}"))
                connection.execute(update(tables.projects).where(tables.projects.c.id == child.id), to_values(moved))
            moved_tasks, moved_models = move_contents(connection, [project], destination)
            remove(connection, [project])
            return Branch(projects=len(below), tasks=moved_tasks, models=moved_models)


def _renamed(connection: Connection, old: ProjectRecord, new: ProjectRecord) -> ProjectRecord:
    """The project in its new place, with the ancestors that its new name asks for; its descendants are there already.

    Raises: AlreadyExistsError if the name is taken, BadQueryError for a place below itself.
    """
    if f"{new.name}/".startswith(f"{old.name}/"):
        raise BadQueryError(f"project {old.name!r} cannot be put below itself, as {new.name!r}")
    if _named(connection, new.name):
        raise AlreadyExistsError("project", new.name)
    place = _below(connection, new.name, new.user, new.last_update)
    moved = replace(new, basename=place.basename, parent=place.parent, path=place.path)
    follow(connection, old, moved, descendants(connection, old.id))
    return moved


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
