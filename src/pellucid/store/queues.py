"""Queues, in tables."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from pellucid.store import tables
from pellucid.store.database import Database
from pellucid.store.dialects import any_of, insert_absent
from pellucid.store.errors import AlreadyExistsError, NotEmptyError
from pellucid.store.pages import find_rows
from pellucid.store.queries import count_rows
from pellucid.store.queue_order import (
    append_entry,
    entry_of,
    first_entry,
    lock_queue,
    move_entry,
    remove_entry,
    take_first,
)
from pellucid.store.queue_records import QueueEntry, QueueRecord, QueueSample
from pellucid.store.records import Query, TaskRecord
from pellucid.store.rows import columns_of, get_record, to_record, to_values, update_record

_entries = tables.queue_entries
_samples = tables.queue_samples


class SqlQueues:
    """See ``pellucid.store.api.Queues``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, queue: QueueRecord) -> None:
        """Add a queue."""
        with self._database.write() as connection:
            if not insert_absent(connection, tables.queues, to_values(queue)):
                raise AlreadyExistsError("queue", queue.name)

    def get(self, queue: str) -> QueueRecord:
        """One queue."""
        with self._database.read() as connection:
            return get_record(connection, tables.queues, QueueRecord, "queue", queue)

    def find(self, query: Query) -> list[QueueRecord]:
        """Queues that match."""
        with self._database.read() as connection:
            return [to_record(QueueRecord, row) for row in find_rows(connection, tables.queues, query, order="name")]

    def count(self, query: Query) -> int:
        """How many queues match."""
        with self._database.read() as connection:
            return count_rows(connection, tables.queues, query)

    def update(self, queue: str, change: Callable[[QueueRecord], QueueRecord]) -> QueueRecord:
        """Change a queue."""

        def changed(old: QueueRecord) -> QueueRecord:
            new = change(old)
            if new.name != old.name and _is_taken(connection, new.name):
                raise AlreadyExistsError("queue", new.name)
            return new

        with self._database.write() as connection:
            return update_record(connection, tables.queues, QueueRecord, "queue", queue, changed)

    def delete(self, queue: str) -> None:
        """Remove an empty queue."""
        with self._database.write() as connection:
            lock_queue(connection, queue)
            if first_entry(connection, queue) is not None:
                raise NotEmptyError("queue", queue)
            connection.execute(delete(tables.queues).where(tables.queues.c.id == queue))

    def enqueue(self, task: str, queue: str, change: Callable[[TaskRecord], TaskRecord], now: datetime) -> TaskRecord:
        """Change a task and put it at the end of a queue."""
        statuses: list[str] = []

        def noted(old: TaskRecord) -> TaskRecord:
            statuses.append(old.status)
            return change(old)

        with self._database.write() as connection:
            record = update_record(connection, tables.tasks, TaskRecord, "task", task, noted)
            before = entry_of(connection, task)
            # Two moves in opposite directions would wait for each other if each locked its own queue first.
            for locked in sorted({queue, before.queue} if before else {queue}):
                lock_queue(connection, locked)
            if before is not None:
                before = remove_entry(connection, before, now)  # an agent may have taken it while we waited
            if before is not None and before.queue == queue:
                raise AlreadyExistsError("queue entry", task)
            previous = before.previous_status if before else statuses[0]
            append_entry(connection, QueueEntry(queue=queue, task=task, added=now, previous_status=previous))
            return record

    def dequeue(
        self, task: str, change: Callable[[TaskRecord, QueueEntry | None], TaskRecord], now: datetime
    ) -> TaskRecord:
        """Change a task and take it out of its queue."""
        with self._database.write() as connection:

            def changed(old: TaskRecord) -> TaskRecord:
                entry = entry_of(connection, task)
                if entry is not None:
                    lock_queue(connection, entry.queue)
                    entry = remove_entry(connection, entry, now)
                return change(old, entry)

            return update_record(connection, tables.tasks, TaskRecord, "task", task, changed)

    def take(self, queue: str, now: datetime) -> QueueEntry | None:
        """Take the first entry out."""
        with self._database.read() as connection:
            get_record(connection, tables.queues, QueueRecord, "queue", queue)
            if first_entry(connection, queue) is None:
                return None  # idle agents ask every few seconds, and need not wait for those who write
        with self._database.write() as connection:
            lock_queue(connection, queue)
            return take_first(connection, queue, now)

    def move(self, queue: str, task: str, place: Callable[[int, int], int]) -> int:
        """Give a task another place."""
        with self._database.write() as connection:
            lock_queue(connection, queue)
            return move_entry(connection, queue, task, place)

    def entries(self, queues: Collection[str]) -> dict[str, list[QueueEntry]]:
        """What waits in queues."""
        found: dict[str, list[QueueEntry]] = {queue: [] for queue in queues}
        waiting = select(*columns_of(_entries, QueueEntry)).where(any_of(_entries.c.queue, queues))
        with self._database.read() as connection:
            for row in connection.execute(waiting.order_by(_entries.c.position)):
                found[row.queue].append(to_record(QueueEntry, row))
        return found

    def lengths(self) -> dict[str, int]:
        """How many tasks wait in each queue."""
        counted = select(_entries.c.queue, func.count().label("length")).group_by(_entries.c.queue)
        with self._database.read() as connection:
            return {row.queue: row.length for row in connection.execute(counted)}

    def entry(self, task: str) -> QueueEntry | None:
        """Where a task waits."""
        with self._database.read() as connection:
            return entry_of(connection, task)

    def samples(self, queues: Collection[str], since: int, until: int) -> list[QueueSample]:
        """How queues changed."""
        found = select(*columns_of(_samples, QueueSample)).where(_samples.c.timestamp.between(since, until))
        if queues:
            found = found.where(any_of(_samples.c.queue, queues))
        with self._database.read() as connection:
            return [to_record(QueueSample, row) for row in connection.execute(found.order_by(_samples.c.id))]

    def forget_samples(self, before: int) -> None:
        """Drop old samples."""
        with self._database.write() as connection:
            connection.execute(delete(_samples).where(_samples.c.timestamp < before))


def _is_taken(connection: Connection, name: str) -> bool:
    return connection.execute(select(tables.queues.c.id).where(tables.queues.c.name == name)).first() is not None
