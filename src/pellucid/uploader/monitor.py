"""The load of the machine and its GPUs while a run goes on, as scalars of its task (sdk-surface §4.17, M39).

Done here and not in the training process, which neither pays for it nor loads the libraries that it takes. What is read
goes into the run's journal like everything else, and so survives an outage of the server.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from pellucid.journal.writer import Writer
from pellucid.uploader.gpus import Gpus
from pellucid.uploader.machine import Machine
from pellucid.wire.records import Monitoring, RecordKind, SeriesName

MACHINE_TITLE: Final = ":monitor:machine"
GPU_TITLE: Final = ":monitor:gpu"

_PATIENCE: Final = 1.0
"""Seconds to wait for a reading that is under way at the end."""

logger = logging.getLogger("pellucid.uploader")


class Monitor:
    """Reads now and then, and records the mean of the readings since the last record, over seconds since the run's
    start."""

    def __init__(self, folder: Path, monitoring: Monitoring, machine: Machine, gpus: Gpus) -> None:
        """Begin; nothing is read yet.

        Args:
            folder: the run's.
            monitoring: how often to read and to record.
            machine: reads the machine.
            gpus: reads the GPUs.

        Raises:
            OSError: the folder can't be written.
        """
        self._monitoring = monitoring
        self._machine = machine
        self._gpus = gpus
        self._writer = Writer(folder)
        self._numbers: dict[tuple[str, str], int] = {}
        self._readings: dict[tuple[str, str], list[float]] = defaultdict(list)

    def read(self) -> None:
        """Take one reading."""
        self._take(MACHINE_TITLE, self._machine.read())
        self._take(GPU_TITLE, self._gpus.read(self._machine.pids))

    def record(self, seconds: int) -> None:
        """Record the means of the readings since the last time.

        Args:
            seconds: since the run's start.
        """
        for (title, series), values in self._readings.items():
            mean = math.fsum(values) / len(values)
            self._writer.append_point(self._number(title, series), seconds, round(mean, 3))
        self._readings.clear()

    def run(self, started: float, stop: threading.Event) -> None:
        """Read and record until told to stop, and once more then.

        Args:
            started: when the run began, in seconds since the epoch.
            stop: ends it.
        """
        due = time.monotonic() + self._monitoring.report_seconds
        while not stop.wait(self._monitoring.sample_seconds):
            self.read()
            if time.monotonic() >= due:
                due += self._monitoring.report_seconds
                self.record(int(time.time() - started))
        self.record(int(time.time() - started))

    def close(self) -> None:
        """Let go of the journal and the libraries."""
        self._writer.close()
        self._gpus.close()

    def _take(self, title: str, readings: Mapping[str, float]) -> None:
        # Machines of one run that begin with another rank than the first have series of their own.
        rank = self._machine.first_rank
        for series, value in readings.items():
            name = series if rank == 0 or series.startswith("rank") else f"rank{rank}/{series}"
            self._readings[title, name].append(value)

    def _number(self, title: str, series: str) -> int:
        number = self._numbers.get((title, series))
        if number is None:
            number = self._numbers[title, series] = self._writer.next_series_number()
            self._writer.append(RecordKind.SERIES, msgspec.msgpack.encode(SeriesName(number, title, series)))
        return number


class MonitorThread:
    """Monitors beside the loops of an uploader."""

    def __init__(self, folder: Path, pid: int, started: float, monitoring: Monitoring | None) -> None:
        """Begin.

        Args:
            folder: the run's.
            pid: its process.
            started: when it began, in seconds since the epoch.
            monitoring: how often to read and to record; ``None`` for never.
        """
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        if monitoring is not None:
            self._thread = threading.Thread(target=self._run, args=(folder, pid, started, monitoring), daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Record what has been read; harmless when repeated."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _run(self, folder: Path, pid: int, started: float, monitoring: Monitoring) -> None:
        try:
            monitor = Monitor(folder, monitoring, Machine(folder, pid), Gpus())
            try:
                monitor.run(started, self._stop)
            finally:
                monitor.close()
        except Exception:  # a sensor of somebody's machine must not keep the run from being sent
            logger.exception("the machine is not monitored any more")
