"""Tests of ``pellucid.sdk.logger``: what it takes and what it refuses. What arrives is tested with ``Task``."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from pellucid import Logger, Task, UsageError
from pellucid.client.session import Client
from pellucid.wire import tasks

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


@pytest.fixture
def as_they_are() -> Iterator[None]:
    """Nothing is replaced afterwards."""
    yield
    Logger.set_reporting_nan_value(math.nan)
    Logger.set_reporting_inf_value(math.inf)


@pytest.mark.usefixtures("as_they_are")
def test_what_is_no_finite_number_can_be_replaced() -> None:
    """Before and after the first report of a series, and taken back."""
    task = Task.init("sdk tests", "replaced", reuse_last_task_id=False)
    logger = task.get_logger()

    def report(iteration: int) -> None:
        for place, value in enumerate([math.nan, math.inf, -math.inf, 1.0]):
            logger.report_scalar("loss", "train", value, iteration + place)

    report(0)
    Logger.set_reporting_nan_value(0)
    Logger.set_reporting_inf_value(9)
    report(4)
    logger.report_scalar("loss", "late", math.nan, 0)
    logger.report_single_value("best", math.nan)
    Logger.set_reporting_nan_value(math.nan)
    Logger.set_reporting_inf_value(math.inf)
    report(8)

    curves = task.get_reported_scalars()["loss"]
    as_reported = [math.nan, math.inf, -math.inf, 1.0]
    expected = [*as_reported, 0, 9, 9, 1.0, *as_reported]
    assert curves["train"]["y"] == pytest.approx(expected, nan_ok=True)
    assert curves["late"]["y"] == [0]
    assert task.get_reported_single_value("best") == 0
    with pytest.raises(UsageError, match="value is 'zero'"):
        Logger.set_reporting_nan_value("zero")  # type: ignore[arg-type]


def test_m223_one_logger() -> None:
    """However it is got."""
    assert Logger.current_logger() is None
    task = Task.init("sdk tests", "logger", reuse_last_task_id=False)
    assert task.get_logger() is task.logger is Logger.current_logger()


def test_m224_the_last_report_of_an_iteration_counts() -> None:
    """And what converts to a number is one."""
    task = Task.init("sdk tests", "last report", reuse_last_task_id=False)
    for value in (1, 0.5):
        task.get_logger().report_scalar("loss", "train", value, 3)
    task.get_logger().report_scalar("loss", "train", True, iteration=1)

    assert task.get_reported_scalars()["loss"]["train"] == {"name": "train", "x": [1, 3], "y": [1.0, 0.5]}


def test_m225_single_values_survive_a_continued_task() -> None:
    """They have no place on the axis that could be moved (sdk-surface C16)."""
    task = Task.init("sdk tests", "single values", reuse_last_task_id=False)
    task.get_logger().report_single_value("acc", 0.5)
    task.get_logger().report_single_value("acc", 0.75)
    task.close()
    task = Task.init("sdk tests", "single values", continue_last_task=10)
    task.get_logger().report_single_value("f1", 0.25)

    assert task.get_reported_single_values() == {"acc": 0.75, "f1": 0.25}


PLOTS: dict[str, tuple[Callable[..., None], tuple[Any, ...], str]] = {
    "histogram": (Logger.report_histogram, ("series", [1, 2]), "bar"),
    "vector": (Logger.report_vector, ("series", np.arange(3)), "bar"),
    "lines": (Logger.report_line_plot, ([{"name": "a", "data": [(0, 1)]}], "x", "y"), "scatter"),
    "lines as objects": (Logger.report_line_plot, ([Logger.SeriesInfo("a", [(0, 1)])], "x", "y"), "scatter"),
    "scatter 2d": (Logger.report_scatter2d, ("series", [(0, 1)]), "scatter"),
    "scatter 3d": (Logger.report_scatter3d, ("series", [(0, 1, 2)]), "scatter3d"),
    "confusion": (Logger.report_confusion_matrix, ("series", np.eye(2)), "heatmap"),
    "matrix": (Logger.report_matrix, ("series", np.eye(2)), "heatmap"),
    "surface": (Logger.report_surface, ("series", np.eye(2)), "surface"),
    "figure": (Logger.report_plotly, ("series", {"data": [{"type": "pie"}], "layout": {}}), "pie"),
}


def test_plots_arrive() -> None:
    """Of all kinds, as plotly figures, at their iteration."""
    task = Task.init("sdk tests", "plots", reuse_last_task_id=False)
    logger = task.get_logger()
    for title, (report, arguments, _) in PLOTS.items():
        report(logger, title, *arguments, iteration=3)
    logger.report_table("table", "series", table_plot=[["a"], [1]])

    found = {plot["metric"]: plot for plot in task.get_reported_plots()}
    kinds = {title: json.loads(plot["plot_str"])["data"][0]["type"] for title, plot in found.items()}
    assert kinds == {**{title: kind for title, (_, _, kind) in PLOTS.items()}, "table": "table"}
    assert {plot["iter"] for title, plot in found.items() if title != "table"} == {3}
    assert found["table"]["iter"] == 0


@pytest.mark.parametrize("sources", [{}, {"table_plot": [["a"]], "csv": "a.csv"}])
def test_a_table_has_one_source(logger: Logger, sources: dict[str, Any]) -> None:
    """Neither none nor two (sdk-surface §4.28)."""
    with pytest.raises(UsageError, match="allowed is one of table_plot, csv, url"):
        logger.report_table("table", "series", **sources)


def test_a_table_that_can_not_be_fetched_is_not_reported(logger: Logger) -> None:
    """Nor is anything raised, as with all trouble of the world."""
    logger.report_table("table", "series", url="http://127.0.0.1:9/table.csv")
    assert Task.current_task().get_reported_plots() == []  # type: ignore[union-attr]


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
