"""What an agent knows of its machine."""

from __future__ import annotations

import pytest

from pellucid.agent.machine import Machine, count_gpus


@pytest.mark.parametrize(("chosen", "count"), [("0,1", 2), ("GPU-1", 1), ("", 0), (" 3 , ", 1)])
def test_chosen_gpus(chosen: str, count: int) -> None:
    """By number or by id."""
    assert count_gpus(chosen) == count


def test_all_gpus() -> None:
    """None where there is no driver for them."""
    assert count_gpus(None) >= 0


def test_readings() -> None:
    """In the protocol's words and units."""
    reading = Machine().read()

    assert 0 < reading["memory_used"] < 1 << 30
    assert 0 <= reading["disk_free_home"] <= 100
    assert all(0 <= load <= 100 for load in reading["cpu_usage"])
