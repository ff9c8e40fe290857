"""Many rows in one parameter: a JSON list of lists, taken apart by the database in a fraction of the time that a
parameter for each value takes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, BindParameter, Column, ColumnElement, TableValuedAlias, Text, cast, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from pellucid.store.columns import Json


class _json_rows(FunctionElement[Any]):  # noqa: N801 - reads as a function of SQL
    """Argument: a JSON list, as text."""

    inherit_cache = True
    name = "json_rows"


@compiles(_json_rows)
def _sqlite_json_rows(element: _json_rows, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_json_rows, "postgresql")
def _postgresql_json_rows(element: _json_rows, compiler: Any, **options: Any) -> str:
    return f"jsonb_array_elements(CAST({compiler.process(element.clauses, **options)} AS jsonb))"


class _text_at(FunctionElement[str]):  # noqa: N801 - reads as a function of SQL
    """Arguments: a JSON list, and a place in it that holds a text or a number."""

    inherit_cache = True
    name = "text_at"
    type = Text()


class _document_at(FunctionElement[Any]):  # noqa: N801 - reads as a function of SQL
    """Arguments: a JSON list, and a place in it that holds an object."""

    inherit_cache = True
    name = "document_at"
    type = Json


@compiles(_text_at)
@compiles(_document_at)
def _sqlite_at(element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
    items, place = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract({items}, '$[{place}]')"


@compiles(_text_at, "postgresql")
def _postgresql_text_at(element: _text_at, compiler: Any, **options: Any) -> str:
    items, place = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({items} ->> {place})"


@compiles(_document_at, "postgresql")
def _postgresql_document_at(element: _document_at, compiler: Any, **options: Any) -> str:
    items, place = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({items} -> {place})"


def json_rows(rows: BindParameter[str]) -> TableValuedAlias:
    """The inner lists, as rows with one column, ``value``."""
    return _json_rows(rows).table_valued("value")


def value_at(row: ColumnElement[Any], place: int, column: Column[Any]) -> ColumnElement[Any]:
    """What is at a place of an inner list, as a column holds it: text, whole number or JSON object."""
    where: ColumnElement[Any] = literal_column(str(place))
    if column.type is Json:
        return _document_at(row, where)
    text = _text_at(row, where)
    return cast(text, BigInteger) if isinstance(column.type, BigInteger) else text
