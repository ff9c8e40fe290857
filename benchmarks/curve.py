"""Reading curves: series of a million points, ten of them, and ten thousand series in one task."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import zstandard

from benchmarks.table import median_of, print_rows
from pellucid.base.clock import utc_now
from pellucid.client.session import Client
from pellucid.server.curves import outlines, sampled
from pellucid.store.api import Store
from pellucid.store.opening import open_store
from pellucid.store.records import PointsBlock, TaskRecord
from pellucid.store.slots import SLOT
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import scalars

_BLOCK = 100_000
_ROUNDS = 5
_SAMPLES = 2000

_CASES = ((1, 1_000_000), (10, 1_000_000), (10_000, 100))
"""How many series, and how many points each."""


def main() -> None:
    """Print the table."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        for series, points in _CASES:
            rows += _measured(store, series, points)
        store.close()
        with running_server(Path(folder)) as server:
            rows += [_asked(server, _name(series, points)) for series, points in _CASES]
    print_rows(["what", "median", "reach"], rows)


def _measured(store: Store, series: int, points: int) -> list[list[str]]:
    task = _name(series, points)
    now = utc_now()
    store.tasks.create(
        TaskRecord(
            id=task, name=task, type="training", status="in_progress", created=now, last_update=now, last_change=now
        )
    )
    blocks = [_block(offset, series) for offset in range(0, series * points, _BLOCK)]
    begun = time.perf_counter()
    for block in blocks:
        store.events.append(task, [block], now)
    appended = time.perf_counter() - begun
    unsorted = _seconds(lambda: _draw(store, task))
    steps = [0.0]
    while True:
        begun = time.perf_counter()
        more = store.events.compact(task)
        steps.append(time.perf_counter() - begun)
        if not more:
            break
    sorted_ = median_of(lambda: _seconds(lambda: _draw(store, task)), _ROUNDS)
    one = median_of(lambda: _seconds(lambda: _draw(store, task, [("loss", "s1")])), _ROUNDS)
    listed = median_of(lambda: _seconds(lambda: store.events.summaries([task])), _ROUNDS)
    total = series * points
    return [
        [f"{task}: append", f"{total / appended / 1e6:.1f} M points/s", ""],
        [f"{task}: all curves, unsorted", f"{unsorted * 1000:.0f} ms", ""],
        [f"{task}: sort", f"{total / sum(steps) / 1e6:.1f} M points/s, {max(steps):.2f} s the longest step", ""],
        [f"{task}: all curves", f"{sorted_ * 1000:.0f} ms", "20 ms a series" if points > _SAMPLES else ""],
        [f"{task}: one curve", f"{one * 1000:.1f} ms", "20 ms"],
        [f"{task}: list the series", f"{listed * 1000:.1f} ms", ""],
    ]


def _name(series: int, points: int) -> str:
    return f"{series} x {points}"


def _asked(server: RunningServer, task: str) -> list[str]:
    """One curve as a client gets it."""
    client = Client(server.url, server.access_key, server.secret_key)
    request = scalars.ScalarHistogram(
        task=task, samples=_SAMPLES, metrics=[scalars.MetricVariants(metric="loss", variants=["s1"])]
    )
    client.send(scalars.SCALAR_HISTOGRAM, request)
    asked = median_of(lambda: _seconds(lambda: client.send(scalars.SCALAR_HISTOGRAM, request)), _ROUNDS)
    client.close()
    return [f"{task}: one curve, through HTTP", f"{asked * 1000:.1f} ms", "20 ms"]


def _draw(store: Store, task: str, series: list[tuple[str, str]] | None = None) -> None:
    for name, outline in outlines(store, task, samples=_SAMPLES, series=series).items():
        sampled(outline, name[1], samples=_SAMPLES, axis="iter")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _block(offset: int, series: int) -> PointsBlock:
    """Points as a training loop makes them: all series at each iteration, times that jitter, values that wander."""
    random = np.random.default_rng(offset)
    slots = np.empty(_BLOCK, SLOT)
    place = offset + np.arange(_BLOCK)
    slots["iteration"] = place // series
    slots["time"] = 1_700_000_000_000_000_000 + place * 50_000 + random.integers(0, 9_000, _BLOCK)
    slots["value"] = random.standard_normal(_BLOCK).cumsum()
    slots["number"] = 1 + place % series
    names = {number: ("loss", f"s{number}") for number in range(1, series + 1)}
    data = zstandard.ZstdCompressor(level=1).compress(slots.tobytes())
    return PointsBlock(writer="w", offset=offset, count=_BLOCK, series=names, data=data)


if __name__ == "__main__":
    main()
