"""What SQLite and PostgreSQL write differently: JSON lists, parts of texts, and inserts that meet an existing row."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, ClassVar, Final

from sqlalchemy import ARRAY, ColumnElement, Connection, String, Table, Text, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from pellucid.store.columns import Json

_FEW: Final = 500
"""Up to so many values are parameters of their own, with which a database can plan better."""

Insert = sqlite.Insert | postgresql.Insert
"""An insert that can say what happens on a conflict."""


def insert(dialect: str, table: Table) -> Insert:
    """An insert with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def insert_absent(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless one with the same key exists; returns whether it did."""
    added = insert(connection.dialect.name, table).on_conflict_do_nothing()
    # Without the option, the number of inserted rows is not kept on every database.
    return connection.execute(added, values, execution_options={"preserve_rowcount": True}).rowcount > 0


class json_texts(FunctionElement[str]):  # noqa: N801 - reads as a function of SQL
    """The texts in a JSON list, as rows with one column."""

    inherit_cache = True
    name = "json_texts"


@compiles(json_texts)
def _sqlite_json_texts(element: json_texts, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(json_texts, "postgresql")
def _postgresql_json_texts(element: json_texts, compiler: Any, **options: Any) -> str:
    return f"jsonb_array_elements_text({compiler.process(element.clauses, **options)})"


class _contains(FunctionElement[bool]):  # noqa: N801 - reads as a function of SQL
    """Arguments: the text, the part, and a pattern of LIKE that means the same."""

    inherit_cache = True
    name = "contains"


class _begins(_contains):  # noqa: N801 - reads as a function of SQL
    """As above."""

    inherit_cache = True
    name = "begins"


@compiles(_contains)
def _sqlite_contains(element: _contains, compiler: Any, **options: Any) -> str:
    text, part = (compiler.process(clause, **options) for clause in list(element.clauses)[:2])
    return f"instr({text}, {part}) {'= 1' if isinstance(element, _begins) else '> 0'}"


@compiles(_contains, "postgresql")
def _postgresql_contains(element: _contains, compiler: Any, **options: Any) -> str:
    # Of such patterns, the database knows how many rows to expect, and so which index to read.
    text, _, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({text} LIKE {pattern})"


def contains(text: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Whether a text has another in it, letter by letter in their case."""
    return _contains(text, literal(part, String), literal(f"%{_like(part)}%", String))


def begins_with(text: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Whether a text begins with another, letter by letter in their case."""
    return _begins(text, literal(part, String), literal(f"{_like(part)}%", String))


def _like(part: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", part)


class HasSystemTag(FunctionElement[bool]):
    """Whether a column of system tags has one of them: the condition of an index, word by word."""

    inherit_cache = True
    tag: ClassVar[str]


class is_hidden(HasSystemTag):  # noqa: N801 - reads as a function of SQL
    """Whether a column of system tags has ``hidden``."""

    inherit_cache = True
    tag = "hidden"


class is_archived(HasSystemTag):  # noqa: N801 - reads as a function of SQL
    """Whether a column of system tags has ``archived``."""

    inherit_cache = True
    tag = "archived"


@compiles(HasSystemTag)
def _sqlite_has_system_tag(element: HasSystemTag, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)}, '\"{element.tag}\"') > 0"


@compiles(HasSystemTag, "postgresql")
def _postgresql_has_system_tag(element: HasSystemTag, compiler: Any, **options: Any) -> str:
    return f"jsonb_exists({compiler.process(element.clauses, **options)}, '{element.tag}')"


class each_checked(FunctionElement[str]):  # noqa: N801 - reads as a function of SQL
    """A key that SQLite is to check row by row, as the order lists them, and not to look up; it guesses badly."""

    inherit_cache = True
    name = "each_checked"
    type = String()


@compiles(each_checked)
def _sqlite_each_checked(element: each_checked, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(each_checked, "postgresql")
def _postgresql_each_checked(element: each_checked, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


def any_of(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a text column is one of the values, of which there may be more than a statement takes parameters."""
    if len(values) <= _FEW:
        return column.in_(values)
    texts = json_texts(literal(list(values), Json)).table_valued("value")
    return column.in_(select(texts.c.value))


class _overlaps(FunctionElement[bool]):  # noqa: N801 - reads as a function of SQL
    """Arguments: the JSON list of texts, the texts, and a search for one of them that means the same."""

    inherit_cache = True
    name = "overlaps"


@compiles(_overlaps)
def _sqlite_overlaps(element: _overlaps, compiler: Any, **options: Any) -> str:
    _, _, search = element.clauses
    return str(compiler.process(search, **options))


@compiles(_overlaps, "postgresql")
def _postgresql_overlaps(element: _overlaps, compiler: Any, **options: Any) -> str:
    # The database has an index for this operator, and knows how many rows to expect.
    column, values, _ = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} ?| {values})"


def overlaps(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column that holds a JSON list of texts has at least one of the values."""
    texts = json_texts(column).table_valued("value")
    search = select(texts.c.value).where(texts.c.value.in_(values)).exists()
    return _overlaps(column, literal(list(values), ARRAY(Text)), search)
