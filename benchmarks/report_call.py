"""One reported point, as a multiple of an empty Python call with the same arguments."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.table import print_rows
from pellucid.journal.writer import Writer

_CALLS = 100_000
_ROUNDS = 9

Report = Callable[[int, int, float], None]


def main() -> None:
    """Print the table: rounds alternate, so that a noisy moment hits both sides."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Writer(Path(folder))
        points, empties = [], []
        for _ in range(_ROUNDS):
            empties.append(_nanoseconds(_empty))
            points.append(_nanoseconds(journal.append_point))
        tail = sorted(_each(journal.append_point))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(_ROUNDS):
            _nanoseconds(journal.append_point)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        journal.close()
    point, empty = statistics.median(points), statistics.median(empties)
    print_rows(
        ["what", "value", "reach"],
        [
            ["empty call, ns", f"{empty:.0f}", ""],
            ["Writer.append_point, ns", f"{point:.0f}", ""],
            ["ratio", f"{point / empty:.1f}", "8"],
            ["p99, µs, with the clock's own cost", f"{tail[len(tail) * 99 // 100] / 1000:.1f}", "5"],
            ["longest, µs", f"{tail[-1] / 1000:.0f}", ""],
            [f"peak memory grown over {_CALLS * _ROUNDS:,} points, MB", f"{grown / 1024:.1f}", "none"],
        ],
    )


def _empty(number: int, iteration: int, value: float) -> None:
    """Does nothing, with the arguments of ``append_point``."""


def _nanoseconds(report: Report) -> float:
    begun = time.perf_counter_ns()
    for iteration in range(_CALLS):
        report(1, iteration, 0.5)
    return (time.perf_counter_ns() - begun) / _CALLS


def _each(report: Report) -> list[int]:
    clock = time.perf_counter_ns
    durations = [0] * _CALLS
    for iteration in range(_CALLS):
        begun = clock()
        report(1, iteration, 0.5)
        durations[iteration] = clock() - begun
    return durations


if __name__ == "__main__":
    main()
