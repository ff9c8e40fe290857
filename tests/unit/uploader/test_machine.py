"""Tests of ``pellucid.uploader.machine``."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pellucid.testing.run_folder import wait_until
from pellucid.uploader.machine import Machine

BUSY = """
import subprocess, sys
code = "data = bytearray(b'x' * (64 << 20)); print('up', flush=True); input()"
subprocess.run([sys.executable, "-c", code])
"""


def test_the_machine_is_read() -> None:
    """Percentages are percentages, and gigabytes no more than there are."""
    readings = Machine(1).read()

    assert 0 <= readings["cpu_usage"] <= 100
    assert 0 <= readings["disk_free_percent"] <= 100
    assert readings["memory_free_gb"] > 0
    assert readings["machine_memory_used_gb"] > 0
    assert min(readings["network_tx_mbs"], readings["network_rx_mbs"]) >= 0


def test_children_count_as_the_run() -> None:
    """Memory of a data loader's workers is the run's."""
    with subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        machine = Machine(process.pid)
        readings = machine.read()
        process.communicate(b"\n")

    assert len(machine.pids) == 2
    assert process.pid in machine.pids
    assert readings["memory_used_gb"] > 64 / 1024


def test_processor_time_of_the_run_is_told() -> None:
    """A loop keeps one processor busy."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        try:
            machine = Machine(process.pid)
            wait_until(lambda: machine.read()["process_cpu_usage"] > 1, "the processor time of a loop")
        finally:
            process.kill()


def test_a_run_that_is_gone_has_no_load() -> None:
    """Its last reading just lacks its own part."""
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
        readings = Machine(process.pid).read()

    assert "memory_used_gb" not in readings
    assert "cpu_usage" in readings


@pytest.mark.parametrize("name", ["network_tx_mbs", "network_rx_mbs", "io_read_mbs", "io_write_mbs"])
def test_rates_are_of_the_time_between_two_readings(name: str) -> None:
    """Not totals since the machine was started."""
    machine = Machine(1)
    assert machine.read().get(name, 0.0) < 1e5
