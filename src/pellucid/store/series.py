"""The table of series: one row for each (task, title, series), holding its summary."""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, or_, select
from sqlalchemy.sql.dml import ReturningInsert

from pellucid.store.dialects import any_of, insert
from pellucid.store.records import SeriesSummary
from pellucid.store.summaries import Summaries
from pellucid.store.tables import series

_NANOSECONDS = 1_000_000

_FEW = 500
"""Up to so many series are looked up one by one; of more, all of the task are read."""


def md5(name: str) -> str:
    """The hash by which clients name a title or a series (protocol §2.6)."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def metric(title_md5: str, series_md5: str) -> int:
    """What stands for a title and a series in the database: 64 bits, made of the hashes since clients sort by those."""
    digest = hashlib.blake2b(f"{title_md5}{series_md5}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(1 << 16)
def _metric_of(title: str, name: str) -> int:
    """The same from the names; in a task of many series, most of the time would go there."""
    return metric(md5(title), md5(name))


def add_summaries(
    connection: Connection, task: str, names: Sequence[tuple[str, str]], added: Summaries
) -> dict[tuple[str, str], int]:
    """Bring the series of a task up to date with what a block adds; new ones are made.

    Args:
        connection: the transaction.
        task: the task.
        names: title and series of each summary, without repetition.
        added: the summaries of the new points only.

    Returns: the ids of the series.
    """
    columns = {name: getattr(added, name).tolist() for name in Summaries.__slots__}
    rows = [
        {
            "task": task,
            "title": title,
            "series": name,
            "metric": _metric_of(title, name),
            **{column: values[place] for column, values in columns.items()},
        }
        for place, (title, name) in enumerate(names)
    ]
    for row in rows:
        if math.isnan(row["least"]):
            row.update(least=None, least_iteration=None, greatest=None, greatest_iteration=None)
    stored = connection.execute(_merging_insert(connection.dialect.name), rows)
    return {(row.title, row.series): row.id for row in stored}


@cache
def _merging_insert(dialect: str) -> ReturningInsert[tuple[int, str, str]]:
    """The insert that merges a new summary into the row it meets, and says which row that is."""
    statement = insert(dialect, series)
    new = statement.excluded
    lower = _better(new.least, new.least < series.c.least, series.c.least)
    higher = _better(new.greatest, new.greatest > series.c.greatest, series.c.greatest)
    replaced = {
        "least": lower,
        "least_iteration": lower,
        "greatest": higher,
        "greatest_iteration": higher,
    }
    changes: dict[str, ColumnElement[Any]] = {
        name: case((condition, new[name]), else_=series.c[name]) for name, condition in replaced.items()
    }
    # What comes last is the last, also where a run begins again at a lower iteration (protocol §2.6).
    changes |= {name: new[name] for name in ("last", "last_iteration", "last_nanoseconds")}
    return statement.on_conflict_do_update(
        index_elements=["task", "metric"],
        set_={**changes, "count": series.c.count + new.count, "total": _sum(series.c.total, new.total)},
    ).returning(series.c.id, series.c.title, series.c.series)


def _sum(one: ColumnElement[float], other: ColumnElement[float]) -> ColumnElement[float]:
    """The sum, infinite beyond the greatest float, where PostgreSQL would raise an error instead."""
    half, most = one / 2 + other / 2, sys.float_info.max / 2
    return case(
        (half.between(-most, most), one + other),
        (half.between(most, sys.float_info.max), math.inf),
        (half.between(-sys.float_info.max, -most), -math.inf),
        else_=half,
    )


def _better(new: ColumnElement[Any], strictly: ColumnElement[bool], old: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(strictly, and_(new.is_not(None), old.is_(None)))


def summaries_of(
    connection: Connection, tasks: Collection[str], wanted: Collection[tuple[str, str]] | None = None
) -> dict[str, list[SeriesSummary]]:
    """The summaries of each task that has any, by title and series; all of them, or those of some hashed names."""
    found: dict[str, list[SeriesSummary]] = {}
    rows = select(series).where(any_of(series.c.task, tasks)).order_by(series.c.task, series.c.title, series.c.series)
    if wanted is not None and len(wanted) <= _FEW:
        rows = rows.where(series.c.metric.in_([metric(*hashes) for hashes in wanted]))
    for row in connection.execute(rows):
        found.setdefault(row.task, []).append(_to_summary(row))
    return found


def series_names(
    connection: Connection, task: str, wanted: Collection[tuple[str, str]] | None = None
) -> dict[int, tuple[str, str]]:
    """Title and series by id, of all series of a task or of those that are wanted."""
    rows = select(series.c.id, series.c.title, series.c.series).where(series.c.task == task)
    if wanted is not None and len(wanted) <= _FEW:
        rows = rows.where(series.c.metric.in_([_metric_of(title, name) for title, name in wanted]))
    names = {row.id: (row.title, row.series) for row in connection.execute(rows)}
    return names if wanted is None else {key: name for key, name in names.items() if name in wanted}


def longer_than(connection: Connection, task: str, most: int) -> set[int]:
    """The ids of the series to which more points than that were reported, repeated iterations included."""
    return set(connection.scalars(select(series.c.id).where(series.c.task == task, series.c["count"] > most)))


def _to_summary(row: Row[Any]) -> SeriesSummary:
    return SeriesSummary(
        title=row.title,
        series=row.series,
        last=row.last,
        last_iteration=row.last_iteration,
        last_time=row.last_nanoseconds // _NANOSECONDS,
        least=row.least,
        least_iteration=row.least_iteration,
        greatest=row.greatest,
        greatest_iteration=row.greatest_iteration,
        first=row.first,
        first_iteration=row.first_iteration,
        count=row._mapping["count"],
        total=row.total,
    )
