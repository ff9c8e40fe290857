"""Searches, as SQL."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    String,
    Table,
    and_,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from pellucid.store import fields
from pellucid.store.conditions import Compares, Condition, Every, Has, Matches, Some, Without
from pellucid.store.dialects import any_of, overlaps
from pellucid.store.errors import BadQueryError
from pellucid.store.fields import TEXT_LISTS
from pellucid.store.records import Not, Query, TagCondition

HIDDEN: Final = "hidden"
"""The system tag of rows that only those find who ask for them (protocol §3.2)."""


def count_rows(connection: Connection, table: Table, query: Query) -> int:
    """How many rows match. Raises BadQueryError."""
    return connection.execute(select(func.count()).select_from(table).where(matches(table, query))).scalar_one()


def matches(table: Table, query: Query) -> ColumnElement[bool]:
    """The conditions of a query. Raises BadQueryError."""
    conditions = [_equal(table, name, values) for name, values in query.equal.items() if values]
    if query.ids is not None:
        conditions.append(any_of(table.c.id, query.ids))
    if query.name:
        conditions.append(fields.matches(table, Matches("name", query.name)))
    if query.tags:
        conditions.append(_tagged(table.c.tags, query.tags))
    if query.system_tags:
        conditions.append(_tagged(table.c.system_tags, query.system_tags))
    conditions.extend(_meets(table, condition) for condition in query.where)
    if not query.hidden and query.ids is None:
        conditions.append(not_(overlaps(table.c.system_tags, [HIDDEN])))
    return and_(true(), *conditions)


def _equal(table: Table, name: str, values: list[str]) -> ColumnElement[bool]:
    column = table.c.get(name)
    if column is not None and isinstance(column.type, String):
        return any_of(column, values)
    if column is not None and name in TEXT_LISTS:
        return overlaps(column, values)
    if column is not None and isinstance(column.type, Boolean):
        return column.in_([value == "true" for value in values])
    raise BadQueryError(f"{table.name} cannot be filtered by {name!r}")


def _meets(table: Table, condition: Condition) -> ColumnElement[bool]:
    match condition:
        case Has():
            return fields.has(table, condition)
        case Matches():
            return fields.matches(table, condition)
        case Compares():
            return fields.compares(table, condition)
        case Every(parts):
            return and_(true(), *(_meets(table, part) for part in parts))
        case Some(parts):
            return or_(false(), *(_meets(table, part) for part in parts))
        case Without(part):
            # Where it is unknown whether the part holds, since there is no value, it does not.
            return not_(func.coalesce(_meets(table, part), false()))


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
