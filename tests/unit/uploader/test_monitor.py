"""Tests of ``pellucid.uploader.monitor``."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Collection
from pathlib import Path

import msgspec

from pellucid.journal.folder import list_writers
from pellucid.journal.frames import Frame
from pellucid.journal.reader import FramesReader, PointsReader
from pellucid.testing.run_folder import wait_until
from pellucid.uploader.gpus import Gpus
from pellucid.uploader.machine import Machine
from pellucid.uploader.monitor import GPU_TITLE, MACHINE_TITLE, Monitor, MonitorThread
from pellucid.wire.records import Monitoring, SeriesName


class Readings(Machine, Gpus):
    """Says what it was told to."""

    def __init__(self, *readings: dict[str, float]) -> None:
        self._readings = list(readings)

    @property
    def first_rank(self) -> int:
        """The machine of the first rank, unless told otherwise."""
        return self.rank

    rank = 0

    @property
    def pids(self) -> set[int]:
        """Nobody."""
        return set()

    def read(self, pids: Collection[int] = ()) -> dict[str, float]:
        """The next one."""
        return self._readings.pop(0)

    def close(self) -> None:
        """Nothing to let go of."""


def recorded(folder: Path) -> dict[tuple[str, str], list[tuple[int, float]]]:
    """Iteration and value of every point in a folder by title and series."""
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for writer in list_writers(folder):
        names = {}
        for item in FramesReader(folder, writer).read(1 << 20, ended=True):
            assert isinstance(item, Frame)
            series = msgspec.msgpack.decode(item.payload, type=SeriesName)
            names[series.number] = (series.title, series.series)
        points = PointsReader(folder, writer, 0).read(1000, ended=True)
        for iteration, _, value, number in [] if points is None else iterate(points.data):
            found.setdefault(names[number], []).append((iteration, value))
    return found


def iterate(data: bytes) -> list[tuple[int, int, float, int]]:
    """The points of a segment's bytes."""
    return [point for point in struct.iter_unpack("<qqdI", data) if point[3] not in (0, 0xFFFFFFFF)]


def test_means_are_recorded(tmp_path: Path) -> None:
    """A point is the mean of the readings since the last one; what was not read has none."""
    machine = Readings({"cpu_usage": 10.0}, {"cpu_usage": 30.0}, {"cpu_usage": 50.0, "memory_used_gb": 1.0})
    gpus = Readings({"gpu_0_temperature": 60.0}, {}, {})
    monitor = Monitor(tmp_path, Monitoring(), machine, gpus)

    monitor.read()
    monitor.read()
    monitor.record(10)
    monitor.read()
    monitor.record(20)
    monitor.close()

    assert recorded(tmp_path) == {
        (MACHINE_TITLE, "cpu_usage"): [(10, 20.0), (20, 50.0)],
        (MACHINE_TITLE, "memory_used_gb"): [(20, 1.0)],
        (GPU_TITLE, "gpu_0_temperature"): [(10, 60.0)],
    }


def test_a_machine_of_later_ranks_has_series_of_its_own(tmp_path: Path) -> None:
    """The machine that the first rank runs on has reported under the same titles."""
    machine = Readings({"cpu_usage": 10.0, "rank2/memory_used_gb": 1.0, "rank3/memory_used_gb": 2.0})
    machine.rank = 2
    monitor = Monitor(tmp_path, Monitoring(), machine, Readings({"gpu_0_temperature": 60.0}))
    monitor.read()
    monitor.record(10)
    monitor.close()

    assert {series for _, series in recorded(tmp_path)} == {
        "rank2/cpu_usage",
        "rank2/memory_used_gb",
        "rank3/memory_used_gb",
        "rank2/gpu_0_temperature",
    }


def test_the_thread_records_until_it_is_stopped(tmp_path: Path) -> None:
    """From the real machine, over seconds since the start."""
    monitor = MonitorThread(tmp_path, 1, time.time() - 100, Monitoring(0.01, 0.02))
    wait_until(lambda: len(recorded(tmp_path).get((MACHINE_TITLE, "cpu_usage"), [])) > 2, "three points")
    monitor.stop()
    monitor.stop()

    iterations = [iteration for iteration, _ in recorded(tmp_path)[MACHINE_TITLE, "cpu_usage"]]
    assert 100 <= iterations[0] <= 160


def test_trouble_ends_the_monitoring_only(tmp_path: Path) -> None:
    """A folder that is gone is somebody else's to notice."""
    before = threading.active_count()
    monitor = MonitorThread(tmp_path / "none", 1, time.time(), Monitoring(0.01, 0.01))
    monitor.stop()

    assert threading.active_count() == before


def test_nothing_is_monitored_unless_asked_for(tmp_path: Path) -> None:
    """No writer appears in the folder."""
    MonitorThread(tmp_path, 1, time.time(), None).stop()

    assert list_writers(tmp_path) == []
