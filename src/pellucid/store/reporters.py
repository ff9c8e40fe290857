"""Who reports: tasks, and models by themselves. What both have reported is in the same tables, in whose column ``task``
is the id of either."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Table, select

from pellucid.store.tables import models, tasks

REPORTERS: Final = (tasks, models)


def lock_reporter(connection: Connection, key: str, *, skip_locked: bool = False) -> Table | None:
    """Have other writers to a task, or a model, wait until the transaction ends.

    Args:
        connection: with a write transaction under way.
        key: id of the task or the model.
        skip_locked: pass over one that somebody else has locked.

    Returns:
        The table that it is in; ``None`` if there is none, or it was passed over.
    """
    for table in REPORTERS:
        row = select(table.c.id).where(table.c.id == key).with_for_update(skip_locked=skip_locked)
        if connection.execute(row).first() is not None:
            return table
    return None
