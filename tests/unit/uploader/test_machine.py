"""Tests of ``pellucid.uploader.machine``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pellucid.sdk.launch import _LAUNCHERS
from pellucid.testing.run_folder import wait_until
from pellucid.uploader.machine import Machine
from pellucid.uploader.run_processes import RANK_VARIABLES

BUSY = """
import subprocess, sys
code = "data = bytearray(b'x' * (64 << 20)); print('up', flush=True); input()"
subprocess.run([sys.executable, "-c", code])
"""


def test_the_machine_is_read(tmp_path: Path) -> None:
    """Percentages are percentages, and gigabytes no more than there are."""
    readings = Machine(tmp_path, 1).read()

    assert 0 <= readings["cpu_usage"] <= 100
    assert 0 <= readings["disk_free_percent"] <= 100
    assert readings["memory_free_gb"] > 0
    assert readings["machine_memory_used_gb"] > 0
    assert min(readings["network_tx_mbs"], readings["network_rx_mbs"]) >= 0


def test_children_count_as_the_run(tmp_path: Path) -> None:
    """Memory of a data loader's workers is the run's."""
    with subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        machine = Machine(tmp_path, process.pid)
        readings = machine.read()
        process.communicate(b"\n")

    assert len(machine.pids) == 2
    assert process.pid in machine.pids
    assert readings["memory_used_gb"] > 64 / 1024


def test_processor_time_of_the_run_is_told(tmp_path: Path) -> None:
    """A loop keeps one processor busy."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        try:
            machine = Machine(tmp_path, process.pid)
            wait_until(lambda: machine.read()["process_cpu_usage"] > 1, "the processor time of a loop")
        finally:
            process.kill()


def test_a_run_that_is_gone_has_no_load(tmp_path: Path) -> None:
    """Its last reading just lacks its own part."""
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
        readings = Machine(tmp_path, process.pid).read()

    assert "memory_used_gb" not in readings
    assert "cpu_usage" in readings


@pytest.mark.parametrize("name", ["network_tx_mbs", "network_rx_mbs", "io_read_mbs", "io_write_mbs"])
def test_rates_are_of_the_time_between_two_readings(tmp_path: Path, name: str) -> None:
    """Not totals since the machine was started."""
    machine = Machine(tmp_path, 1)
    assert machine.read().get(name, 0.0) < 1e5


REPORTING = """
import sys
from pathlib import Path
from pellucid.journal.writer import Writer
writer = Writer(Path(sys.argv[1]))
print("up", flush=True)
input()
"""


def test_ranks_are_told_apart(tmp_path: Path) -> None:
    """They are no children of each other, but write the same run's journal."""
    ranks = [
        subprocess.Popen(
            [sys.executable, "-c", REPORTING, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "RANK": str(rank)},
        )
        for rank in (0, 1)
    ]
    try:
        assert [process.stdout.readline() for process in ranks if process.stdout] == [b"up\n", b"up\n"]
        readings = Machine(tmp_path, ranks[0].pid).read()
        alone = Machine(tmp_path, ranks[1].pid)
    finally:
        ranks[0].communicate(b"\n")
        last = alone.read()
        ranks[1].communicate(b"\n")

    memory = [readings[f"rank{rank}/memory_used_gb"] for rank in (0, 1)]
    assert readings["memory_used_gb"] == pytest.approx(sum(memory))
    assert alone.first_rank == 1
    assert "rank1/memory_used_gb" not in last


def test_launchers_say_ranks_as_the_sdk_expects() -> None:
    """Both read the same variables."""
    assert [launcher.rank for launcher in _LAUNCHERS] == list(RANK_VARIABLES)
