"""One page of what a query finds, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, Table, UnaryExpression, func, not_, select

from pellucid.store.dialects import any_of
from pellucid.store.errors import BadQueryError
from pellucid.store.fields import Field, Kind, find_field
from pellucid.store.json_access import number
from pellucid.store.metric_fields import is_metric
from pellucid.store.queries import matches
from pellucid.store.records import Query
from pellucid.store.tables import tasks

_BESIDE_THE_ROW: Final = frozenset({"last_metrics", "company", "@text_score"})
"""What documents have that is no column, and what existing clients name to have the best of a text search first."""


def find_rows(connection: Connection, table: Table, query: Query, *, order: str = "id") -> list[Row[Any]]:
    """The rows that match, in the order that is asked for, else by a column. Raises BadQueryError."""
    keys = _keys(table, query.order_by or [(order, False)])
    condition = matches(table, query)
    if keys and keys[0].field.elements is not None:
        ids = _ids_by_metric(connection, query, condition, keys[0], keys[1:])
    else:
        ids = _page(connection, _ids(table, keys).where(condition), query.offset, query.limit)
    # Documents are read for the page only: with them in the sorted rows, each row that matches would be read whole.
    rows = {row.id: row for row in connection.execute(select(table).where(any_of(table.c.id, ids)))}
    return [rows[key] for key in ids]


@dataclass(frozen=True)
class _Key:
    """What to sort by; rows without a value come last in either direction."""

    field: Field
    descending: bool

    @property
    def value(self) -> ColumnElement[Any]:
        """What is compared, as far as it is one value."""
        return self.field.value

    @property
    def directed(self) -> UnaryExpression[Any]:
        """The value with its direction."""
        return self.value.desc() if self.descending else self.value.asc()

    @property
    def order(self) -> list[UnaryExpression[Any]]:
        """The expressions to sort by.

        A text inside a document may be a number, and is sorted as one, before those that are not (protocol §2.2).
        """
        if self.field.kind is not Kind.IN_DOCUMENT:
            # Said of a column that has no nulls, it would keep PostgreSQL from reading the index.
            return [self.directed.nulls_last() if getattr(self.value, "nullable", True) else self.directed]
        as_number = number(self.value)
        if self.descending:
            return [self.value.is_(None).asc(), as_number.desc().nulls_first(), self.value.desc()]
        return [self.value.is_(None).asc(), as_number.asc().nulls_last(), self.value.asc()]


def _keys(table: Table, order_by: Sequence[tuple[str, bool]]) -> list[_Key]:
    """The sort keys.

    Paths that lead nowhere inside a document, or to several values, are passed over, since existing clients send such
    (protocol §2.2). Raises BadQueryError for what is no field of any document.
    """
    keys: list[_Key] = []
    for path, descending in order_by:
        field = find_field(table, path)
        if field is not None and (field.elements is None or is_metric(field.path)):
            keys.append(_Key(field, descending))
        elif (head := path.partition(".")[0]) not in table.c and head not in _BESIDE_THE_ROW:
            raise BadQueryError(f"order_by: {table.name} have no field {path!r}")
    return keys


def _ids(table: Table, keys: Sequence[_Key]) -> Select[tuple[str]]:
    """All ids in order, ties by id."""
    return select(table.c.id).select_from(_joined(table, keys)).order_by(*_order(keys), table.c.id)


def _joined(source: FromClause, keys: Sequence[_Key]) -> FromClause:
    """The table with the summaries of the metrics to sort by."""
    for key in keys:
        source = _with_summaries(source, key, outer=True)
    return source


def _with_summaries(source: FromClause, key: _Key, *, outer: bool) -> FromClause:
    if key.field.elements is None or key.field.within is None:
        return source
    return source.join(key.field.elements, key.field.within, isouter=outer)


def _order(keys: Sequence[_Key]) -> list[UnaryExpression[Any]]:
    return [expression for key in keys for expression in key.order]


def _page(connection: Connection, ids: Select[tuple[str]], offset: int, limit: int) -> list[str]:
    return list(connection.scalars(ids.offset(offset).limit(limit)))


def _ids_by_metric(
    connection: Connection, query: Query, condition: ColumnElement[bool], by: _Key, then: Sequence[_Key]
) -> list[str]:
    """A page of tasks by a metric: those that have it, as its index lists them, and behind them those that lack it.

    To join all tasks with their summaries and sort them takes half a second for a hundred thousand.
    """
    has_value = by.value.is_not(None)
    source = _joined(_with_summaries(tasks, by, outer=False), then)
    # Not "nulls last", which would keep SQLite from reading the index: there are no nulls here.
    ranked = select(tasks.c.id).select_from(source).order_by(by.directed, *_order(then), tasks.c.id)
    ranked = ranked.where(condition, has_value)
    ids = _page(connection, ranked, query.offset, query.limit)
    if len(ids) < query.limit:
        lacking = _ids(tasks, then).where(condition, not_(by.field.holds(has_value)))
        # On a page without any that have it, some of those that lack it may be on the pages before.
        before = 0 if ids else query.offset - _count(connection, ranked)
        ids += _page(connection, lacking, before, query.limit - len(ids))
    return ids


def _count(connection: Connection, ids: Select[tuple[str]]) -> int:
    return connection.execute(select(func.count()).select_from(ids.order_by(None).subquery())).scalar_one()
