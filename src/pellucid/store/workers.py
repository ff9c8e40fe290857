"""Workers and their reports, in tables."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, cast, delete, func, insert, select, update

from pellucid.store import tables
from pellucid.store.database import Database
from pellucid.store.dialects import any_of, insert_absent
from pellucid.store.errors import NotFoundError
from pellucid.store.rows import columns_of, to_record, to_values
from pellucid.store.worker_records import WorkerActivity, WorkerRecord, WorkerReport

MOST_REPORTS: Final = 200_000
"""So many reports make a smooth graph, and are read in about a second."""

_workers = tables.workers
_reports = tables.worker_reports


class SqlWorkers:
    """See ``pellucid.store.api.Workers``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, worker: str, change: Callable[[WorkerRecord | None], WorkerRecord]) -> WorkerRecord:
        """Add or change a worker."""
        found = select(_workers).where(_workers.c.id == worker).with_for_update()
        with self._database.write() as connection:
            row = connection.execute(found).first()
            if row is None:
                record = change(None)
                if insert_absent(connection, _workers, to_values(record)):
                    return record
                row = connection.execute(found).one()  # another process was faster
            record = change(to_record(WorkerRecord, row))
            connection.execute(update(_workers).where(_workers.c.id == worker).values(to_values(record)))
            return record

    def get(self, worker: str, now: datetime) -> WorkerRecord:
        """One worker that has not expired."""
        with self._database.read() as connection:
            row = connection.execute(select(_workers).where(_workers.c.id == worker, _workers.c.expires > now)).first()
            if row is None:
                raise NotFoundError("worker", worker)
            return to_record(WorkerRecord, row)

    def list(self, now: datetime, *, seen_since: datetime | None = None) -> builtins.list[WorkerRecord]:
        """Workers that have not expired."""
        alive = select(_workers).where(_workers.c.expires > now).order_by(_workers.c.id)
        if seen_since is not None:
            alive = alive.where(_workers.c.last_activity >= seen_since)
        with self._database.read() as connection:
            return [to_record(WorkerRecord, row) for row in connection.execute(alive)]

    def delete(self, worker: str) -> bool:
        """Forget a worker."""
        with self._database.write() as connection:
            return connection.execute(delete(_workers).where(_workers.c.id == worker)).rowcount > 0

    def expired(self, now: datetime) -> builtins.list[WorkerRecord]:
        """Workers that have expired."""
        late = select(_workers).where(_workers.c.expires <= now).order_by(_workers.c.id)
        with self._database.read() as connection:
            return [to_record(WorkerRecord, row) for row in connection.execute(late)]

    def forget_expired(self, workers: Collection[str], now: datetime) -> None:
        """Forget workers that have expired."""
        with self._database.write() as connection:
            connection.execute(delete(_workers).where(any_of(_workers.c.id, workers), _workers.c.expires <= now))

    def add_report(self, report: WorkerReport) -> None:
        """Keep a report."""
        with self._database.write() as connection:
            connection.execute(insert(_reports).values(to_values(report)))

    def reports(
        self, since: int, until: int, workers: Collection[str] = (), *, most: int = MOST_REPORTS
    ) -> builtins.list[WorkerReport]:
        """Reports by time."""
        found = select(*columns_of(_reports, WorkerReport)).where(_reports.c.timestamp.between(since, until))
        if workers:
            found = found.where(any_of(_reports.c.worker, workers))
        with self._database.read() as connection:
            count = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
            if count > most:
                found = found.where(_reports.c.id % (count // most + 1) == 0)
            rows = connection.execute(found.order_by(_reports.c.timestamp, _reports.c.id))
            return [to_record(WorkerReport, row) for row in rows]

    def activity(self, since: int, until: int, interval: int) -> builtins.list[WorkerActivity]:
        """How many workers there were."""
        begin = ((_reports.c.timestamp - since) // interval).label("begin")
        each = select(begin, _reports.c.worker, func.max(cast(_reports.c.active, Integer)).label("active"))
        each = each.where(_reports.c.timestamp.between(since, until)).group_by("begin", _reports.c.worker)
        workers = each.subquery()
        total = select(workers.c.begin, func.count().label("total"), func.sum(workers.c.active).label("active"))
        with self._database.read() as connection:
            rows = connection.execute(total.group_by(workers.c.begin).order_by(workers.c.begin))
            return [
                WorkerActivity(timestamp=since + row.begin * interval, total=row.total, active=int(row.active))
                for row in rows
            ]

    def forget_reports(self, before: int) -> None:
        """Drop old reports."""
        with self._database.write() as connection:
            connection.execute(delete(_reports).where(_reports.c.timestamp < before))
