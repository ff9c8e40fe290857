"""What NVIDIA's GPUs are doing, by NVML. Where there is no such library or no such device, there is nothing to read."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

import pynvml

_GIB = 1 << 30


class Gpus:
    """Reads every GPU of the machine.

    Not run with a device by our tests, which have a library of their own in NVML's place.
    """

    def __init__(self, nvml: Any = pynvml) -> None:
        """Look for devices.

        Args:
            nvml: the binding of the library.
        """
        self._nvml = nvml
        self._devices: list[Any] = []
        with suppress(nvml.NVMLError):
            nvml.nvmlInit()
            self._devices = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]

    def read(self, pids: Collection[int]) -> dict[str, float]:
        """The present load by series (sdk-surface §4.17); what a device does not tell is left out.

        Args:
            pids: the run's processes, whose share of the memory is told apart.
        """
        readings: dict[str, float] = {}
        for index, device in enumerate(self._devices):
            for read in (self._utilization, self._memory, self._temperature, self._power):
                with suppress(self._nvml.NVMLError):
                    readings |= {f"gpu_{index}_{name}": value for name, value in read(device).items()}
            with suppress(self._nvml.NVMLError):
                readings[f"gpu_{index}_process_mem_gb"] = self._memory_of(device, pids) / _GIB
        return readings

    def close(self) -> None:
        """Let go of the library."""
        if self._devices:
            with suppress(self._nvml.NVMLError):
                self._nvml.nvmlShutdown()

    def _utilization(self, device: Any) -> dict[str, float]:
        return {"utilization": float(self._nvml.nvmlDeviceGetUtilizationRates(device).gpu)}

    def _memory(self, device: Any) -> dict[str, float]:
        memory = self._nvml.nvmlDeviceGetMemoryInfo(device)
        return {
            "mem_usage": 100.0 * memory.used / memory.total,
            "mem_used_gb": memory.used / _GIB,
            "mem_free_gb": memory.free / _GIB,
        }

    def _temperature(self, device: Any) -> dict[str, float]:
        sensor = self._nvml.NVML_TEMPERATURE_GPU
        return {"temperature": float(self._nvml.nvmlDeviceGetTemperature(device, sensor))}

    def _power(self, device: Any) -> dict[str, float]:
        return {"power_draw": self._nvml.nvmlDeviceGetPowerUsage(device) / 1000.0}

    def _memory_of(self, device: Any, pids: Collection[int]) -> int:
        list_processes: Callable[[Any], list[Any]] = self._nvml.nvmlDeviceGetComputeRunningProcesses
        # A driver that may not tell says ``None``.
        return sum(process.usedGpuMemory or 0 for process in list_processes(device) if process.pid in pids)
