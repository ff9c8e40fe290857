"""``events.*``: titles, series, last values and vectors (protocol §2.6)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api
from tests.unit.server.services.test_events import scalar, send

from pellucid.base.ids import new_id


def vector(task: str, iteration: int, values: list[float]) -> dict[str, Any]:
    """A vector event."""
    return {
        "type": "training_stats_vector",
        "task": task,
        "metric": "gradients",
        "variant": "layer",
        "iter": iteration,
        "values": values,
    }


@pytest.fixture
def reported(api: Api) -> str:
    """A task with scalars of two titles, a plot and vectors."""
    task = api.running_task(name="a run")
    send(
        api,
        *(scalar(task, step, step) for step in range(20)),
        scalar(task, 3, 1.5, variant="test"),
        scalar(task, -(2**31), 0.9, metric="Summary", variant="best"),
        {"type": "plot", "task": task, "metric": "p", "variant": "q", "iter": 1, "plot_str": "{}"},
        vector(task, 1, [3.0]),
        vector(task, 0, [1.0, 2.0]),
    )
    return task


@pytest.mark.parametrize(
    ("kind", "titles"),
    [
        ("training_stats_scalar", ["Summary", "loss"]),
        ("plot", ["p"]),
        ("training_debug_image", []),
        ("log", []),
        (None, ["Summary", "gradients", "loss", "p"]),
    ],
)
def test_the_titles_of_each_task(api: Api, reported: str, kind: str | None, titles: list[str]) -> None:
    """Of one kind of events, or of all."""
    silent = api.task()
    answer = api.data("events.get_task_metrics", {"tasks": [reported, silent], "event_type": kind})

    assert answer["metrics"] == [{"task": reported, "metrics": titles}, {"task": silent, "metrics": []}]


def test_titles_and_series_of_several_tasks(api: Api, reported: str) -> None:
    """Each once, though both tasks have it."""
    other = api.running_task()
    send(api, scalar(other, 0, 1), scalar(other, 0, 1, metric="accuracy"))

    query = {"tasks": [reported, other], "event_type": "training_stats_scalar"}
    assert api.data("events.get_multi_task_metrics", query)["metrics"] == [
        {"metric": "Summary", "variants": ["best"]},
        {"metric": "accuracy", "variants": ["train"]},
        {"metric": "loss", "variants": ["test", "train"]},
    ]
    assert api.data("events.get_scalar_metrics_and_variants", {"task": other})["metrics"] == {
        "accuracy": ["train"],
        "loss": ["train"],
    }
    assert api.data("events.get_vector_metrics_and_variants", {"task": reported})["metrics"] == {"gradients": ["layer"]}


def test_the_last_values(api: Api, reported: str) -> None:
    """With the mean of the last ten points, and what the task is."""
    answer = api.data("events.get_task_latest_scalar_values", {"task": reported})

    assert answer["metrics"] == [
        {"name": "Summary", "variants": [{"name": "best", "last_value": 0.9, "last_10_value": 0.9}]},
        {
            "name": "loss",
            "variants": [
                {"name": "test", "last_value": 1.5, "last_10_value": 1.5},
                {"name": "train", "last_value": 19.0, "last_10_value": 14.5},
            ],
        },
    ]
    assert (answer["last_iter"], answer["name"], answer["status"]) == (19, "a run", "in_progress")
    assert answer["last_timestamp"] > 0


def test_vectors(api: Api, reported: str) -> None:
    """By iteration."""
    query = {"task": reported, "metric": "gradients", "variant": "layer"}

    assert api.data("events.vector_metrics_iter_histogram", query) == {
        "iterations": [0, 1],
        "vectors": [[1.0, 2.0], [3.0]],
    }


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("get_task_metrics", "tasks"),
        ("get_multi_task_metrics", "tasks"),
        ("get_scalar_metrics_and_variants", "task"),
        ("get_vector_metrics_and_variants", "task"),
        ("get_task_latest_scalar_values", "task"),
    ],
)
def test_an_unknown_task_is_told(api: Api, name: str, field: str) -> None:
    """By the code of the protocol."""
    unknown = new_id()
    assert api.code(f"events.{name}", {field: [unknown] if field == "tasks" else unknown})[:2] == (400, 101)
