"""Searches over tasks and projects, as SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    String,
    Table,
    UnaryExpression,
    and_,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import NamedFromClause

from pellucid.store.dialects import any_of, overlaps
from pellucid.store.errors import BadQueryError
from pellucid.store.records import Not, Query, TagCondition
from pellucid.store.tables import series

HIDDEN: Final = "hidden"
"""The system tag of rows that only those find who ask for them (protocol §3.2)."""

_METRIC: Final = re.compile(r"last_metrics\.(?P<title>[0-9a-f]{32})\.(?P<series>[0-9a-f]{32})\.(?P<field>\w+)")
_METRIC_FIELDS: Final = {"value": "last", "min_value": "least", "max_value": "greatest"}


def find_rows(connection: Connection, table: Table, query: Query, *, order: str = "id") -> list[Row[Any]]:
    """The rows that match, in the order that is asked for, else by a column. Raises BadQueryError."""
    joined, keys = _ordering(table, query.order_by or [(order, False)])
    page = select(table.c.id).select_from(joined).where(matches(table, query)).order_by(*keys, table.c.id)
    ids = connection.scalars(page.offset(query.offset).limit(query.limit)).all()
    # Documents are read for the page only: with them in the sorted rows, each row that matches would be read whole.
    rows = {row.id: row for row in connection.execute(select(table).where(any_of(table.c.id, ids)))}
    return [rows[key] for key in ids]


def count_rows(connection: Connection, table: Table, query: Query) -> int:
    """How many rows match. Raises BadQueryError."""
    return connection.execute(select(func.count()).select_from(table).where(matches(table, query))).scalar_one()


def matches(table: Table, query: Query) -> ColumnElement[bool]:
    """The conditions of a query. Raises BadQueryError."""
    conditions = [_equal(table, name, values) for name, values in query.equal.items() if values]
    if query.ids:
        conditions.append(any_of(table.c.id, query.ids))
    if query.name:
        conditions.append(_named(table.c.name, query.name))
    if query.tags:
        conditions.append(_tagged(table.c.tags, query.tags))
    if query.system_tags:
        conditions.append(_tagged(table.c.system_tags, query.system_tags))
    if not query.hidden and not query.ids:
        conditions.append(not_(overlaps(table.c.system_tags, [HIDDEN])))
    return and_(true(), *conditions)


def _equal(table: Table, name: str, values: list[str]) -> ColumnElement[bool]:
    column = table.c.get(name)
    if column is not None and isinstance(column.type, String):
        return any_of(column, values)
    if column is not None and name in _TEXT_LISTS:
        return overlaps(column, values)
    raise BadQueryError(f"{table.name} cannot be filtered by {name!r}")


_TEXT_LISTS: Final = frozenset({"tags", "system_tags", "path"})


def _named(column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadQueryError(f"name: {pattern!r} is not a regular expression: {error}") from error
    return column.regexp_match(pattern)


def _tagged(column: ColumnElement[Any], condition: TagCondition) -> ColumnElement[bool]:
    parts = [_tag_part(column, part) for part in condition.parts]
    return and_(true(), *parts) if condition.every else or_(false(), *parts)


def _tag_part(column: ColumnElement[Any], part: str | Not | TagCondition) -> ColumnElement[bool]:
    match part:
        case TagCondition():
            return _tagged(column, part)
        case Not(tag):
            return not_(overlaps(column, [tag]))
        case tag:
            return overlaps(column, [tag])


def _ordering(table: Table, order_by: Sequence[tuple[str, bool]]) -> tuple[FromClause, list[UnaryExpression[Any]]]:
    """What to select from, and the sort keys. Fields that do not exist are passed over, as clients expect (§2.2)."""
    joined: FromClause = table
    keys: list[UnaryExpression[Any]] = []
    for name, descending in order_by:
        column = table.c.get(name)
        if (metric := _METRIC.fullmatch(name)) and table.name == "tasks" and metric["field"] in _METRIC_FIELDS:
            summary = series.alias()
            joined = joined.outerjoin(summary, _is_metric(table, summary, metric["title"], metric["series"]))
            column = summary.c[_METRIC_FIELDS[metric["field"]]]
        if column is not None and not isinstance(column.type, JSON):
            keys.append(_directed(column, descending))
    return joined, keys


def _is_metric(table: Table, summary: NamedFromClause, title: str, name: str) -> ColumnElement[bool]:
    return and_(summary.c.task == table.c.id, summary.c.title_md5 == title, summary.c.series_md5 == name)


def _directed(column: ColumnElement[Any], descending: bool) -> UnaryExpression[Any]:
    return (column.desc() if descending else column.asc()).nulls_last()
