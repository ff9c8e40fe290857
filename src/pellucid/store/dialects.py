"""What SQLite and PostgreSQL write differently: JSON lists, places in texts, and inserts that meet an existing row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Integer, Table, literal, select
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


class position(FunctionElement[int]):  # noqa: N801 - reads as a function of SQL
    """Where a text first occurs in another, counted from one, letter by letter in their case; 0 if it does not."""

    inherit_cache = True
    name = "position"
    type = Integer()


@compiles(position)
def _sqlite_position(element: position, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(position, "postgresql")
def _postgresql_position(element: position, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


def any_of(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a text column is one of the values, of which there may be more than a statement takes parameters."""
    if len(values) <= _FEW:
        return column.in_(values)
    texts = json_texts(literal(list(values), Json)).table_valued("value")
    return column.in_(select(texts.c.value))


def overlaps(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column that holds a JSON list of texts has at least one of the values."""
    texts = json_texts(column).table_valued("value")
    return select(texts.c.value).where(texts.c.value.in_(values)).exists()
