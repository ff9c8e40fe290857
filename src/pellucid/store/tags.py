"""The tags in use, out of the lists that tasks, models, projects and queues have."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Table, select, true

from pellucid.store import tables
from pellucid.store.database import Database
from pellucid.store.dialects import any_of, json_texts, overlaps

_KINDS: Final[dict[str, Table]] = {
    "tasks": tables.tasks,
    "models": tables.models,
    "projects": tables.projects,
    "queues": tables.queues,
}


class SqlTags:
    """See ``pellucid.store.api.Tags``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def used(
        self, kind: str, *, system: bool = False, projects: Collection[str] = (), beside: Collection[str] = ()
    ) -> list[str]:
        """The tags of one kind of rows."""
        table = _KINDS[kind]
        texts = json_texts(table.c.system_tags if system else table.c.tags).table_valued("value")
        tags = select(texts.c.value).select_from(table.join(texts, true())).distinct().order_by(texts.c.value)
        if projects:
            tags = tags.where(any_of(table.c.id if kind == "projects" else table.c.project, projects))
        if beside:
            tags = tags.where(overlaps(table.c.system_tags, beside))
        with self._database.read() as connection:
            return list(connection.scalars(tags))
