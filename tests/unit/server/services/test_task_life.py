"""``tasks.*``: the life cycle (protocol §2.3)."""

from __future__ import annotations

import pytest
from tests.unit.server.conftest import Api


@pytest.mark.parametrize("end", ["completed", "failed", "stopped"])
def test_a_task_runs_and_ends(api: Api, end: str) -> None:
    """The answer holds the new values; the document has times and reason."""
    task = api.running_task()

    answer = api.data(f"tasks.{end}", {"task": task, "status_reason": "because"})

    assert answer["updated"] == 1
    assert answer["fields"]["status"] == end
    document = api.get(task)
    assert (document["status"], document["status_reason"], document["status_message"]) == (end, "because", "")
    assert document["started"] <= document["completed"]
    assert document["active_duration"] >= 0


def test_an_impossible_step_is_refused_without_force(api: Api) -> None:
    """And changes nothing."""
    task = api.task()

    assert api.code("tasks.completed", {"task": task})[:2] == (400, 110)
    assert api.get(task)["status"] == "created"
    assert api.data("tasks.completed", {"task": task, "force": True})["updated"] == 1


def test_reset_forgets_what_the_run_reported(api: Api) -> None:
    """Points, console and summaries are gone, parameters stay."""
    task = api.running_task(hyperparams={"Args": {"a": {"section": "Args", "name": "a", "value": "1"}}})
    api.data(
        "events.add",
        {"type": "training_stats_scalar", "task": task, "metric": "m", "variant": "v", "iter": 3, "value": 1},
    )
    api.data("events.add", {"type": "log", "task": task, "msg": "hello"})
    api.data("tasks.completed", {"task": task})

    api.data("tasks.reset", {"task": task})

    document = api.get(task)
    assert (document["status"], document["last_metrics"], document["last_iteration"]) == ("created", {}, 0)
    assert document["hyperparams"]["Args"]["a"]["value"] == "1"
    assert api.data("events.get_task_log", {"task": task})["total"] == 0
    assert api.data("events.scalar_metrics_iter_histogram", {"task": task}) == {}


def test_a_ping_is_a_sign_of_life(api: Api) -> None:
    """``last_update`` moves on."""
    task = api.running_task()
    before = api.get(task)["last_update"]

    assert api.data("tasks.ping", {"task": task}) == {}

    assert api.get(task)["last_update"] > before
