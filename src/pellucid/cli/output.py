"""How commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

GAP = "  "


def print_json(value: Any) -> None:
    """Print one JSON document; wire types and dates are understood, a value that is no number becomes ``null``."""
    json.dump(_with_null(msgspec.to_builtins(value)), sys.stdout, indent=2, ensure_ascii=False)
    print()


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print rows under headings, columns aligned; the widest text column gives way when the terminal is too narrow.

    Args:
        headings: one text per column.
        rows: texts; control characters in them are made visible, so that a name cannot move the cursor.
        right: indices of the columns to align right.
    """
    table = [[printable(cell) for cell in row] for row in [headings, *rows]]
    widths = [max(len(row[column]) for row in table) for column in range(len(headings))]
    if sys.stdout.isatty():
        spare = shutil.get_terminal_size().columns - sum(widths) - len(GAP) * (len(widths) - 1)
        if spare < 0:
            widest = widths.index(max(widths))
            widths[widest] = max(8, widths[widest] + spare)
    for row in table:
        cells = [
            _shorten(cell, width).rjust(width) if column in right else _shorten(cell, width).ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print(GAP.join(cells).rstrip())


def printable(text: str) -> str:
    """The text on one line, with control characters as escapes."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def number(value: float | None) -> str:
    """A metric's value in at most five significant digits; ``-`` when there is none."""
    return "-" if value is None else f"{value:.5g}"


def ago(moment: datetime | str | None, now: datetime | None = None) -> str:
    """How long ago something was, in the largest fitting unit, such as ``3m`` or ``2d``; ``-`` if it never was."""
    if moment is None:
        return "-"
    then = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    seconds = max(0, int(((now or datetime.now(UTC)) - then).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _with_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_null(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_null(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
