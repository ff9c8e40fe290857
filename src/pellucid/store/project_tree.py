"""Moving and removing branches of the tree of projects, inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, select, update

from pellucid.store.dialects import any_of, overlaps
from pellucid.store.records import ProjectRecord
from pellucid.store.rows import to_record, to_values
from pellucid.store.tables import models, projects, tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """What was removed, or moved elsewhere, with a project: it and its descendants; tasks and models in them."""

    projects: int
    tasks: int
    models: int


def descendants(connection: Connection, project: str) -> list[ProjectRecord]:
    """All projects below one, locked, by id."""
    below = select(projects).where(overlaps(projects.c.path, [project])).order_by(projects.c.id).with_for_update()
    return [to_record(ProjectRecord, row) for row in connection.execute(below)]


def follow(connection: Connection, old: ProjectRecord, new: ProjectRecord, below: Sequence[ProjectRecord]) -> None:
    """Have the descendants of a project follow it to its new name and place."""
    for project in below:
        at = project.path.index(old.id)
        moved = replace(
            project,
            name=new.name + project.name.removeprefix(old.name),
            path=[*new.path, *project.path[at:]],
        )
        connection.execute(update(projects).where(projects.c.id == project.id), to_values(moved))


def move_contents(connection: Connection, ids: Sequence[str], destination: str | None) -> tuple[int, int]:
    """Put the tasks and models of projects elsewhere; returns how many of each."""
    moved_tasks = connection.execute(update(tasks).where(any_of(tasks.c.project, ids)).values(project=destination))
    moved_models = connection.execute(update(models).where(any_of(models.c.project, ids)).values(project=destination))
    return moved_tasks.rowcount, moved_models.rowcount


def remove(connection: Connection, ids: Sequence[str]) -> None:
    """Remove projects that hold nothing any more."""
    connection.execute(update(projects).where(any_of(projects.c.id, ids)).values(parent=None))
    connection.execute(delete(projects).where(any_of(projects.c.id, ids)))
