"""What runs report, in tables: blocks of points, and console lines, plots and samples as rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select

from pellucid.base.points import SINGLE_VALUE_ITERATION
from pellucid.store import event_queries
from pellucid.store.appending import Appending, prepare
from pellucid.store.compaction import backlog, compact
from pellucid.store.curves import curves
from pellucid.store.database import Database
from pellucid.store.dialects import any_of
from pellucid.store.event_rows import CONSOLE, to_event
from pellucid.store.model_records import ModelRecord
from pellucid.store.records import (
    Backlog,
    Block,
    EventPlace,
    EventRecord,
    Outline,
    Points,
    SeriesSummary,
    TaskRecord,
    Titles,
)
from pellucid.store.rows import lock_record
from pellucid.store.series import longer_than, series_names, summaries_of
from pellucid.store.stored_points import StoredPoints
from pellucid.store.tables import events
from pellucid.store.tables import models as models_table
from pellucid.store.tables import tasks as tasks_table
from pellucid.store.task_removal import REPORTED, Forgotten, sample_urls


class SqlEvents:
    """See ``pellucid.store.api.Events``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, task: str, blocks: Sequence[Block], now: datetime) -> Mapping[str, int]:
        """Store blocks of a task, each slot and event once."""
        prepared = [prepare(block) for block in blocks]  # before the transaction, in which others wait
        with self._database.write() as connection:
            appending = Appending(connection, task)
            for block in prepared:
                appending.add(block)
            return appending.finish(now)

    def summaries(
        self, tasks: Collection[str], series: Collection[tuple[str, str]] | None = None
    ) -> dict[str, list[SeriesSummary]]:
        """The series of each task, or those of some hashed names."""
        with self._database.read() as connection:
            return summaries_of(connection, tasks, series)

    def points(
        self,
        task: str,
        series: Collection[tuple[str, str]] | None = None,
        *,
        between: tuple[int, int] | None = None,
    ) -> dict[tuple[str, str], Points]:
        """All points of a task, or of some series and iterations."""
        with self._database.read() as connection:
            names = series_names(connection, task, series)
            found = curves(StoredPoints(connection, task).points(names.keys(), between))
        return {names[key]: points for key, points in sorted(found.items(), key=lambda item: names[item[0]])}

    def outlines(
        self, task: str, *, most: int, series: Collection[tuple[str, str]] | None = None
    ) -> dict[tuple[str, str], Outline]:
        """Long series as stretches, the others as they are."""
        with self._database.read() as connection:
            names = series_names(connection, task, series)
            long = names.keys() & longer_than(connection, task, most)
            stored = StoredPoints(connection, task)
            found: dict[int, Outline] = {**curves(stored.points(names.keys() - long)), **dict(stored.stretches(long))}
        return {names[key]: outline for key, outline in sorted(found.items(), key=lambda item: names[item[0]])}

    def backlog(self) -> list[Backlog]:
        """The tasks with points that lie as they came."""
        with self._database.read() as connection:
            return backlog(connection)

    def compact(self, task: str) -> bool:
        """Sort points of a task."""
        return compact(self._database, task)

    def single_values(self, task: str) -> list[SeriesSummary]:
        """Series without iterations."""
        summaries = self.summaries([task]).get(task, [])
        return [summary for summary in summaries if summary.last_iteration == SINGLE_VALUE_ITERATION]

    def log(
        self,
        task: str,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        metrics: Sequence[str] | None = None,
    ) -> list[EventRecord]:
        """A page of the console."""
        backwards = after is None
        lines = select(events).where(*_is_console(task, metrics))
        if before is not None:
            lines = lines.where(events.c.timestamp < before)
        if after is not None:
            lines = lines.where(events.c.timestamp > after)
        order = (events.c.timestamp.desc(), events.c.id.desc()) if backwards else (events.c.timestamp, events.c.id)
        with self._database.read() as connection:
            page = list(connection.execute(lines.order_by(*order).limit(limit)))
            if page:
                outermost = page[-1]
                beyond = events.c.id < outermost.id if backwards else events.c.id > outermost.id
                same_time = events.c.timestamp == outermost.timestamp
                page += connection.execute(lines.where(same_time, beyond).order_by(*order))
        return [to_event(row) for row in (reversed(page) if backwards else page)]

    def log_count(self, task: str, *, metrics: Sequence[str] | None = None) -> int:
        """How many console lines there are."""
        return self._count(*_is_console(task, metrics))

    def find(
        self,
        task: str,
        *,
        event_type: str | None = None,
        metric: str | None = None,
        variants: Sequence[str] | None = None,
        iterations: Sequence[int] | None = None,
        descending: bool = False,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[EventRecord]:
        """Plots and samples."""
        found = select(events).where(*_is_identified(task, event_type))
        if metric is not None:
            found = found.where(events.c.metric == metric)
        if variants is not None:
            found = found.where(any_of(events.c.variant, variants))
        if iterations is not None:
            found = found.where(events.c.iteration.in_(iterations))
        return self._records(_by_iteration(found, descending).offset(offset).limit(limit))

    def count(self, task: str, *, event_type: str | None = None) -> int:
        """How many plots and samples there are."""
        return self._count(*_is_identified(task, event_type))

    def names(self, tasks: Collection[str], event_type: str) -> dict[str, list[tuple[str, str]]]:
        """Titles and series of plots and samples."""
        with self._database.read() as connection:
            return event_queries.names_of(connection, tasks, event_type)

    def iterations(
        self,
        task: str,
        event_type: str,
        *,
        metric: str | None = None,
        variants: Sequence[str] | None = None,
        before: int | None = None,
        after: int | None = None,
        limit: int,
    ) -> list[int]:
        """Where plots and samples are."""
        with self._database.read() as connection:
            return event_queries.iterations_of(
                connection, task, event_type, metric=metric, variants=variants, before=before, after=after, limit=limit
            )

    def latest(
        self,
        task: str,
        event_type: str,
        *,
        iterations: int,
        titles: Titles | None = None,
        by_title: bool = False,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[EventRecord]:
        """The last plots or samples of each series."""
        found = event_queries.latest(task, event_type, iterations=iterations, titles=titles, by_title=by_title)
        return self._records(event_queries.by_name(found).offset(offset).limit(limit))

    def count_latest(
        self, task: str, event_type: str, *, iterations: int, titles: Titles | None = None, by_title: bool = False
    ) -> int:
        """How many those are."""
        found = event_queries.latest(task, event_type, iterations=iterations, titles=titles, by_title=by_title)
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()

    def neighbour(
        self, task: str, event_type: str, place: EventPlace, *, earlier: bool, title: str | None = None
    ) -> EventPlace | None:
        """The next place."""
        with self._database.read() as connection:
            return event_queries.neighbour_of(connection, task, event_type, place, earlier=earlier, title=title)

    def iteration_range(
        self, task: str, event_type: str, title: str, series: str | None = None
    ) -> tuple[int, int] | None:
        """The first and the last iteration."""
        with self._database.read() as connection:
            return event_queries.range_of(connection, task, event_type, title, series)

    def clear(self, task: str, check: Callable[[TaskRecord], None]) -> Forgotten:
        """Forget what a task has reported."""
        with self._database.write() as connection:
            check(lock_record(connection, tasks_table, TaskRecord, "task", task))
            return _forget(connection, task)

    def clear_model(self, model: str, check: Callable[[ModelRecord], None]) -> Forgotten:
        """Forget what a model has reported."""
        with self._database.write() as connection:
            check(lock_record(connection, models_table, ModelRecord, "model", model))
            return _forget(connection, model)

    def clear_log(
        self,
        task: str,
        check: Callable[[TaskRecord], None],
        *,
        before: int | None = None,
        only: Collection[str] = (),
        but: Collection[str] = (),
    ) -> int:
        """Delete console lines."""
        with self._database.write() as connection:
            check(lock_record(connection, tasks_table, TaskRecord, "task", task))
            return event_queries.delete_console(connection, task, before=before, only=only, but=but)

    def _records(self, found: Select[Any]) -> list[EventRecord]:
        with self._database.read() as connection:
            return [to_event(row) for row in connection.execute(found)]

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(events).where(*conditions)).scalar_one()


def _forget(connection: Connection, reporter: str) -> Forgotten:
    urls = sample_urls(connection, reporter)
    removed = [connection.execute(delete(table).where(table.c.task == reporter)) for table in REPORTED]
    return Forgotten(anything=any(each.rowcount for each in removed), urls=urls)


def _is_console(task: str, metrics: Sequence[str] | None) -> list[ColumnElement[bool]]:
    console = [events.c.task == task, events.c.type == CONSOLE]
    return console if metrics is None else [*console, any_of(events.c.metric, metrics)]


def _is_identified(task: str, event_type: str | None) -> list[ColumnElement[bool]]:
    kind = events.c.type != CONSOLE if event_type is None else events.c.type == event_type
    return [events.c.task == task, kind]


def _by_iteration(found: Select[Any], descending: bool) -> Select[Any]:
    names = (events.c.metric, events.c.variant, events.c.key)
    if descending:
        return found.order_by(events.c.iteration.desc(), *names, events.c.id.desc())
    return found.order_by(events.c.iteration, *names, events.c.id)
