"""One page of what a query finds, in its order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    UnaryExpression,
    and_,
    func,
    select,
)
from sqlalchemy.sql.selectable import NamedFromClause

from pellucid.store.dialects import any_of
from pellucid.store.queries import matches
from pellucid.store.records import Query
from pellucid.store.series import metric
from pellucid.store.tables import series, tasks

_METRIC: Final = re.compile(r"last_metrics\.(?P<title>[0-9a-f]{32})\.(?P<series>[0-9a-f]{32})\.(?P<field>\w+)")
_METRIC_FIELDS: Final = {"value": "last", "min_value": "least", "max_value": "greatest"}


def find_rows(connection: Connection, table: Table, query: Query, *, order: str = "id") -> list[Row[Any]]:
    """The rows that match, in the order that is asked for, else by a column. Raises BadQueryError."""
    keys = _keys(table, query.order_by or [(order, False)])
    condition = matches(table, query)
    if keys and isinstance(keys[0], _MetricKey):
        ids = _ids_by_metric(connection, query, condition, keys[0], keys[1:])
    else:
        ids = _page(connection, _ids(table, keys).where(condition), query.offset, query.limit)
    # Documents are read for the page only: with them in the sorted rows, each row that matches would be read whole.
    rows = {row.id: row for row in connection.execute(select(table).where(any_of(table.c.id, ids)))}
    return [rows[key] for key in ids]


@dataclass(frozen=True)
class _Key:
    """What to sort by: a column, where rows without a value come last in either direction."""

    column: ColumnElement[Any]
    descending: bool

    @property
    def directed(self) -> UnaryExpression[Any]:
        """The column with its direction."""
        return self.column.desc() if self.descending else self.column.asc()


@dataclass(frozen=True)
class _MetricKey(_Key):
    """A column of one metric's summaries, which are joined to the tasks."""

    summary: NamedFromClause
    metric: int

    @property
    def of_task(self) -> ColumnElement[bool]:
        """Whether a summary is that of this metric and of the task at hand."""
        return and_(self.summary.c.task == tasks.c.id, self.summary.c.metric == self.metric)


def _keys(table: Table, order_by: Sequence[tuple[str, bool]]) -> list[_Key]:
    """The sort keys; fields that do not exist are passed over, as clients expect (protocol §2.2)."""
    keys: list[_Key] = []
    for name, descending in order_by:
        column = table.c.get(name)
        if (named := _METRIC.fullmatch(name)) and table is tasks and named["field"] in _METRIC_FIELDS:
            summary = series.alias()
            value = summary.c[_METRIC_FIELDS[named["field"]]]
            keys.append(_MetricKey(value, descending, summary, metric(named["title"], named["series"])))
        elif column is not None and not isinstance(column.type, JSON):
            keys.append(_Key(column, descending))
    return keys


def _ids(table: Table, keys: Sequence[_Key]) -> Select[tuple[str]]:
    """All ids in order, ties by id."""
    return select(table.c.id).select_from(_joined(table, keys)).order_by(*_order(keys), table.c.id)


def _joined(source: FromClause, keys: Sequence[_Key]) -> FromClause:
    for key in keys:
        if isinstance(key, _MetricKey):
            source = source.outerjoin(key.summary, key.of_task)
    return source


def _order(keys: Sequence[_Key]) -> list[UnaryExpression[Any]]:
    return [key.directed.nulls_last() for key in keys]


def _page(connection: Connection, ids: Select[tuple[str]], offset: int, limit: int) -> list[str]:
    return list(connection.scalars(ids.offset(offset).limit(limit)))


def _ids_by_metric(
    connection: Connection, query: Query, condition: ColumnElement[bool], by: _MetricKey, then: Sequence[_Key]
) -> list[str]:
    """A page of tasks by a metric: those that have it, as its index lists them, and behind them those that lack it.

    To join all tasks with their summaries and sort them takes half a second for a hundred thousand.
    """
    has_value = by.column.is_not(None)
    source = _joined(tasks.join(by.summary, by.of_task), then)
    # Not "nulls last", which would keep SQLite from reading the index: there are no nulls here.
    ranked = select(tasks.c.id).select_from(source).order_by(by.directed, *_order(then), tasks.c.id)
    ranked = ranked.where(condition, has_value)
    ids = _page(connection, ranked, query.offset, query.limit)
    if len(ids) < query.limit:
        having = select(by.summary.c.task).where(by.summary.c.metric == by.metric, has_value)
        lacking = _ids(tasks, then).where(condition, tasks.c.id.not_in(having))
        # On a page without any that have it, some of those that lack it may be on the pages before.
        before = 0 if ids else query.offset - _count(connection, ranked)
        ids += _page(connection, lacking, before, query.limit - len(ids))
    return ids


def _count(connection: Connection, ids: Select[tuple[str]]) -> int:
    return connection.execute(select(func.count()).select_from(ids.order_by(None).subquery())).scalar_one()
