"""The entries of a queue, inside a transaction. Whoever changes them holds the queue's row (``lock_queue``).

A task is locked before its queue, and a queue before its entries, so that no two transactions wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from pellucid.base.clock import to_milliseconds
from pellucid.store.errors import NotFoundError
from pellucid.store.queue_records import QueueEntry
from pellucid.store.rows import columns_of, to_record, to_values
from pellucid.store.tables import queue_entries, queue_samples, queues

_COLUMNS = columns_of(queue_entries, QueueEntry)


def lock_queue(connection: Connection, queue: str) -> None:
    """Keep other writers from the queue until the transaction ends. Raises NotFoundError."""
    if connection.execute(select(queues.c.id).where(queues.c.id == queue).with_for_update()).first() is None:
        raise NotFoundError("queue", queue)


def entry_of(connection: Connection, task: str) -> QueueEntry | None:
    """Where a task waits."""
    row = connection.execute(select(*_COLUMNS).where(queue_entries.c.task == task)).first()
    return to_record(QueueEntry, row) if row else None


def first_entry(connection: Connection, queue: str) -> QueueEntry | None:
    """What waits longest, or has been moved to the front."""
    row = connection.execute(_in_order(queue).limit(1)).first()
    return to_record(QueueEntry, row) if row else None


def append_entry(connection: Connection, entry: QueueEntry) -> None:
    """Put an entry at the end."""
    last = select(func.max(queue_entries.c.position)).where(queue_entries.c.queue == entry.queue)
    position = (connection.execute(last).scalar() or 0) + 1
    connection.execute(insert(queue_entries).values(**to_values(entry), position=position))
    _note_change(connection, entry.queue, entry.added, None)


def remove_entry(connection: Connection, entry: QueueEntry, now: datetime) -> QueueEntry | None:
    """Take an entry out of its queue; ``None`` if it is no longer there."""
    gone = delete(queue_entries).where(queue_entries.c.task == entry.task, queue_entries.c.queue == entry.queue)
    if connection.execute(gone).rowcount == 0:
        return None
    _note_change(connection, entry.queue, now, entry)
    return entry


def take_first(connection: Connection, queue: str, now: datetime) -> QueueEntry | None:
    """Take the first entry out. One whose task is being deleted this moment is passed over."""
    row = connection.execute(_in_order(queue).limit(1).with_for_update(skip_locked=True)).first()
    return remove_entry(connection, to_record(QueueEntry, row), now) if row else None


def move_entry(connection: Connection, queue: str, task: str, place: Callable[[int, int], int]) -> int:
    """Move a task to ``place(index, length)``, cut to what there is; returns its new index.

    Raises:
        NotFoundError: the task does not wait in this queue.
    """
    found = _in_order(queue).with_only_columns(queue_entries.c.task, queue_entries.c.position)
    rows = connection.execute(found).all()
    order = [row.task for row in rows]
    if task not in order:
        raise NotFoundError("queue entry", task)
    index = min(max(place(order.index(task), len(order)), 0), len(order) - 1)
    order.remove(task)
    order.insert(index, task)
    # The places stay, and those between the old one and the new one change hands.
    moved = [{"moved": new, "place": row.position} for row, new in zip(rows, order, strict=True) if new != row.task]
    if moved:
        changed = update(queue_entries).where(queue_entries.c.task == bindparam("moved"))
        connection.execute(changed.values(position=bindparam("place")), moved)
    return index


def _in_order(queue: str) -> Select[Any]:
    ordered = (queue_entries.c.position, queue_entries.c.task)
    return select(*_COLUMNS).where(queue_entries.c.queue == queue).order_by(*ordered)


def _note_change(connection: Connection, queue: str, now: datetime, removed: QueueEntry | None) -> None:
    length = select(func.count()).select_from(queue_entries).where(queue_entries.c.queue == queue)
    connection.execute(
        insert(queue_samples).values(
            queue=queue,
            timestamp=to_milliseconds(now),
            length=connection.execute(length).scalar_one(),
            waited=max(0.0, (now - removed.added).total_seconds()) if removed else None,
        )
    )
    connection.execute(update(queues).where(queues.c.id == queue).values(last_update=now))
