"""What the machine and the run's processes are doing, by psutil: one reading at a time."""

from __future__ import annotations

import time
from pathlib import Path

import psutil

from pellucid.uploader.run_processes import RunProcesses

_GIB = 1 << 30
_MIB = 1 << 20


class Machine:
    """Reads processors, memory, disk and network; rates are over the time since the last reading.

    Names are those that readers of ``:monitor:machine`` know (sdk-surface §4.17): ``memory_used_gb`` is the run's own
    processes'. ``process_cpu_usage`` and ``machine_memory_used_gb`` complete the pairs. Where a launcher has started
    several ranks here, the run's own are told by rank as well, as ``rank1/memory_used_gb``.
    """

    def __init__(self, folder: Path, pid: int) -> None:
        """Begin to watch.

        Args:
            folder: the run's.
            pid: the process that began the run here.
        """
        self._run = RunProcesses(folder, pid)
        self._folder = folder
        self._first_rank = 0
        self._processes: dict[int, psutil.Process] = {}
        self._last = _Counters()
        psutil.cpu_percent()  # the first call has nothing to compare with
        self.read()

    @property
    def pids(self) -> set[int]:
        """The run's processes at the last reading."""
        return set(self._processes)

    def read(self) -> dict[str, float]:
        """The present load by series; what this machine does not tell is left out."""
        memory = psutil.virtual_memory()
        return {
            "cpu_usage": psutil.cpu_percent(),
            "memory_free_gb": memory.available / _GIB,
            "machine_memory_used_gb": memory.used / _GIB,
            "disk_free_percent": 100.0 - psutil.disk_usage(str(self._folder)).percent,
            **self._rates(),
            **_temperature(),
            **self._of_the_run(),
        }

    @property
    def first_rank(self) -> int:
        """The least rank that runs here, at the last reading."""
        return self._first_rank

    def _rates(self) -> dict[str, float]:
        """Megabytes a second."""
        before, now = self._last, _Counters()
        self._last = now
        seconds = max(now.time - before.time, 1e-3)
        return {name: (count - before.bytes[name]) / seconds / _MIB for name, count in now.bytes.items()}

    def _of_the_run(self) -> dict[str, float]:
        known, self._processes = self._processes, {}
        loads = {rank: self._load(members, known) for rank, members in sorted(self._run.by_rank().items())}
        loads = {rank: load for rank, load in loads.items() if load}
        if not loads:
            return {}
        self._first_rank = min(loads)
        readings = {name: sum(load[name] for load in loads.values()) for name in loads[self._first_rank]}
        if len(loads) > 1:
            readings |= {f"rank{rank}/{name}": value for rank, load in loads.items() for name, value in load.items()}
        return readings

    def _load(self, processes: list[psutil.Process], known: dict[int, psutil.Process]) -> dict[str, float]:
        """What processes use together; one that ends meanwhile is left out."""
        processor, memory, readable = 0.0, 0, False
        for process in processes:
            # The object of the last reading knows how much time its process had used by then.
            before = known.get(process.pid)
            process = before if before == process else process
            try:
                with process.oneshot():
                    processor += process.cpu_percent()
                    memory += process.memory_info().rss
            except psutil.Error:
                continue
            readable = True
            self._processes[process.pid] = process
        if not readable:
            return {}
        return {"process_cpu_usage": processor / (psutil.cpu_count() or 1), "memory_used_gb": memory / _GIB}


class _Counters:
    """Bytes moved since the machine was started."""

    def __init__(self) -> None:
        self.time = time.monotonic()
        self.bytes: dict[str, int] = {}
        network, disks = psutil.net_io_counters(), psutil.disk_io_counters()
        if network is not None:
            self.bytes |= {"network_tx_mbs": network.bytes_sent, "network_rx_mbs": network.bytes_recv}
        if disks is not None:
            self.bytes |= {"io_read_mbs": disks.read_bytes, "io_write_mbs": disks.write_bytes}


def _temperature() -> dict[str, float]:
    """The hottest sensor of a processor, in degrees Celsius."""
    sensors = psutil.sensors_temperatures() if hasattr(psutil, "sensors_temperatures") else {}
    temperatures = [
        reading.current
        for name in ("coretemp", "k10temp", "zenpower", "cpu_thermal")
        for reading in sensors.get(name, [])
    ]
    return {"cpu_temperature": max(temperatures)} if temperatures else {}
