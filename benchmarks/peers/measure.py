"""One measurement of one tool, in a process and an environment of its own: ``measure.py TOOL WHAT FOLDER FILE``.

Writes JSON to the file: what the tools print is theirs. ``WHAT`` is ``start`` (import, init, then an end with nothing
left to do), ``call`` (points one by one, each timed) or ``million`` (ten series, until a million points or the time is
over).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from trackers import TRACKERS, Tracker

SECONDS = 8.0
"""How long a tool may take before its figures are extrapolated."""

_CALLS = 100_000
_MILLION = 1_000_000
_SERIES = 10
_QUIET_SECONDS = 2.0
"""Until whatever a tool does in the background has nothing left to do."""


class _Empty:
    def log(self, title: str, series: str, value: float, iteration: int) -> None:
        """Do nothing, with the same arguments."""


def start(tracker: Tracker, folder: Path) -> dict[str, float]:
    """Seconds of the import and of the call that begins a run, and the moment after which nothing is left to do."""
    begun = time.perf_counter()
    tracker.load(folder)
    imported = time.perf_counter()
    tracker.start(folder)
    ready = time.perf_counter()
    tracker.log("loss", "train", 0.5, 0)
    time.sleep(_QUIET_SECONDS)
    return {"import": imported - begun, "init": ready - imported, "ending_at": time.time()}


def call(tracker: Tracker, folder: Path) -> dict[str, float]:
    """Nanoseconds of one call, median, mean and 99th percentile, and of an empty one with the same arguments."""
    tracker.load(folder)
    tracker.start(folder)
    clock = time.perf_counter_ns
    figures = {}
    for name, log in (("empty", _Empty().log), ("call", tracker.log)):
        durations = []
        deadline = clock() + int(SECONDS * 1e9)
        for iteration in range(_CALLS):
            begun = clock()
            log("loss", "train", iteration * 0.5, iteration)
            ended = clock()
            durations.append(ended - begun)
            if ended > deadline:
                break
        durations.sort()
        count = len(durations)
        figures |= {
            name: durations[count // 2],
            f"{name}_mean": sum(durations) / count,
            f"{name}_p99": durations[count * 99 // 100],
        }
    tracker.finish()
    return figures


def million(tracker: Tracker, folder: Path) -> dict[str, float]:
    """How many points were logged; the time is measured outside, until the last process of the tool is gone."""
    tracker.load(folder)
    tracker.start(folder)
    log = tracker.log
    names = [f"s{number}" for number in range(_SERIES)]
    deadline = time.perf_counter() + SECONDS
    iteration = 0
    while iteration * _SERIES < _MILLION and time.perf_counter() < deadline:
        for name in names:
            log("loss", name, iteration * 0.5, iteration)
        iteration += 1
    tracker.finish()
    return {"points": iteration * _SERIES}


def main(tool: str, what: str, folder: str, file: str) -> None:
    """Measure and write down."""
    figures = {"start": start, "call": call, "million": million}[what](TRACKERS[tool](), Path(folder))
    Path(file).write_text(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
