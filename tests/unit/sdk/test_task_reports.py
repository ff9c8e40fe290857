"""Reading back what was reported: what JSON cannot express, far iterations, long curves."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from pellucid import Task, UsageError

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
    extremes = {"last": -math.inf, "min": -math.inf, "max": math.inf}
    assert task.get_last_scalar_metrics()["loss"]["train"] == extremes
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


def test_m226_m228_m230_m232_m233_m234_scalars_are_read_back() -> None:
    """In the run itself, exactly; a later point of the same iteration wins (sdk-surface §1.26)."""
    task = new_task()
    logger = task.get_logger()
    for iteration, value in [(0, 1.0), (1, 0.5), (1, 0.4), (2, 0.7)]:
        logger.report_scalar("loss", "train", value, iteration)
    logger.report_single_value("accuracy", 0.9)

    assert task.get_reported_scalars() == {"loss": {"train": {"name": "train", "x": [0, 1, 2], "y": [1.0, 0.4, 0.7]}}}
    assert task.get_all_reported_scalars()["loss"]["train"]["y"] == [1.0, 0.4, 0.7]
    assert task.get_last_scalar_metrics()["loss"]["train"] == {"last": 0.7, "min": 0.4, "max": 1.0}
    assert task.get_reported_single_values() == {"accuracy": 0.9}
    assert task.get_reported_single_value("accuracy") == 0.9
    assert task.get_reported_single_value("unknown") is None
    assert task.get_last_iteration() == 2
    assert task.pending().points == 0


@pytest.mark.parametrize(("axis", "kind"), [("iter", int), ("timestamp", int), ("iso_time", str)])
def test_m231_the_x_axis(axis: str, kind: type) -> None:
    """In all three units, sampled or not (sdk-surface M231)."""
    task = new_task()
    task.get_logger().report_scalar("loss", "train", 1.0, 0)

    for curves in (task.get_reported_scalars(x_axis=axis), task.get_all_reported_scalars(axis)):
        assert [type(x) for x in curves["loss"]["train"]["x"]] == [kind]


def test_m229_sampling_has_a_limit() -> None:
    """As many as asked for at most (sdk-surface M229)."""
    task = new_task()
    logger = task.get_logger()
    for iteration in range(2500):
        logger.report_scalar("loss", "train", 1.0, iteration)

    assert len(task.get_reported_scalars(max_samples=100)["loss"]["train"]["x"]) <= 100
    assert len(task.get_all_reported_scalars()["loss"]["train"]["x"]) == 2500


def test_wrong_arguments_of_reading() -> None:
    """Told before anything is asked."""
    task = new_task()

    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: task.get_reported_scalars(x_axis="hours"), "x_axis is 'hours'; allowed are 'iter'"),
        (lambda: task.get_reported_scalars(max_samples=-1), "max_samples is -1"),
        (lambda: task.get_reported_console_output(0), "number_of_reports is 0"),
    ]
    for call, message in calls:
        with pytest.raises(UsageError, match=message):
            call()


def test_m226_m227_m233_m234_nothing_was_reported() -> None:
    """Is empty, everywhere."""
    task = new_task()

    assert (task.get_last_scalar_metrics(), task.get_reported_scalars(), task.get_all_reported_scalars()) == (
        {},
        {},
        {},
    )
    assert (task.get_reported_single_values(), task.get_reported_single_value("best")) == ({}, None)


def test_m227_titles_and_series_are_sorted() -> None:
    """Whatever came first."""
    task = new_task()
    for title, series in (("b", "y"), ("b", "x"), ("a", "z")):
        task.get_logger().report_scalar(title, series, 1.0, 0)
    found = task.get_last_scalar_metrics()

    assert {title: list(series) for title, series in found.items()} == {"a": ["z"], "b": ["x", "y"]}
    assert list(found) == ["a", "b"]
    assert set(found["a"]["z"]) == {"last", "min", "max"}
