"""How commands print."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

import pytest

from pellucid.cli.output import ago, number, print_json, print_table, printable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_table_columns_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    """Text to the left, numbers to the right, no blanks at the end of a line."""
    print_table(["NAME", "POINTS"], [["loss", "1000"], ["accuracy", "7"]], right=[1])

    assert capsys.readouterr().out == "NAME      POINTS\nloss        1000\naccuracy       7\n"


def test_a_name_cannot_move_the_cursor() -> None:
    """Control characters are shown, not obeyed."""
    assert printable("red\x1b[31m\nnext") == "red\\x1b[31m\\nnext"


def test_json_has_no_bare_nan(capsys: pytest.CaptureFixture[str]) -> None:
    """What is no finite number is ``null``, so that any JSON parser reads the output."""
    print_json({"loss": math.nan, "values": [1.5, math.inf], "at": NOW})

    assert json.loads(capsys.readouterr().out) == {
        "loss": None,
        "values": [1.5, None],
        "at": "2026-03-01T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=5), "5s"),
        (timedelta(minutes=3, seconds=59), "3m"),
        (timedelta(hours=30), "1d"),
        (timedelta(seconds=-5), "0s"),
    ],
)
def test_ago_takes_the_largest_fitting_unit(length: timedelta, text: str) -> None:
    """A clock that is ahead never gives a negative age."""
    assert ago(NOW - length, NOW) == text


def test_what_is_missing_is_a_dash() -> None:
    """No value and no moment look the same."""
    assert number(None) == "-"
    assert ago(None) == "-"
