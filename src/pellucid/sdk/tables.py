"""Tables, as the JSON of plotly figures (sdk-surface §3 Logger, §4.28)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from pellucid.base.errors import UsageError
from pellucid.sdk.plot_json import check_plotly, draw

_PATIENCE: Final = 20.0
"""Seconds to wait for each piece of a file on the web."""

ALLOWED: Final = "a DataFrame of pandas or polars, or a list of rows of which the first is the header"


class Table(NamedTuple):
    """What is shown: names of columns, and rows of as many cells."""

    header: list[str]
    rows: list[list[Any]]


def table_of(value: object) -> Table:
    """The table that a user gave.

    Raises:
        UsageError: it is none.
    """
    if hasattr(value, "columns") and callable(getattr(value, "rows", None)):
        return _of_polars(value)
    if hasattr(value, "columns") and callable(getattr(value, "itertuples", None)):
        return _of_pandas(value)
    to_list: Any = getattr(value, "tolist", None)
    rows = to_list() if callable(to_list) else value
    if isinstance(rows, list | tuple) and rows and all(isinstance(row, list | tuple) for row in rows) and rows[0]:
        return Table([str(name) for name in rows[0]], _filled([list(row) for row in rows[1:]], len(rows[0])))
    raise UsageError(f"table_plot is {value!r}; allowed is {ALLOWED}")


def read_csv(path: object) -> Table:
    """The table in a file, whose first line is the header.

    Raises:
        UsageError: there is no such file, or no table in it.
    """
    if not isinstance(path, str | Path) or not Path(path).is_file():
        raise UsageError(f"csv is {path!r}; allowed is the path of a CSV file that exists")
    return _parse("csv", path, Path(path).read_bytes())


def fetch_csv(url: object) -> Table:
    """The table in a file on the web; this asks the network.

    Raises:
        UsageError: it is no address of the web, or there is no table.
        OSError: it can't be fetched.
    """
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise UsageError(f"url is {url!r}; allowed is the address of a CSV file, such as https://host/table.csv")
    from urllib.request import urlopen  # takes long to import, and hardly anybody needs it

    with urlopen(url, timeout=_PATIENCE) as answer:
        return _parse("url", url, answer.read())


def draw_table(
    title: str,
    table: Table,
    *,
    extra_layout: Mapping[str, Any] | None = None,
    extra_data: Mapping[str, Any] | None = None,
) -> str:
    """The JSON of a figure with a table.

    Args:
        title: above it.
        table: its content.
        extra_layout: more of plotly's layout.
        extra_data: more of plotly's table.

    Raises:
        UsageError: one of these is no dictionary.
    """
    columns = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.header)
    trace = {
        "type": "table",
        "header": {"values": [str(name) for name in table.header], "align": "left"},
        "cells": {"values": [[_cell(value) for value in column] for column in columns], "align": "left"},
        **check_plotly("extra_data", extra_data),
    }
    return draw(title, [trace], {}, extra_layout=extra_layout)


def _of_pandas(frame: Any) -> Table:
    header = [_column(name) for name in frame.columns]
    # An index that only counts is of no interest.
    shown = type(frame.index).__name__ != "RangeIndex"
    names = ["" if name is None else str(name) for name in frame.index.names] if shown else []
    rows = []
    for index, *cells in frame.itertuples(name=None):
        key = [] if not shown else list(index) if isinstance(index, tuple) else [index]
        rows.append([*key, *cells])
    return Table([*names, *header], rows)


def _of_polars(frame: Any) -> Table:
    return Table([str(name) for name in frame.columns], [list(row) for row in frame.rows()])


def _parse(argument: str, source: object, content: bytes) -> Table:
    rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig", "replace"))) if row]
    if not rows:
        raise UsageError(f"{argument} is {str(source)!r}, which has no table in it")
    return Table(rows[0], _filled(rows[1:], len(rows[0])))


def _filled(rows: list[list[Any]], width: int) -> list[list[Any]]:
    """Rows with as many cells as there are columns."""
    for row in rows:
        if len(row) > width:
            raise UsageError(f"the table has the row {row!r}; allowed are rows of {width} cells, as the header has")
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _column(name: object) -> str:
    return " / ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _cell(value: object) -> object:
    """Numbers and texts as they are, everything else as text, also what is no finite number."""
    to_python: Any = getattr(value, "item", None)
    plain = to_python() if callable(to_python) else value
    if isinstance(plain, bool | int | str) or (isinstance(plain, float) and abs(plain) < float("inf")):
        return plain
    return "" if plain is None else str(plain)
