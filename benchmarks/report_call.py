"""One reported point, as a multiple of an empty Python call with the same arguments."""

from __future__ import annotations

import mmap
import os
import resource
import statistics
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from benchmarks.table import print_rows
from pellucid import Task
from pellucid.journal.writer import Writer

_CALLS = 100_000
_ROUNDS = 9
_LAYOUT = struct.Struct("<qqdI")

Report = Callable[[str, str, float, int], None]
Append = Callable[[int, int, float], None]


class _Empty:
    """Methods that do nothing, with the arguments of the ones that are measured."""

    def report_scalar(self, title: str, series: str, value: float, iteration: int) -> None:
        """As of a logger."""

    def append_point(self, number: int, iteration: int, value: float) -> None:
        """As of a journal's writer."""


def main() -> None:
    """Print the table: rounds alternate, so that a noisy moment hits both sides."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PELLUCID_HOME": folder, "PELLUCID_OFFLINE_MODE": "1"}
        task = Task.init(project_name="benchmark", task_name="one call", auto_connect_streams=False)
        report = task.get_logger().report_scalar
        (Path(folder) / "journal").mkdir()
        writer = Writer(Path(folder) / "journal")
        mapped, file = mmap.mmap(-1, _CALLS * _LAYOUT.size), (Path(folder) / "points").open("wb")
        rounds = [
            (
                _per_named(_Empty().report_scalar),
                _per_named(report),
                _per_report(_Empty().report_scalar),
                _per_report(report),
                _per_append(_Empty().append_point),
                _per_append(writer.append_point),
                _per_pack(mapped),
                _per_write(file),
            )
            for _ in range(_ROUNDS)
        ]
        tail = sorted(_each(report))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(_ROUNDS):
            _per_report(report)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        writer.close()
        file.close()
        task.close()
    medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
    empty_named, named, empty_report, scalar, empty_append, point, packed, written = medians
    print_rows(
        ["what", "ns", "of an empty call", "reach"],
        [
            ["Logger.report_scalar, arguments by name", f"{named:.0f}", f"{named / empty_named:.1f} ×", "8 ×"],
            ["Logger.report_scalar, arguments by position", f"{scalar:.0f}", f"{scalar / empty_report:.1f} ×", "8 ×"],
            ["Writer.append_point, the journal's share", f"{point:.0f}", f"{point / empty_append:.1f} ×", ""],
            ["limit: struct.pack_into a mapped file", f"{packed:.0f}", f"{packed / empty_named:.1f} ×", ""],
            ["limit: write of packed bytes to a file", f"{written:.0f}", f"{written / empty_named:.1f} ×", ""],
            ["p99 of report_scalar, with the clock's own cost", f"{tail[len(tail) * 99 // 100]}", "", "5000"],
            ["longest of 100,000", f"{tail[-1]}", "", ""],
        ],
    )
    print(f"\nPeak memory grown over {_CALLS * _ROUNDS:,} more points: {grown / 1024:.1f} MB")


def _per_named(report: Callable[..., None]) -> float:
    """As the guide calls it."""
    begun = time.perf_counter_ns()
    for iteration in range(_CALLS):
        report(title="loss", series="train", value=0.5, iteration=iteration)
    return (time.perf_counter_ns() - begun) / _CALLS


def _per_report(report: Report) -> float:
    begun = time.perf_counter_ns()
    for iteration in range(_CALLS):
        report("loss", "train", 0.5, iteration)
    return (time.perf_counter_ns() - begun) / _CALLS


def _per_append(append: Append) -> float:
    begun = time.perf_counter_ns()
    for iteration in range(_CALLS):
        append(1, iteration, 0.5)
    return (time.perf_counter_ns() - begun) / _CALLS


def _per_pack(mapped: mmap.mmap) -> float:
    pack, size = _LAYOUT.pack_into, _LAYOUT.size
    begun = time.perf_counter_ns()
    for iteration in range(_CALLS):
        pack(mapped, iteration * size, iteration, 0, 0.5, 1)
    return (time.perf_counter_ns() - begun) / _CALLS


def _per_write(file: BinaryIO) -> float:
    pack, write = _LAYOUT.pack, file.write
    begun = time.perf_counter_ns()
    for iteration in range(_CALLS):
        write(pack(iteration, 0, 0.5, 1))
    return (time.perf_counter_ns() - begun) / _CALLS


def _each(report: Report) -> list[int]:
    clock = time.perf_counter_ns
    durations = [0] * _CALLS
    for iteration in range(_CALLS):
        begun = clock()
        report("loss", "train", 0.5, iteration)
        durations[iteration] = clock() - begun
    return durations


if __name__ == "__main__":
    main()
