"""What many tasks together have: names of metrics and parameters, and numbers by project."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, Text, cast, func, or_, select, true

from pellucid.store.dialects import any_of, overlaps
from pellucid.store.json_access import json_entries
from pellucid.store.queries import matches
from pellucid.store.records import Query
from pellucid.store.tables import models, series, tasks

_ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCount:
    """How many tasks of one status there are right in a project, and when something happened to them.

    ``seconds`` is how long they have been running, all together.
    """

    project: str
    archived: bool
    status: str
    count: int
    seconds: int
    last_update: datetime


def metric_names(connection: Connection, query: Query) -> list[tuple[str, str]]:
    """Title and series of all scalars of the tasks that match, each once, in order."""
    named = select(series.c.title, series.c.series).join(tasks, tasks.c.id == series.c.task)
    rows = connection.execute(named.where(matches(tasks, query)).distinct())
    return sorted((row.title, row.series) for row in rows)


def parameter_names(connection: Connection, query: Query) -> list[tuple[str, str]]:
    """Section and name of all hyperparameters of the tasks that match, each once, in order."""
    sections = json_entries(tasks.c.hyperparams)
    parameters = json_entries(sections.c.value)
    source = tasks.join(sections, true()).join(parameters, true())
    named = select(sections.c.key.label("section"), parameters.c.key.label("name")).select_from(source)
    rows = connection.execute(named.where(matches(tasks, query)).distinct())
    return sorted((row.section, row.name) for row in rows)


def artifact_uris(connection: Connection, uris: Collection[str]) -> set[str]:
    """Those of the addresses that artifacts of any task have, found in one pass over the tasks."""
    wanted = set(uris)
    if not wanted:
        return wanted
    text = cast(tasks.c.execution, Text)
    named = or_(*(text.contains(f'"{uri}"', autoescape=True) for uri in sorted(wanted)))
    rows = connection.execute(select(tasks.c.execution).where(named))
    return wanted & {artifact.get("uri") for row in rows for artifact in row.execution.get("artifacts") or ()}


def metadata_keys(connection: Connection, table: Table, query: Query) -> list[str]:
    """The keys of all metadata of the rows that match, each once, in order."""
    entries = json_entries(table.c.metadata)
    keys = select(entries.c.key).select_from(table.join(entries, true())).where(matches(table, query)).distinct()
    return sorted(connection.scalars(keys))


def task_counts(connection: Connection, projects: Collection[str]) -> list[TaskCount]:
    """The tasks of each of the projects, counted."""
    archived = overlaps(tasks.c.system_tags, [_ARCHIVED]).label("archived")
    counted = (
        select(
            tasks.c.project,
            archived,
            tasks.c.status,
            func.count().label("count"),
            func.coalesce(func.sum(tasks.c.active_duration), 0).label("seconds"),
            func.max(tasks.c.last_update).label("last_update"),
        )
        .where(any_of(tasks.c.project, projects))
        .group_by(tasks.c.project, archived, tasks.c.status)
    )
    return [
        TaskCount(
            project=row.project,
            archived=bool(row.archived),
            status=row.status,
            count=row._mapping["count"],
            seconds=int(row.seconds),
            last_update=row.last_update,
        )
        for row in connection.execute(counted)
    ]


def model_counts(connection: Connection, projects: Collection[str]) -> dict[str, int]:
    """How many models there are right in each of the projects; those without any are left out."""
    counted = select(models.c.project, func.count().label("count")).where(any_of(models.c.project, projects))
    rows = connection.execute(counted.group_by(models.c.project))
    return {row.project: row._mapping["count"] for row in rows}
