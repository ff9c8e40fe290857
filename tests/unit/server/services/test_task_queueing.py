"""``tasks.*``: into queues and out of them (protocol §2.3)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def queue(api: Api) -> str:
    """The id of a new queue."""
    return str(api.data("queues.create", {"name": new_id()})["id"])


def waiting(api: Api, queue: str) -> list[str]:
    """The ids of what waits."""
    return [entry["task"] for entry in api.data("queues.get_by_id", {"queue": queue})["queue"]["entries"]]


def ended_task(api: Api, status: str) -> str:
    """The id of a task with a status."""
    if status == "created":
        return api.task()
    task = api.running_task()
    api.data(f"tasks.{status}", {"task": task})
    return task


@pytest.mark.parametrize("status", ["created", "stopped", "failed"])
def test_a_task_waits(api: Api, queue: str, status: str) -> None:
    """It remembers the queue, and is no longer one of somebody's own development."""
    task = ended_task(api, status)
    api.data("tasks.edit", {"task": task, "system_tags": ["development", "func"], "force": True})

    answer = api.data("tasks.enqueue", {"task": task, "queue": queue, "verify_watched_queue": False})

    assert (answer["queued"], answer["updated"]) == (1, 1)
    assert (answer["fields"]["status"], answer["fields"]["execution.queue"]) == ("queued", queue)
    assert "queue_watched" not in answer
    document = api.get(task)
    assert (document["status"], document["execution"]["queue"]) == ("queued", queue)
    assert document["system_tags"] == ["func"]
    assert waiting(api, queue) == [task]
    api.data("tasks.dequeue", {"task": task})
    assert api.get(task)["status"] == status


@pytest.mark.parametrize("status", ["completed", "in_progress"])
def test_only_force_queues_a_task_that_ended_well_or_runs(api: Api, queue: str, status: str) -> None:
    """A refusal leaves the queue alone."""
    task = api.running_task() if status == "in_progress" else ended_task(api, status)

    assert api.code("tasks.enqueue", {"task": task, "queue": queue})[:2] == (400, 110)
    assert waiting(api, queue) == []
    assert api.data("tasks.enqueue", {"task": task, "queue": queue, "force": True})["queued"] == 1


def test_a_queue_may_be_named(api: Api) -> None:
    """By its name, when it is made if it is missing, or not at all, when it is the default one."""
    name, tasks = new_id(), [api.task() for _ in range(3)]

    for task in tasks[:2]:
        api.data("tasks.enqueue", {"task": task, "queue_name": name})
    assert waiting(api, api.data("queues.get_by_name", {"name": name})["queue"]["id"]) == tasks[:2]
    api.data("tasks.enqueue", {"task": tasks[2]})
    assert tasks[2] in waiting(api, api.data("queues.get_default")["id"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"queue": "none"}, (400, 701)),
        ({"queue": "a", "queue_name": "b"}, (400, 12)),
        ({"task": "none"}, (400, 101)),
    ],
)
def test_what_is_refused(api: Api, queue: str, body: dict[str, Any], code: tuple[int, int]) -> None:
    """With the protocol's code; the task stays a draft."""
    task = api.task()

    assert api.code("tasks.enqueue", {"task": task, "queue": queue, **body})[:2] == code
    assert api.get(task)["status"] == "created"


def test_a_waiting_task_moves_to_another_queue(api: Api, queue: str) -> None:
    """Into the same one it cannot be put again; what it was before it waited is still known."""
    task, other = ended_task(api, "failed"), api.data("queues.create", {"name": new_id()})["id"]
    api.data("tasks.enqueue", {"task": task, "queue": queue})

    assert api.code("tasks.enqueue", {"task": task, "queue": queue})[:2] == (400, 706)
    api.data("tasks.enqueue", {"task": task, "queue": other})
    assert (waiting(api, queue), waiting(api, other)) == ([], [task])
    assert api.data("tasks.dequeue", {"task": task})["fields"]["status"] == "failed"


def test_whether_somebody_serves_the_queue(api: Api, queue: str) -> None:
    """Told if asked."""
    asked = {"queue": queue, "verify_watched_queue": True}

    assert api.data("tasks.enqueue", {"task": api.task(), **asked})["queue_watched"] is False
    api.data("workers.register", {"worker": new_id(), "queues": [queue]})
    assert api.data("tasks.enqueue", {"task": api.task(), **asked})["queue_watched"] is True


@pytest.mark.parametrize("status", ["created", "completed"])
def test_what_does_not_wait_is_not_taken_out(api: Api, status: str) -> None:
    """That is no error: agents ask for it with each task that they run."""
    task = ended_task(api, status)

    answer = api.data("tasks.dequeue", {"task": task, "new_status": "in_progress"})
    assert (answer["updated"], answer["dequeued"]) == (0, 0)
    assert api.get(task)["status"] == status
    assert api.data("tasks.dequeue", {"task": "none"})["updated"] == 0


def test_an_agent_takes_a_task_out_when_it_runs_it(api: Api, queue: str) -> None:
    """The task runs then, whether it waited or was taken from the queue before."""
    task = api.task()
    api.data("tasks.enqueue", {"task": task, "queue": queue})

    for _ in range(2):
        assert api.data("tasks.dequeue", {"task": task, "new_status": "in_progress"})["updated"] == 1
        assert api.get(task)["status"] == "in_progress"
    assert waiting(api, queue) == []
    assert api.data("tasks.dequeue", {"task": task})["updated"] == 0
    assert api.get(task)["status"] == "in_progress"


def test_a_task_that_was_taken_and_given_back_is_a_draft(api: Api, queue: str) -> None:
    """It waits nowhere, so it must not go on looking as if it did."""
    task = api.task()
    for _ in range(2):
        api.data("tasks.enqueue", {"task": task, "queue": queue})
        api.data("queues.get_next_task", {"queue": queue})

    api.data("tasks.dequeue", {"task": task})
    assert api.get(task)["status"] == "created"


def test_many_at_once(api: Api, queue: str) -> None:
    """Each for itself."""
    good, ended = api.task(), ended_task(api, "completed")
    body = {"ids": [good, ended, "none"], "queue": queue, "verify_watched_queue": True}

    answer = api.data("tasks.enqueue_many", body)
    assert [(each["id"], each["queued"]) for each in answer["succeeded"]] == [(good, 1)]
    assert [(each["id"], each["error"]["codes"]) for each in answer["failed"]] == [
        (ended, [400, 110]),
        ("none", [400, 101]),
    ]
    assert answer["queue_watched"] is False
    answer = api.data("tasks.dequeue_many", {"ids": [good, "none"]})
    assert [(each["id"], each["dequeued"]) for each in answer["succeeded"]] == [(good, 1)]
    assert [each["error"]["codes"] for each in answer["failed"]] == [[400, 101]]


@pytest.mark.parametrize("action", ["started", "stopped", "failed", "completed", "reset"])
def test_a_task_with_another_status_waits_no_longer(api: Api, queue: str, action: str) -> None:
    """Or an agent would run it a second time."""
    task = api.task()
    api.data("tasks.enqueue", {"task": task, "queue": queue})

    api.data(f"tasks.{action}", {"task": task, "force": True})
    assert waiting(api, queue) == []
    assert api.data("queues.get_next_task", {"queue": queue}) == {}
