"""What is reported on a model itself."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from pellucid import Model, OutputModel, Task, UsageError
from pellucid.client.session import Client
from pellucid.wire import samples, scalars


@pytest.fixture
def task(configured: Path) -> Task:
    """A running task."""
    return Task.init("sdk tests/models", "reports", reuse_last_task_id=False, auto_connect_streams=False)


def curves(client: Client, model: str) -> scalars.Curves:
    """What the server has of a model."""
    return client.send(scalars.SCALAR_HISTOGRAM, scalars.ScalarHistogram(task=model, model_events=True))


def test_scalars_of_a_model(task: Task, client: Client) -> None:
    """They are the model's, and not the task's."""
    model = OutputModel(name="net")
    for iteration, value in enumerate([0.5, math.nan, -math.inf]):
        model.report_scalar("loss", "test", value, iteration)
    model.report_single_value("accuracy", 0.9)
    assert task.flush(wait_for_uploads=True)

    curve = curves(client, model.id)["loss"]["test"]
    assert (curve.x, curve.y) == ([0, 1, 2], [0.5, None, None])
    assert curve.not_finite == {"1": "NaN", "2": "-Infinity"}
    found = client.send(scalars.SINGLE_VALUES, scalars.SingleValues(tasks=[model.id], model_events=True))
    assert [(value.variant, value.value) for value in found.tasks[0].values] == [("accuracy", 0.9)]
    assert task.get_reported_scalars() == {}
    assert task.pending().refused == 0


def test_plots_of_a_model(task: Task, client: Client) -> None:
    """Of every kind, as with a logger."""
    model = OutputModel(name="net")
    model.report_histogram("bars", "a", [1, 2])
    model.report_vector("vector", "a", [1, 2], iteration=3)
    model.report_table("table", "a", table_plot=[["a", "b"], [1, 2]])
    model.report_scatter2d("points", "a", [[0, 1], [1, 2]])
    model.report_scatter3d("cloud", "a", [[0, 1, 2], [1, 2, 3]])
    model.report_confusion_matrix("confusion", "a", [[1, 0], [0, 1]])
    model.report_matrix("matrix", "a", [[1, 0], [0, 1]])
    model.report_surface("surface", "a", [[1, 0], [0, 1]])
    assert task.flush(wait_for_uploads=True)

    page = client.send(samples.GET_TASK_PLOTS, samples.GetTaskPlots(task=model.id, model_events=True))
    assert sorted(plot["metric"] for plot in page.plots) == [
        "bars", "cloud", "confusion", "matrix", "points", "surface", "table", "vector",
    ]  # fmt: skip
    assert task.get_reported_plots() == []


def test_a_stored_model_is_reported_on(task: Task, client: Client) -> None:
    """At once; a published one takes nothing more."""
    model = OutputModel(name="net")
    task.close()
    seen = Model(model.id)
    seen.report_scalar("loss", "test", 0.5, 7)

    assert curves(client, model.id)["loss"]["test"].x == [7]
    assert Model(model.id).last_iteration == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", "s", 1.0, 1), "title is ''"),
        (("t", 3, 1.0, 1), "series is 3"),
        (("t", "s", "x", 1), "value is 'x'"),
        (("t", "s", 1.0, 1.5), "iteration is 1.5"),
    ],
)
def test_bad_reports(task: Task, arguments: tuple[object, ...], message: str) -> None:
    """The message names the argument."""
    model = OutputModel(name="net")
    with pytest.raises(UsageError, match=message):
        model.report_scalar(*arguments)  # type: ignore[arg-type]  # that is the point
