"""How busy the machine is, in the words of ``workers.status_report`` (protocol §2.8)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

import psutil
import pynvml

_MEGABYTE: Final = 1024 * 1024


class Machine:
    """Readings of one machine; rates are means since the last reading."""

    def __init__(self) -> None:
        self._last = self._counters()
        psutil.cpu_percent(percpu=True)

    def read(self) -> dict[str, Any]:
        """The present state: percentages, MB, and MB a second."""
        memory = psutil.virtual_memory()
        home, temporary = psutil.disk_usage(str(Path.home())), psutil.disk_usage("/tmp")
        before, self._last = self._last, self._counters()
        seconds = max(self._last["time"] - before["time"], 0.001)
        rates = {
            name: round((self._last[name] - before[name]) / _MEGABYTE / seconds, 3) for name in before if name != "time"
        }
        return {
            "cpu_usage": psutil.cpu_percent(percpu=True),
            "memory_used": round((memory.total - memory.available) / _MEGABYTE),
            "memory_free": round(memory.available / _MEGABYTE),
            "disk_free_home": round(100.0 * home.free / home.total, 1),
            "disk_free_temp": round(100.0 * temporary.free / temporary.total, 1),
            **rates,
        }

    def _counters(self) -> dict[str, float]:
        # Either is None where there is none, which the types of psutil say of disks only.
        network, disk = psutil.net_io_counters(), psutil.disk_io_counters()
        return {
            "time": time.monotonic(),
            "network_tx": getattr(network, "bytes_sent", 0),
            "network_rx": getattr(network, "bytes_recv", 0),
            "disk_read": disk.read_bytes if disk else 0,
            "disk_write": disk.write_bytes if disk else 0,
        }


def count_gpus(chosen: str | None) -> int:
    """How many GPUs there are: those that were chosen, by numbers or ids with commas between them, else all."""
    if chosen is not None:
        return len([gpu for gpu in chosen.split(",") if gpu.strip()])
    try:
        pynvml.nvmlInit()
        return int(pynvml.nvmlDeviceGetCount())
    except pynvml.NVMLError:
        return 0  # no driver, no device
