"""What plots and samples there are, and which of them come next, without reading what is in them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, false, func, not_, or_, select, tuple_

from pellucid.store.dialects import any_of
from pellucid.store.event_rows import CONSOLE
from pellucid.store.records import EventPlace, Titles
from pellucid.store.tables import events


def names_of(connection: Connection, tasks: Collection[str], event_type: str) -> dict[str, list[tuple[str, str]]]:
    """Title and series of the events of each task that has any, each once, in order."""
    named = select(events.c.task, events.c.metric, events.c.variant).distinct()
    rows = connection.execute(named.where(any_of(events.c.task, tasks), events.c.type == event_type))
    found: dict[str, list[tuple[str, str]]] = {}
    for task, title, series in sorted(tuple(row) for row in rows):
        found.setdefault(task, []).append((title, series))
    return found


def iterations_of(
    connection: Connection,
    task: str,
    event_type: str,
    *,
    metric: str | None,
    variants: Collection[str] | None,
    before: int | None,
    after: int | None,
    limit: int,
) -> list[int]:
    """The last iterations before one, or the first ones after one, that have events; falling."""
    iteration = events.c.iteration
    found = select(iteration).where(events.c.task == task, events.c.type == event_type, *_named(metric, variants))
    if after is not None:
        nearest = found.where(iteration > after).distinct().order_by(iteration)
    elif before is not None:
        nearest = found.where(iteration < before).distinct().order_by(iteration.desc())
    else:
        nearest = found.distinct().order_by(iteration.desc())
    return sorted(connection.scalars(nearest.limit(limit)), reverse=True)


def latest(
    task: str, event_type: str, *, iterations: int, titles: Titles | None, by_title: bool
) -> Select[tuple[Any, ...]]:
    """The events of the last iterations of each series, or of each title."""
    of = [events.c.metric] if by_title else [events.c.metric, events.c.variant]
    rank = func.dense_rank().over(partition_by=of, order_by=events.c.iteration.desc()).label("rank")
    of_task = (events.c.task == task, events.c.type == event_type)
    ranked = select(events.c.id, rank).where(*of_task, *_titled(titles)).subquery()
    return select(events).join(ranked, ranked.c.id == events.c.id).where(ranked.c.rank <= iterations)


def by_name(found: Select[tuple[Any, ...]]) -> Select[tuple[Any, ...]]:
    """By title and series, the latest first."""
    return found.order_by(events.c.metric, events.c.variant, events.c.iteration.desc(), events.c.key, events.c.id)


def neighbour_of(
    connection: Connection, task: str, event_type: str, place: EventPlace, *, earlier: bool, title: str | None
) -> EventPlace | None:
    """The next place that has an event, by (iteration, title, series), of one title or of all."""
    here = [place.iteration, place.title, *([] if place.series is None else [place.series])]
    columns = [events.c.iteration, events.c.metric, events.c.variant][: len(here)]
    beyond = tuple_(*columns) < tuple_(*here) if earlier else tuple_(*columns) > tuple_(*here)
    found = select(*columns).where(events.c.task == task, events.c.type == event_type, beyond, *_named(title, None))
    order = [column.desc() if earlier else column for column in columns]
    row = connection.execute(found.order_by(*order).limit(1)).first()
    return None if row is None else EventPlace(*row)


def range_of(
    connection: Connection, task: str, event_type: str, title: str, series: str | None
) -> tuple[int, int] | None:
    """The first and the last iteration of a series or of a title; ``None`` if it has no event."""
    ends = select(func.min(events.c.iteration), func.max(events.c.iteration))
    named = _named(title, None if series is None else [series])
    first, last = connection.execute(ends.where(events.c.task == task, events.c.type == event_type, *named)).one()
    return None if first is None else (first, last)


def delete_console(
    connection: Connection, task: str, *, before: int | None, only: Collection[str], but: Collection[str]
) -> int:
    """Delete console lines from before a time, of some metrics or of all but some; returns how many."""
    unwanted = delete(events).where(events.c.task == task, events.c.type == CONSOLE)
    if before is not None:
        unwanted = unwanted.where(events.c.timestamp < before)
    if only:
        unwanted = unwanted.where(any_of(events.c.metric, only))
    if but:
        unwanted = unwanted.where(not_(any_of(events.c.metric, but)))
    return connection.execute(unwanted).rowcount


def _named(metric: str | None, variants: Collection[str] | None) -> list[ColumnElement[bool]]:
    named = [] if metric is None else [events.c.metric == metric]
    return named if variants is None else [*named, any_of(events.c.variant, variants)]


def _titled(titles: Titles | None) -> list[ColumnElement[bool]]:
    if titles is None:
        return []
    each = ((events.c.metric == title, series) for title, series in titles.items())
    return [
        or_(false(), *(same if series is None else same & any_of(events.c.variant, series) for same, series in each))
    ]
