"""Tests of ``pellucid.uploader.gpus``, with a stand-in for NVML: there is no such device here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pynvml

from pellucid.uploader.gpus import Gpus

GIB = 1 << 30


class Nvml:
    """Two devices of which the second does not tell its power; the names are the real binding's."""

    NVMLError = pynvml.NVMLError
    NVML_TEMPERATURE_GPU = pynvml.NVML_TEMPERATURE_GPU

    def __init__(self) -> None:
        self.running = False

    def nvmlInit(self) -> None:  # noqa: N802 - NVML's name
        self.running = True

    def nvmlShutdown(self) -> None:  # noqa: N802
        self.running = False

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        return index

    def nvmlDeviceGetUtilizationRates(self, device: int) -> Any:  # noqa: N802
        return SimpleNamespace(gpu=50 + device, memory=10)

    def nvmlDeviceGetMemoryInfo(self, device: int) -> Any:  # noqa: N802
        return SimpleNamespace(total=8 * GIB, used=2 * GIB, free=6 * GIB)

    def nvmlDeviceGetTemperature(self, device: int, sensor: int) -> int:  # noqa: N802
        return 60 + device

    def nvmlDeviceGetPowerUsage(self, device: int) -> int:  # noqa: N802
        if device:
            raise self.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return 250_000

    def nvmlDeviceGetComputeRunningProcesses(self, device: int) -> list[Any]:  # noqa: N802
        return [SimpleNamespace(pid=7, usedGpuMemory=GIB), SimpleNamespace(pid=8, usedGpuMemory=None)]


def test_the_stand_in_has_names_of_the_real_binding() -> None:
    """What is called exists."""
    assert [name for name in dir(Nvml) if name.startswith("nvml") and not hasattr(pynvml, name)] == []


def test_every_device_is_read() -> None:
    """In percent, gigabytes, degrees and watts; what a device does not tell is left out."""
    nvml = Nvml()
    gpus = Gpus(nvml)

    readings = gpus.read({7, 8})

    assert {name.removeprefix("gpu_0_"): value for name, value in readings.items() if name.startswith("gpu_0_")} == {
        "utilization": 50.0,
        "mem_usage": 25.0,
        "mem_used_gb": 2.0,
        "mem_free_gb": 6.0,
        "temperature": 60.0,
        "power_draw": 250.0,
        "process_mem_gb": 1.0,
    }
    assert readings["gpu_1_temperature"] == 61.0
    assert "gpu_1_power_draw" not in readings
    gpus.close()
    assert not nvml.running


def test_memory_of_others_is_not_the_runs() -> None:
    """A shared device."""
    assert Gpus(Nvml()).read({9})["gpu_0_process_mem_gb"] == 0


def test_a_machine_without_devices_has_nothing_to_read() -> None:
    """As this one, where the real library is missing, or one with GPUs, where it answers."""
    gpus = Gpus()

    assert all(name.startswith("gpu_") for name in gpus.read(set()))
    gpus.close()
