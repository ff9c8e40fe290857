"""Searches, as SQL."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
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
from pellucid.store.dialects import HasSystemTag, any_of, is_archived, is_hidden, overlaps
from pellucid.store.errors import BadQueryError
from pellucid.store.fields import TEXT_LISTS
from pellucid.store.records import Query
from pellucid.store.tables import tasks


def count_rows(connection: Connection, table: Table, query: Query) -> int:
    """How many rows match. Raises BadQueryError."""
    return connection.execute(select(func.count()).select_from(table).where(matches(table, query))).scalar_one()


def distinct_values(connection: Connection, table: Table, path: str, query: Query) -> list[str]:
    """The texts that a field has in the rows that match, each once, in order. Raises BadQueryError."""
    field = fields.known_field(table, path)
    source: FromClause = table
    if field.elements is not None:
        source = table.join(field.elements, true() if field.within is None else field.within)
    value = field.value.label("value")
    found = select(value).select_from(source).where(matches(table, query), field.value.is_not(None)).distinct()
    return sorted(connection.scalars(found))


def matches(table: Table, query: Query) -> ColumnElement[bool]:
    """The conditions of a query. Raises BadQueryError."""
    conditions = [_equal(table, name, values) for name, values in query.equal.items() if values]
    if query.ids is not None:
        conditions.append(any_of(table.c.id, query.ids))
    if query.name:
        conditions.append(fields.matches(table, Matches("name", query.name)))
    conditions.extend(_meets(table, condition) for condition in query.where)
    if not query.hidden and query.ids is None:
        # Hidden rows are found by those who ask for them (protocol §3.2).
        conditions.append(_is_not(table, is_hidden))
    return and_(true(), *conditions)


def _is_not(table: Table, condition: type[HasSystemTag]) -> ColumnElement[bool]:
    """Rows without a system tag that has an index of its own."""
    # As a search of its own, from that index: whole rows need not be read to pass over those that have the tag.
    searched = table.alias()
    return table.c.id.not_in(select(searched.c.id).where(condition(searched.c.system_tags)))


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
        case Without(Has("system_tags", ("archived",))) if table is tasks:
            return _is_not(table, is_archived)
        case Without(part):
            # Where it is unknown whether the part holds, since there is no value, it does not.
            return not_(func.coalesce(_meets(table, part), false()))
