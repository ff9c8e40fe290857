"""Tests of ``pellucid.sdk.tables``."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pellucid.base.errors import UsageError
from pellucid.sdk import tables

ROWS = [["name", "value"], ["a", 1], ["b", 2.5]]


class Polars:
    """What a DataFrame of polars is to us."""

    columns = ("name", "value")

    def rows(self) -> list[tuple[Any, ...]]:
        """Row by row."""
        return [("a", 1), ("b", 2.5)]


@pytest.mark.parametrize(
    "value", [ROWS, np.array(ROWS, dtype=object), pd.DataFrame(ROWS[1:], columns=ROWS[0]), Polars()]
)
def test_tables_of_any_kind(value: Any) -> None:
    """Rows, arrays, DataFrames."""
    (trace,) = json.loads(tables.draw_table("title", tables.table_of(value)))["data"]

    assert trace["header"]["values"] == ["name", "value"]
    assert trace["cells"]["values"] == [["a", "b"], [1, 2.5]]


def test_an_index_that_says_something_is_shown() -> None:
    """One that only counts is not."""
    frame = pd.DataFrame({"value": [1, 2]}, index=pd.Index(["a", "b"], name="key"))
    assert tables.table_of(frame) == tables.Table(["key", "value"], [["a", 1], ["b", 2]])


def test_what_is_no_finite_number_is_text() -> None:
    """So that it is seen (sdk-surface §4.28)."""
    frame = pd.DataFrame({"value": [float("nan"), float("inf")], "when": pd.to_datetime(["2024-01-01", "2024-01-02"])})
    (trace,) = json.loads(tables.draw_table("title", tables.table_of(frame)))["data"]

    assert trace["cells"]["values"] == [["nan", "inf"], ["2024-01-01 00:00:00", "2024-01-02 00:00:00"]]


def test_a_file(tmp_path: Path) -> None:
    """Its first line is the header; short lines are filled."""
    file = tmp_path / "table.csv"
    file.write_text('name,value\n"a, b",1\n\nc\n', encoding="utf-8-sig")

    assert tables.read_csv(file) == tables.Table(["name", "value"], [["a, b", "1"], ["c", ""]])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Serves the files of a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_file_on_the_web(site: str, tmp_path: Path) -> None:
    """Is fetched at once."""
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")

    assert tables.fetch_csv(f"{site}/table.csv") == tables.Table(["a", "b"], [["1", "2"]])
    with pytest.raises(OSError, match="404"):
        tables.fetch_csv(f"{site}/other.csv")


@pytest.mark.parametrize("value", [3, [], [[]], ["a"], {"a": 1}, [["a"], ["b", "c"]]])
def test_what_is_no_table_is_refused(value: Any) -> None:
    """The message says what is allowed."""
    with pytest.raises(UsageError, match="table"):
        tables.table_of(value)


@pytest.mark.parametrize("url", ["file:///etc/passwd", 3, "table.csv"])
def test_only_the_web_is_asked(url: Any) -> None:
    """No local file passes for an address."""
    with pytest.raises(UsageError, match="url is"):
        tables.fetch_csv(url)


def test_a_file_that_is_not_there_is_refused() -> None:
    """With its path."""
    with pytest.raises(UsageError, match="csv is '/does/not/exist'"):
        tables.read_csv("/does/not/exist")
