"""What the machine and the run's processes are doing, by psutil: one reading at a time."""

from __future__ import annotations

import time
from collections.abc import Iterable

import psutil

_GIB = 1 << 30
_MIB = 1 << 20


class Machine:
    """Reads processors, memory, disk and network; rates are over the time since the last reading.

    Names are those that readers of ``:monitor:machine`` know (sdk-surface §4.17): ``memory_used_gb`` is the run's own
    processes'. ``process_cpu_usage`` and ``machine_memory_used_gb`` complete the pairs.
    """

    def __init__(self, pid: int) -> None:
        """Begin to watch.

        Args:
            pid: the run's process; its children count as it.
        """
        self._pid = pid
        self._folder = "/"
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
            "disk_free_percent": 100.0 - psutil.disk_usage(self._folder).percent,
            **self._rates(),
            **_temperature(),
            **self._tree(),
        }

    def _rates(self) -> dict[str, float]:
        """Megabytes a second."""
        before, now = self._last, _Counters()
        self._last = now
        seconds = max(now.time - before.time, 1e-3)
        return {name: (count - before.bytes[name]) / seconds / _MIB for name, count in now.bytes.items()}

    def _tree(self) -> dict[str, float]:
        """The run's process and its children; one that ends meanwhile is left out."""
        processor, memory, readable = 0.0, 0, False
        processes = {}
        for process in self._run_processes():
            # The object of the last reading knows how much time its process had used by then.
            known = self._processes.get(process.pid)
            process = known if known == process else process
            try:
                with process.oneshot():
                    processor += process.cpu_percent()
                    memory += process.memory_info().rss
            except psutil.Error:
                continue
            readable = True
            processes[process.pid] = process
        self._processes = processes
        if not readable:
            return {}
        return {"process_cpu_usage": processor / (psutil.cpu_count() or 1), "memory_used_gb": memory / _GIB}

    def _run_processes(self) -> Iterable[psutil.Process]:
        try:
            process = psutil.Process(self._pid)
            return [process, *process.children(recursive=True)]
        except psutil.Error:
            return []


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
