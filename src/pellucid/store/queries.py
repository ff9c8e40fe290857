"""Searches over tasks and projects, as SQL."""

from __future__ import annotations

import re
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

from pellucid.store.dialects import any_of, overlaps, position
from pellucid.store.errors import BadQueryError
from pellucid.store.records import Not, Query, TagCondition

HIDDEN: Final = "hidden"
"""The system tag of rows that only those find who ask for them (protocol §3.2)."""

_TEXT_LISTS: Final = frozenset({"tags", "system_tags", "path"})

_LITERAL: Final = re.compile(r"(?P<start>\^?)(?P<text>(?:[^\\.^$*+?{}\[\]|()]|\\[^0-9A-Za-z])+)(?P<end>\$?)")
"""A regular expression that is a text, escaped or not, perhaps anchored: what nearly all searches by name are."""


def count_rows(connection: Connection, table: Table, query: Query) -> int:
    """How many rows match. Raises BadQueryError."""
    return connection.execute(select(func.count()).select_from(table).where(matches(table, query))).scalar_one()


def matches(table: Table, query: Query) -> ColumnElement[bool]:
    """The conditions of a query. Raises BadQueryError."""
    conditions = [_equal(table, name, values) for name, values in query.equal.items() if values]
    if query.ids:
        conditions.append(any_of(table.c.id, query.ids))
    if query.name:
        conditions.append(_named(table, query.name))
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
    if column is not None and isinstance(column.type, Boolean):
        return column.in_([value == "true" for value in values])
    raise BadQueryError(f"{table.name} cannot be filtered by {name!r}")


def _named(table: Table, pattern: str) -> ColumnElement[bool]:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadQueryError(f"name: {pattern!r} is not a regular expression: {error}") from error
    # As a search of its own, which reads the names from their index where it would read whole rows.
    searched = table.alias()
    return table.c.id.in_(select(searched.c.id).where(_found(searched.c.name, pattern)))


def _found(name: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    if literal := _LITERAL.fullmatch(pattern):
        text = re.sub(r"\\(.)", r"\1", literal["text"], flags=re.DOTALL)
        if literal["start"] and literal["end"]:
            return name.in_([text, f"{text}\n"])  # in this dialect, $ matches before a last newline as well
        if not literal["end"]:
            return position(name, text) == 1 if literal["start"] else position(name, text) > 0
    return name.regexp_match(pattern)


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
