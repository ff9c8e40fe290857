"""``tasks.*``: the life cycle (protocol §2.3)."""

from __future__ import annotations

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


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


def test_plain_changes_leave_no_message(api: Api) -> None:
    """Agents look into it without asking whether it is there (protocol §7.1)."""
    task = api.task()
    api.data("tasks.started", {"task": task, "status_message": "old"})

    answer = api.data("tasks.started", {"task": task})

    assert answer["started"] == 1
    assert (api.get(task)["status_message"], api.get(task)["status_reason"]) == ("", "")


def test_completing_may_publish_at_once(api: Api) -> None:
    """The answer says so."""
    task = api.running_task()

    assert api.data("tasks.completed", {"task": task, "publish": True})["published"] == 1
    assert api.get(task)["status"] == "published"
    assert api.code("tasks.reset", {"task": task})[:2] == (400, 110)


def test_publishing_takes_the_last_output_model_along(api: Api) -> None:
    """Unless told otherwise."""
    models = [api.data("models.create", {"name": "m", "uri": "u", "ready": False})["id"] for _ in range(2)]
    task = api.running_task()
    for name, model in zip("ab", models, strict=True):
        api.data("tasks.add_or_update_model", {"task": task, "name": name, "model": model, "type": "output"})
    api.data("tasks.completed", {"task": task})

    def ready() -> list[bool]:
        return [api.data("models.get_by_id", {"model": model})["model"]["ready"] for model in models]

    api.data("tasks.publish", {"task": task, "publish_model": False})
    assert ready() == [False, False]
    answer = api.data("tasks.publish", {"task": task})
    assert (answer["fields"]["status"], ready()) == ("published", [False, True])
    assert api.get(task)["published"] is not None


def test_a_task_of_one_s_own_is_stopped_at_once(api: Api) -> None:
    """So is one that nobody works on; the message says who did it."""
    for tags in (["development"], []):
        task = api.running_task(system_tags=tags)

        assert api.data("tasks.stop", {"task": task})["fields"]["status"] == "stopped"
        assert api.get(task)["status_message"].startswith("Stopped by ")


def test_a_waiting_task_is_stopped_and_waits_no_longer(api: Api) -> None:
    """Its queue is empty then."""
    queue = api.data("queues.create", {"name": f"stop {new_id()}"})["id"]
    task = api.task()
    api.data("tasks.enqueue", {"task": task, "queue": queue})

    assert api.data("tasks.stop", {"task": task})["fields"]["status"] == "stopped"
    assert api.data("queues.get_by_id", {"queue": queue})["queue"]["entries"] == []


def test_an_agent_is_asked_to_stop_its_task(api: Api) -> None:
    """It looks for the message, and ends the task itself."""
    task = api.running_task()
    api.data("workers.register", {"worker": "agent:0"})
    api.data("workers.status_report", {"worker": "agent:0", "timestamp": 0, "task": task})
    assert api.get(task)["last_worker"] == "agent:0"

    answer = api.data("tasks.stop", {"task": task, "status_reason": "enough"})

    assert (answer["fields"]["status"], answer["fields"]["status_message"]) == ("in_progress", "stopping")


def test_a_draft_cannot_be_stopped(api: Api) -> None:
    """400/110, or by force."""
    task = api.task()

    assert api.code("tasks.stop", {"task": task})[:2] == (400, 110)
    assert api.data("tasks.stop", {"task": task, "force": True})["fields"]["status"] == "stopped"


def test_closing(api: Api) -> None:
    """From where the table allows it."""
    task = api.running_task()
    assert api.code("tasks.close", {"task": task})[:2] == (400, 110)
    api.data("tasks.stopped", {"task": task})
    assert api.data("tasks.close", {"task": task})["fields"]["status"] == "closed"


@pytest.mark.parametrize(("many", "status"), [("stop_many", "stopped"), ("publish_many", "published")])
def test_several_at_once(api: Api, many: str, status: str) -> None:
    """One that is refused does not keep the others from it; the answer is good and names it."""
    good, draft, missing = api.running_task(system_tags=["development"]), api.task(), new_id()
    if many == "publish_many":
        api.data("tasks.stopped", {"task": good})

    answer = api.data(f"tasks.{many}", {"ids": [good, draft, missing]})

    assert [(entry["id"], entry["fields"]["status"]) for entry in answer["succeeded"]] == [(good, status)]
    assert [(entry["id"], entry["error"]["codes"]) for entry in answer["failed"]] == [
        (draft, [400, 110]),
        (missing, [400, 101]),
    ]
