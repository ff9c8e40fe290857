"""Tests of ``pellucid.sdk.graphics``, with a library of our own in NVML's place."""

from __future__ import annotations

from types import SimpleNamespace

from pellucid.sdk.graphics import describe_gpus


class Nvml:
    """A machine with some GPUs, or without the driver."""

    class NVMLError(Exception):
        """What it raises."""

    def __init__(self, *names: str | bytes, works: bool = True) -> None:
        self.names = names
        self.works = works

    def nvmlInit(self) -> None:  # noqa: N802 - the library's name
        """Begin."""
        if not self.works:
            raise self.NVMLError

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        """How many."""
        return len(self.names)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        """One of them."""
        return index

    def nvmlDeviceGetName(self, device: int) -> str | bytes:  # noqa: N802
        """Its kind."""
        return self.names[device]

    def nvmlDeviceGetMemoryInfo(self, device: int) -> SimpleNamespace:  # noqa: N802
        """Its size."""
        return SimpleNamespace(total=(device + 1) * 40 * 2**30)

    def nvmlSystemGetDriverVersion(self) -> str:  # noqa: N802
        """Of the driver."""
        return "575.1"


def test_m37_what_gpus_there_are() -> None:
    """All of them; nothing without any, or without a driver."""
    assert describe_gpus(Nvml("A100", b"H100")) == {
        "gpu_count": 2,
        "gpu_type": "A100, H100",
        "gpu_memory": "40GB, 80GB",
        "gpu_driver_version": "575.1",
    }
    assert describe_gpus(Nvml()) == {}
    assert describe_gpus(Nvml(works=False)) == {}
