"""Console lines, plots and samples as rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from functools import cache
from typing import Any, Final

from sqlalchemy import Row

from pellucid.store.dialects import Insert, insert
from pellucid.store.records import EventRecord
from pellucid.store.tables import events

CONSOLE: Final = "log"
"""The type of console lines (protocol §2.6)."""

_FIELDS: Final = tuple(field.name for field in fields(EventRecord))


def to_event_row(task: str, event: EventRecord) -> dict[str, Any]:
    """The columns of an event."""
    return {"task": task, "identity": _identity(event), **{name: getattr(event, name) for name in _FIELDS}}


def to_event(row: Row[Any]) -> EventRecord:
    """The event of a row."""
    return EventRecord(**{name: row._mapping[name] for name in _FIELDS})


@cache
def insert_events(dialect: str) -> Insert:
    """An insert of events after which a new one stands where an older one of the same identity was."""
    statement = insert(dialect, events)
    return statement.on_conflict_do_update(
        index_elements=["task", "identity"], set_={name: statement.excluded[name] for name in _FIELDS}
    )


def _identity(event: EventRecord) -> str | None:
    """What a later event must share to replace this one, hashed to fit an index; nothing replaces a console line."""
    if event.type == CONSOLE:
        return None
    parts = [event.type, event.metric, event.variant, event.iteration, event.key]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
