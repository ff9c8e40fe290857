"""What a dotted path leads to in a table, and conditions on it, as SQL."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Double,
    FromClause,
    String,
    Table,
    false,
    literal,
    not_,
    null,
    or_,
    select,
)

from pellucid.store.columns import UtcDateTime
from pellucid.store.conditions import Compares, Has, Matches
from pellucid.store.dialects import any_of, begins_with, contains, each_checked, json_texts, overlaps
from pellucid.store.errors import BadQueryError
from pellucid.store.field_paths import split_path
from pellucid.store.json_access import items_under, json_text, matches_pattern, number
from pellucid.store.metric_fields import is_metric, is_of_task, metric_value
from pellucid.store.patterns import check_pattern, literal_of
from pellucid.store.tables import series, tasks

TEXT_LISTS: Final = frozenset({"tags", "system_tags", "path", "queues"})
"""Columns that hold a JSON list of texts."""

_ITEM_LISTS: Final = frozenset({("models", "input"), ("models", "output"), ("execution", "artifacts")})
"""Lists of objects inside documents, which a path goes on into."""

_OPERATORS: Final[dict[str, Callable[[Any, Any], ColumnElement[bool]]]] = {
    ">=": lambda field, value: field >= value,
    ">": lambda field, value: field > value,
    "<=": lambda field, value: field <= value,
    "<": lambda field, value: field < value,
}


class Kind(Enum):
    """What a field holds."""

    TEXT = auto()
    NUMBER = auto()
    MOMENT = auto()
    FLAG = auto()
    IN_DOCUMENT = auto()
    """Anything, at hand as a text."""


@dataclass(frozen=True)
class Field:
    """A field of a table's rows.

    Attributes:
        path: its parts.
        kind: what it holds.
        value: the value, or that of one element.
        elements: the rows in which a field with several values has them.
        within: what such a row must be like.
    """

    path: tuple[str, ...]
    kind: Kind
    value: ColumnElement[Any]
    elements: FromClause | None = None
    within: ColumnElement[bool] | None = None

    def holds(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """Whether a condition holds for the value, or for one of several."""
        if self.elements is None:
            return condition
        found = select(literal(1)).select_from(self.elements).where(condition)
        return (found if self.within is None else found.where(self.within)).exists()


def find_field(table: Table, path: str) -> Field | None:
    """The field that a path leads to, or ``None`` if rows of this table have no such."""
    parts = split_path(path)
    if table is tasks and is_metric(parts):
        summary = series.alias()
        return Field(parts, Kind.NUMBER, metric_value(summary, parts), summary, is_of_task(summary, parts))
    column = table.c.get(parts[0])
    if column is None:
        return None
    if isinstance(column.type, JSON):
        return _inside(column, parts)
    return Field(parts, _kind_of(column), column) if len(parts) == 1 else None


def _kind_of(column: ColumnElement[Any]) -> Kind:
    for kind, column_type in ((Kind.MOMENT, UtcDateTime), (Kind.FLAG, Boolean), (Kind.TEXT, String)):
        if isinstance(column.type, column_type):
            return kind
    return Kind.NUMBER


def _inside(column: ColumnElement[Any], path: tuple[str, ...]) -> Field | None:
    head, *rest = path
    if head in TEXT_LISTS:
        texts = json_texts(column).table_valued("value")
        return None if rest else Field(path, Kind.TEXT, texts.c.value, texts)
    if not rest:
        return None
    if (head, rest[0]) in _ITEM_LISTS and len(rest) == 2:
        items, value = items_under(column, rest[0], rest[1])
        return Field(path, Kind.IN_DOCUMENT, value, items)
    return Field(path, Kind.IN_DOCUMENT, json_text(column, rest))


def known_field(table: Table, path: str) -> Field:
    """The field that a path leads to. Raises BadQueryError if there is no such."""
    field = find_field(table, path)
    if field is None:
        raise BadQueryError(f"{table.name} cannot be filtered by {path!r}")
    return field


def has(table: Table, condition: Has) -> ColumnElement[bool]:
    """The condition as SQL. Raises BadQueryError."""
    field = known_field(table, condition.field)
    values = [value for value in condition.values if value is not None]
    options: list[ColumnElement[bool]] = []
    if values:
        is_list = condition.field in TEXT_LISTS
        options.append(
            overlaps(table.c[condition.field], values)
            if is_list
            else field.holds(_equals(condition.field, field, values))
        )
    if len(values) < len(condition.values):
        options.append(_is_empty(field))
    return or_(*options) if options else false()


def _equals(path: str, field: Field, values: Sequence[str]) -> ColumnElement[bool]:
    match field.kind:
        case Kind.TEXT | Kind.IN_DOCUMENT:
            return any_of(field.value, values)
        case Kind.FLAG:
            return field.value.in_([value.lower() == "true" for value in values])
        case Kind.NUMBER:
            # Numbers of any size are compared as such: one that is too large for the column is equal to nothing.
            return or_(*(field.value == literal(_to_number(path, value), Double) for value in values))
        case Kind.MOMENT:
            raise BadQueryError(f"{path} is a moment; give a range")


def _to_number(path: str, value: str) -> float:
    try:
        parsed = float(value)
    except ValueError:
        parsed = math.nan
    if not math.isfinite(parsed):
        raise BadQueryError(f"{path}: {value!r} is no number")
    return parsed


def _is_empty(field: Field) -> ColumnElement[bool]:
    if field.elements is not None:
        return not_(field.holds(field.value.is_not(null())))
    if field.kind in (Kind.TEXT, Kind.IN_DOCUMENT):
        return or_(field.value.is_(None), field.value == "")
    return field.value.is_(None)


def matches(table: Table, condition: Matches) -> ColumnElement[bool]:
    """The condition as SQL. Raises BadQueryError."""
    field = known_field(table, condition.field)
    check_pattern(condition.field, condition.pattern)
    if field.kind not in (Kind.TEXT, Kind.IN_DOCUMENT):
        raise BadQueryError(f"{condition.field} holds no text")
    column = table.c.get(condition.field)
    if condition.field not in _INDEXED or column is None:
        return field.holds(_is_found(field.value, condition.pattern))
    # As a search of its own, which reads the names from their index where it would read whole rows.
    searched = table.alias()
    found = _is_found(searched.c[condition.field], condition.pattern)
    return each_checked(table.c.id).in_(select(searched.c.id).where(found))


_INDEXED: Final = frozenset({"name"})


def _is_found(text: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    if literal := literal_of(pattern):
        if literal.at_start and literal.at_end:
            return text.in_([literal.text, f"{literal.text}\n"])  # $ holds before a last newline as well
        if not literal.at_end:
            return begins_with(text, literal.text) if literal.at_start else contains(text, literal.text)
    return matches_pattern(text, pattern)


def compares(table: Table, condition: Compares) -> ColumnElement[bool]:
    """The condition as SQL. Raises BadQueryError."""
    field = known_field(table, condition.field)
    moment = isinstance(condition.value, datetime)
    if field.kind is Kind.IN_DOCUMENT and not moment:
        field = replace(field, kind=Kind.NUMBER, value=number(field.value))
    if field.kind is not (Kind.MOMENT if moment else Kind.NUMBER):
        raise BadQueryError(f"{condition.field} is not compared with a {'moment' if moment else 'number'}")
    return field.holds(_OPERATORS[condition.operator](field.value, condition.value))
