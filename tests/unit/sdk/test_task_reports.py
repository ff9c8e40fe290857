"""Reading back what was reported: what JSON cannot express, far iterations, long curves."""

from __future__ import annotations

import math

import pytest

from pellucid import Task

pytestmark = pytest.mark.usefixtures("configured")

FAR = 2**63 - 1


def new_task() -> Task:
    """A new task."""
    return Task.init("sdk tests", "reports", reuse_last_task_id=False)


def test_values_that_are_no_finite_numbers() -> None:
    """From the journal to the server and back, whichever way they are read."""
    task = new_task()
    logger = task.get_logger()
    values = [1.0, math.nan, math.inf, -math.inf]
    for iteration, value in enumerate(values):
        logger.report_scalar("loss", "train", value, iteration)
        logger.report_single_value(f"value {iteration}", value)

    for curves in (task.get_reported_scalars(), task.get_all_reported_scalars()):
        assert repr(curves["loss"]["train"]["y"]) == repr(values)
    assert repr(sorted(task.get_reported_single_values().items())) == repr(
        [(f"value {place}", value) for place, value in enumerate(values)]
    )


@pytest.mark.parametrize("iteration", [2**31, 2**53 + 1, FAR, -FAR])
def test_iterations_have_64_bits(iteration: int) -> None:
    """To the last one."""
    task = new_task()
    task.get_logger().report_scalar("loss", "train", 0.5, iteration)

    for curves in (task.get_reported_scalars(), task.get_all_reported_scalars()):
        assert curves["loss"]["train"]["x"] == [iteration]


def test_no_spike_is_hidden_by_sampling() -> None:
    """A few samples of a long curve have its extremes and its ends; asked for all points, all come, over many pages."""
    task = new_task()
    logger = task.get_logger()
    values = [float(place % 7) for place in range(30_000)]
    values[12_345], values[23_456] = 99.0, -99.0
    for iteration, value in enumerate(values):
        logger.report_scalar("loss", "train", value, iteration)

    few = task.get_reported_scalars(max_samples=20)["loss"]["train"]
    assert len(few["x"]) <= 20
    assert {(12_345, 99.0), (23_456, -99.0), (0, 0.0), (29_999, values[-1])} <= set(
        zip(few["x"], few["y"], strict=True)
    )
    assert len(task.get_reported_scalars()["loss"]["train"]["x"]) <= 2000
    everything = task.get_all_reported_scalars()["loss"]["train"]
    assert (everything["x"], everything["y"]) == (list(range(30_000)), values)
