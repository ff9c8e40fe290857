"""Console lines, plots and samples as rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Text, bindparam, select, true

from pellucid.store.dialects import Insert, insert
from pellucid.store.json_rows import json_rows, value_at
from pellucid.store.records import EventRecord
from pellucid.store.tables import events

CONSOLE: Final = "log"
"""The type of console lines (protocol §2.6)."""

_FIELDS: Final = tuple(field.name for field in fields(EventRecord))
_values = attrgetter(*_FIELDS)


def store_events(connection: Connection, task: str, added: Iterable[EventRecord]) -> None:
    """Add events to a task; a later one stands where an older one of the same identity was."""
    rows = [(_identity(event), *_values(event)) for event in added]
    # Of events with one identity the last stands; a database may refuse to meet a row twice in one statement.
    last = {row[0] or place: row for place, row in enumerate(rows)}
    content = msgspec.json.encode(list(last.values())).decode()
    connection.execute(_insert_events(connection.dialect.name), {"task": task, "rows": content})


def to_event(row: Row[Any]) -> EventRecord:
    """The event of a row."""
    return EventRecord(**{name: row._mapping[name] for name in _FIELDS})


@cache
def _insert_events(dialect: str) -> Insert:
    statement = insert(dialect, events)
    columns = ("identity", *_FIELDS)
    rows = json_rows(bindparam("rows", type_=Text()))
    values = [value_at(rows.c.value, place, events.c[name]) for place, name in enumerate(columns)]
    # Without a condition, SQLite would take what follows for one of a join.
    source = select(bindparam("task", type_=Text()), *values).where(true())
    return statement.from_select(["task", *columns], source).on_conflict_do_update(
        index_elements=["task", "identity"], set_={name: statement.excluded[name] for name in _FIELDS}
    )


def _identity(event: EventRecord) -> str | None:
    """What a later event must share to replace this one, hashed to fit an index; nothing replaces a console line."""
    if event.type == CONSOLE:
        return None
    parts = [event.type, event.metric, event.variant, event.iteration, event.key]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
