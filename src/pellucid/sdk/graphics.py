"""Which GPUs the machine has (protocol §3.4)."""

from __future__ import annotations

from typing import Any, Final

_GIB: Final = 1 << 30


def describe_gpus(nvml: Any) -> dict[str, str | int]:
    """NVIDIA's GPUs; nothing on a machine without.

    Not run with a device by our tests, which have a library of their own in NVML's place.

    Args:
        nvml: the binding of the library.
    """
    try:
        nvml.nvmlInit()
        devices = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
        kinds = [_text(nvml.nvmlDeviceGetName(device)) for device in devices]
        sizes = [nvml.nvmlDeviceGetMemoryInfo(device).total for device in devices]
        driver = _text(nvml.nvmlSystemGetDriverVersion())
    except nvml.NVMLError:
        return {}
    if not devices:
        return {}
    return {
        "gpu_count": len(devices),
        "gpu_type": ", ".join(kinds),
        "gpu_memory": ", ".join(f"{size / _GIB:.0f}GB" for size in sizes),
        "gpu_driver_version": driver,
    }


def _text(value: str | bytes) -> str:
    """Older releases of the binding give bytes."""
    return value.decode() if isinstance(value, bytes) else value
