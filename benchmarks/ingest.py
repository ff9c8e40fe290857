"""The store alone: points stored per second, and reading a series of a million points back."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np
import zstandard

from benchmarks.table import median_of, print_rows
from pellucid.base.clock import utc_now
from pellucid.store.api import Store
from pellucid.store.opening import open_store
from pellucid.store.records import PointsBlock, TaskRecord
from pellucid.store.slots import SLOT

_BLOCK = 100_000
_SERIES = 10
_ROUNDS = 20
_POINTS = 1_000_000


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "data")
        blocks = iter([_block(place * _BLOCK, _SERIES) for place in range(_ROUNDS)])
        _create_task(store, "many")
        many = median_of(lambda: _seconds_to_append(store, "many", next(blocks)), _ROUNDS)
        _create_task(store, "one")
        for offset in range(0, _POINTS, _BLOCK):
            _seconds_to_append(store, "one", _block(offset, 1))
        whole = median_of(lambda: _seconds_to_read(store, "one"), 5)
        store.close()
        bare = _seconds_to_write(Path(folder) / "bare", _block(0, _SERIES).data)
    print_rows(
        ["what", "median", "reach"],
        [
            [f"append {_BLOCK} points of {_SERIES} series", f"{_BLOCK / many / 1e6:.1f} M points/s", "3"],
            ["the same bytes to a bare file, with fsync", f"{_BLOCK / bare / 1e6:.1f} M points/s", ""],
            [f"read one series of {_POINTS} points, all of them", f"{whole * 1000:.0f} ms", ""],
        ],
    )


def _create_task(store: Store, task: str) -> None:
    now = utc_now()
    store.tasks.create(
        TaskRecord(
            id=task, name=task, type="training", status="in_progress", created=now, last_update=now, last_change=now
        )
    )


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


def _seconds_to_append(store: Store, task: str, block: PointsBlock) -> float:
    begun = time.perf_counter()
    store.events.append(task, [block], utc_now())
    return time.perf_counter() - begun


def _seconds_to_read(store: Store, task: str) -> float:
    begun = time.perf_counter()
    (points,) = store.events.points(task).values()
    if len(points.value) != _POINTS:
        raise RuntimeError(f"{len(points.value)} points came back")
    return time.perf_counter() - begun


def _seconds_to_write(path: Path, data: bytes) -> float:
    def write() -> float:
        begun = time.perf_counter()
        with path.open("ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return time.perf_counter() - begun

    return median_of(write, _ROUNDS)


if __name__ == "__main__":
    main()
