"""How benchmarks print what they measured."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence


def print_rows(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table."""
    for row in (headings, ["---"] * len(headings), *rows):
        print(f"| {' | '.join(row)} |")


def median_of(measure: Callable[[], float], rounds: int) -> float:
    """The median of several measurements: these numbers come from small, noisy machines."""
    return statistics.median(measure() for _ in range(rounds))
