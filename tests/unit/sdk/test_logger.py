"""Tests of ``pellucid.sdk.logger``: what it takes and what it refuses. What arrives is tested with ``Task``."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from pellucid import Logger, Task, UsageError
from pellucid.client.session import Client
from pellucid.wire import samples, tasks

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def logger() -> Logger:
    """Of an offline task, which is enough to be refused."""
    Task.set_offline(True)
    return Task.init("sdk tests", "logger", reuse_last_task_id=False).get_logger()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("loss", "train", "high", 1), "value is 'high'; allowed is a number"),
        (("loss", "train", None, 1), "value is None"),
        (("loss", "train", 1.0, 1.5), "iteration is 1.5; allowed is an integer"),
        (("loss", "train", 1.0, None), "iteration is None"),
        (("loss", "train", 1.0, 2**63), "iteration is 9223372036854775808"),
        (("", "train", 1.0, 1), "title is ''"),
        (("loss", 3, 1.0, 1), "series is 3"),
        ((["loss"], "train", 1.0, 1), r"title is \['loss'\]"),
    ],
)
@pytest.mark.parametrize("known", [False, True])
def test_a_wrong_argument_is_told(logger: Logger, arguments: tuple[Any, ...], message: str, known: bool) -> None:
    """By name and value, the first time and in the short way."""
    if known:
        logger.report_scalar("loss", "train", 1.0, 0)

    with pytest.raises(UsageError, match=message):
        logger.report_scalar(*arguments)


@pytest.mark.parametrize("level", ["INFO", None])
def test_a_wrong_level_is_told(logger: Logger, level: Any) -> None:
    """It is a number of the logging module."""
    with pytest.raises(UsageError, match="level is"):
        logger.report_text("text", level)


def test_numbers_of_array_libraries(configured: object) -> None:
    """Are numbers; NaN and the infinities are kept."""
    task = Task.init("sdk tests", "numbers", reuse_last_task_id=False)
    logger = task.get_logger()
    values: list[Any] = [np.float32(0.5), np.int64(2), True, float("nan"), float("inf"), np.array(3.0)]
    steps: list[Any] = [np.int32(number) for number in range(len(values))]
    for step, value in zip(steps, values, strict=True):
        logger.report_scalar("loss", "train", value, step)

    curve = task.get_reported_scalars()["loss"]["train"]
    assert curve["x"] == [0, 1, 2, 3, 4, 5]
    assert curve["y"] == pytest.approx([0.5, 2.0, 1.0, math.nan, math.inf, 3.0], nan_ok=True)


def test_plots_arrive(configured: object, client: Client) -> None:
    """As plotly figures, at their iteration."""
    task = Task.init("sdk tests", "plots", reuse_last_task_id=False)
    logger = task.get_logger()
    logger.report_plotly("figure", "one", {"data": [], "layout": {}})
    logger.report_confusion_matrix("confusion", "test", np.eye(2), iteration=3)
    task.flush(wait_for_uploads=True)

    found = client.send(samples.GET_TASK_PLOTS, samples.GetTaskPlots(task=task.id)).plots
    by_title = {plot["metric"]: plot for plot in found}
    assert by_title["figure"]["iter"] == 0
    assert by_title["confusion"]["iter"] == 3
    assert json.loads(by_title["confusion"]["plot_str"])["data"][0]["z"] == [[1.0, 0.0], [0.0, 1.0]]


def test_after_the_end_nothing_is_raised(logger: Logger) -> None:
    """A callback may come late."""
    task = Task.current_task()
    assert task is not None
    task.close()

    logger.report_scalar("loss", "train", 1.0, 0)
    logger.report_text("late", print_console=False)


def test_what_no_encoding_has_is_reported_all_the_same(client: Client) -> None:
    """Python makes such characters of file names that it can't decode."""
    task = Task.init("sdk tests", "undecodable", reuse_last_task_id=False)
    task.get_logger().report_text("file \udcff.txt")
    task.get_logger().report_scalar("loss \udcff", "train", 1.0, 0)
    task.set_parameter("Args/file", "a \udcff")
    assert task.flush(wait_for_uploads=True)

    assert any("file ?.txt" in text for text in task.get_reported_console_output(10))
    assert "loss ?" in task.get_last_scalar_metrics()
    stored = client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task
    assert stored.hyperparams["Args"]["file"].value == "a ?"
