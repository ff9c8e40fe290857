"""Looking into JSON documents and texts, in each database's own SQL: an addition to ``dialects``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Double, FromClause, String, TableValuedAlias, Text, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from pellucid.store.dialects import json_texts
from pellucid.store.patterns import to_postgresql


class _json_text(FunctionElement[str]):  # noqa: N801 - reads as a function of SQL
    """Arguments: the document, SQLite's path to the value, and the keys on the way."""

    inherit_cache = True
    name = "json_text"
    type = Text()


@compiles(_json_text)
def _sqlite_json_text(element: _json_text, compiler: Any, **options: Any) -> str:
    document, path = (compiler.process(clause, **options) for clause in list(element.clauses)[:2])
    kind, value = f"json_type({document}, {path})", f"json_extract({document}, {path})"
    # SQLite knows no truth values, and would give a number.
    return f"CASE {kind} WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST({value} AS TEXT) END"


@compiles(_json_text, "postgresql")
def _postgresql_json_text(element: _json_text, compiler: Any, **options: Any) -> str:
    document, _, *keys = (compiler.process(clause, **options) for clause in element.clauses)
    return f"jsonb_extract_path_text({', '.join([document, *keys])})"


def json_text(document: ColumnElement[Any], keys: Sequence[str]) -> ColumnElement[str]:
    """The value at a path of keys, as a text; NULL if there is none or it is ``null``."""
    # Keys are stored, and so compared, with what is not ASCII escaped.
    path = "$" + "".join(f".{json.dumps(key)}" for key in keys)
    return _json_text(document, literal(path, String), *(literal(key, String) for key in keys))


class _json_part(FunctionElement[Any]):  # noqa: N801 - reads as a function of SQL
    """The list or object under a key of a document; an empty list if there is none."""

    inherit_cache = True
    name = "_json_part"


@compiles(_json_part)
def _sqlite_json_part(element: _json_part, compiler: Any, **options: Any) -> str:
    document, key = (compiler.process(clause, **options) for clause in element.clauses)
    return f"coalesce(json_extract({document}, '$.' || {key}), '[]')"


@compiles(_json_part, "postgresql")
def _postgresql_json_part(element: _json_part, compiler: Any, **options: Any) -> str:
    document, key = (compiler.process(clause, **options) for clause in element.clauses)
    part = f"jsonb_extract_path({document}, {key})"
    return f"CASE jsonb_typeof({part}) WHEN 'array' THEN {part} ELSE '[]'::jsonb END"


def items_under(document: ColumnElement[Any], key: str, field: str) -> tuple[FromClause, ColumnElement[str]]:
    """The list of objects under a key of a document, as rows, and the text of one field in a row."""
    items = json_texts(_json_part(document, literal(key, String))).table_valued("value")
    return items, json_text(_as_json(items.c.value), [field])


class _json_entries(FunctionElement[Any]):  # noqa: N801 - reads as a function of SQL
    """Argument: a JSON object."""

    inherit_cache = True
    name = "json_entries"


@compiles(_json_entries)
def _sqlite_json_entries(element: _json_entries, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_json_entries, "postgresql")
def _postgresql_json_entries(element: _json_entries, compiler: Any, **options: Any) -> str:
    return f"jsonb_each({compiler.process(element.clauses, **options)})"


def json_entries(document: ColumnElement[Any]) -> TableValuedAlias:
    """The entries of a JSON object, as rows of ``key`` and ``value``."""
    return _json_entries(document).table_valued("key", "value")


class _as_json(FunctionElement[Any]):  # noqa: N801 - reads as a function of SQL
    """A JSON value that is at hand as its text."""

    inherit_cache = True
    name = "as_json"


@compiles(_as_json)
def _sqlite_as_json(element: _as_json, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(_as_json, "postgresql")
def _postgresql_as_json(element: _as_json, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})::jsonb"


class _number(FunctionElement[float]):  # noqa: N801 - reads as a function of SQL
    """Argument: a text."""

    inherit_cache = True
    name = "number"
    type = Double()


@compiles(_number)
def _sqlite_number(element: _number, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    # A text that is a number throughout is equal to it; of others, the cast takes as much as is one.
    return f"CASE WHEN CAST({text} AS NUMERIC) = {text} THEN CAST({text} AS REAL) END"


@compiles(_number, "postgresql")
def _postgresql_number(element: _number, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    shape = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*$"
    return f"CASE WHEN {text} ~ '{shape}' THEN ({text})::numeric END"


def number(text: ColumnElement[str]) -> ColumnElement[float]:
    """The number that a text is; NULL if it is none."""
    return _number(text)


class _matches(FunctionElement[bool]):  # noqa: N801 - reads as a function of SQL
    """Arguments: the text, the expression, and the expression for PostgreSQL."""

    inherit_cache = True
    name = "matches"


@compiles(_matches)
def _sqlite_matches(element: _matches, compiler: Any, **options: Any) -> str:
    text, pattern = (compiler.process(clause, **options) for clause in list(element.clauses)[:2])
    return f"matches_pattern({text}, {pattern})"


@compiles(_matches, "postgresql")
def _postgresql_matches(element: _matches, compiler: Any, **options: Any) -> str:
    text, _, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({text} ~ {pattern})"


def matches_pattern(text: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    """Whether a checked regular expression matches anywhere in a text (see ``pellucid.store.patterns``)."""
    return _matches(text, literal(pattern, String), literal(to_postgresql(pattern), String))
