"""``events.*``: deleting what was reported (protocol §2.6)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api
from tests.unit.server.services.test_events import scalar, send


@pytest.fixture
def reported(api: Api) -> str:
    """A task with a point, a plot, an old line and a new one."""
    task = api.running_task()
    send(
        api,
        scalar(task, 1, 2),
        {"type": "plot", "task": task, "metric": "p", "variant": "q", "iter": 1, "plot_str": "{}"},
        {"type": "log", "task": task, "msg": "old", "timestamp": 1000},
        {"type": "log", "task": task, "msg": "new"},
    )
    return task


def log_of(api: Api, task: str) -> list[str]:
    """The console."""
    query = {"task": task, "order": "asc"}
    return [line["msg"] for line in api.data("events.get_task_log", query)["events"]]


def test_all_that_a_task_has_reported(api: Api, reported: str) -> None:
    """The task stays."""
    assert api.data("events.delete_for_task", {"task": reported}) == {"deleted": True}
    assert api.data("events.delete_for_task", {"task": reported}) == {"deleted": False}

    assert api.data("events.scalar_metrics_iter_histogram", {"task": reported}) == {}
    assert api.data("events.get_task_plots", {"task": reported})["total"] == 0
    assert log_of(api, reported) == []
    assert api.get(reported)["status"] == "in_progress"


def test_samples_go_with_their_files(api: Api, reported: str) -> None:
    """For whoever asks: the file of an artifact stays."""
    folder = f"files/project/name.{reported}"
    image = {"type": "training_debug_image", "task": reported, "metric": "m", "variant": "v", "iter": 3}
    api.data("events.add", {**image, "key": "k", "url": f"http://any/{folder}/metrics/a"})
    for file in ("metrics/a", "artifacts/b"):
        assert api.call(f"{folder}/{file}", method="PUT", content=b"x").status_code == 200

    api.data("events.delete_for_task", {"task": reported}, headers={"X-ClearML-Client": "clearml-2.1.12"})

    assert api.call(f"{folder}/metrics/a", method="HEAD").status_code == 404
    assert api.call(f"{folder}/artifacts/b", method="HEAD").status_code == 200


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({}, []),
        ({"threshold_sec": 3600}, ["new"]),
        ({"include_metrics": ["m"]}, ["old", "new"]),
        ({"exclude_metrics": ["m"]}, []),
    ],
)
def test_the_console(api: Api, reported: str, query: dict[str, Any], left: list[str]) -> None:
    """Nothing else goes with it."""
    assert api.data("events.clear_task_log", {"task": reported, **query}) == {"deleted": 2 - len(left)}
    assert log_of(api, reported) == left
    assert api.data("events.get_task_plots", {"task": reported})["total"] == 1


@pytest.mark.parametrize("name", ["events.delete_for_task", "events.clear_task_log"])
def test_what_is_published_is_final(api: Api, reported: str, name: str) -> None:
    """Unless the caller insists."""
    api.data("tasks.completed", {"task": reported, "publish": True})

    assert api.code(name, {"task": reported})[:2] == (400, 110)
    assert api.data(name, {"task": reported, "allow_locked": True})["deleted"]


def test_of_a_model_there_is_nothing_to_delete(api: Api) -> None:
    """But it must be one."""
    model = api.data("models.create", {"name": "a model", "uri": "file:///a", "ready": False})["id"]

    assert api.data("events.delete_for_model", {"model": model}) == {"deleted": False}
    assert api.code("events.delete_for_model", {"model": "x"})[:2] == (400, 201)


def test_a_scroll_may_be_given_up(api: Api) -> None:
    """The server kept nothing for it."""
    assert api.data("events.clear_scroll", {"scroll_id": "any"}) == {}
