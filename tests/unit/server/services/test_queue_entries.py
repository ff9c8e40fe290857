"""``queues.*``: what waits in queues (protocol §2.7)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def queue(api: Api) -> str:
    """The id of a new queue."""
    return str(api.data("queues.create", {"name": new_id()})["id"])


@pytest.fixture
def line(api: Api, queue: str) -> list[str]:
    """The ids of four tasks that wait in the queue."""
    tasks = [api.task() for _ in range(4)]
    for task in tasks:
        api.data("tasks.enqueue", {"task": task, "queue": queue})
    return tasks


def waiting(api: Api, queue: str) -> list[str]:
    """The ids of what waits."""
    return [entry["task"] for entry in api.data("queues.get_by_id", {"queue": queue})["queue"]["entries"]]


def test_tasks_are_taken_in_order(api: Api, queue: str, line: list[str]) -> None:
    """And an empty queue answers with nothing, not with an error."""
    assert api.data("queues.peek_task", {"queue": queue}) == {"task": line[0]}
    assert api.data("queues.get_num_entries", {"queue": queue}) == {"num": 4}
    first = api.data("queues.get_next_task", {"queue": queue})
    assert first["entry"]["task"] == line[0]
    assert first["entry"]["added"]
    second = api.data("queues.get_next_task", {"queue": queue, "get_task_info": True})
    assert second["task_info"] == {"company": "pellucid", "user": api.get(line[1])["user"]}
    rest = [api.data("queues.get_next_task", {"queue": queue}) for _ in range(3)]
    assert [answer["entry"]["task"] for answer in rest[:2]] == line[2:]
    assert rest[2] == {}
    assert api.data("queues.peek_task", {"queue": queue}) == {"task": None}
    assert api.data("queues.get_num_entries", {"queue": queue}) == {"num": 0}


def test_no_task_is_taken_twice(api: Api, queue: str, line: list[str]) -> None:
    """By agents that ask at once."""
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: api.data("queues.get_next_task", {"queue": queue}), range(12)))

    assert sorted(answer["entry"]["task"] for answer in answers if answer) == sorted(line)


def test_a_stopped_task_waits_again_when_it_is_taken(api: Api, queue: str) -> None:
    """Or its agent would take it for one that is to be given up."""
    task = api.running_task()
    api.data("tasks.stopped", {"task": task})
    api.data("queues.add_task", {"queue": queue, "task": task})

    assert api.data("queues.get_next_task", {"queue": queue})["entry"]["task"] == task
    assert api.get(task)["status"] == "queued"


@pytest.mark.parametrize(
    ("action", "moved", "options", "order"),
    [
        ("move_task_to_front", 2, {}, [2, 0, 1, 3]),
        ("move_task_to_back", 1, {}, [0, 2, 3, 1]),
        ("move_task_forward", 2, {}, [0, 2, 1, 3]),
        ("move_task_forward", 3, {"count": 2}, [0, 3, 1, 2]),
        ("move_task_backward", 0, {"count": 9}, [1, 2, 3, 0]),
    ],
)
def test_a_task_changes_its_place(
    api: Api, queue: str, line: list[str], action: str, moved: int, options: dict[str, Any], order: list[int]
) -> None:
    """And the answer says which it has."""
    answer = api.data(f"queues.{action}", {"queue": queue, "task": line[moved], **options})

    assert answer == {"position": order.index(moved)}
    assert waiting(api, queue) == [line[number] for number in order]


@pytest.mark.parametrize("action", ["remove_task", "move_task_to_front", "move_task_backward"])
def test_a_task_that_does_not_wait_there(api: Api, queue: str, line: list[str], action: str) -> None:
    """Is refused, and stays in the queue that it is in."""
    other = api.data("queues.create", {"name": new_id()})["id"]

    assert api.code(f"queues.{action}", {"queue": other, "task": line[0]})[:2] == (400, 703)
    assert waiting(api, queue) == line
    assert api.code(f"queues.{action}", {"queue": "none", "task": line[0]})[:2] == (400, 701)


def test_a_task_is_added_and_removed(api: Api, queue: str) -> None:
    """With its status and its memory of the queue as asked."""
    task = api.task()

    assert api.data("queues.add_task", {"queue": queue, "task": task}) == {"added": 1}
    assert (api.get(task)["status"], api.get(task)["execution"]["queue"]) == ("created", queue)
    assert api.code("queues.add_task", {"queue": queue, "task": task})[:2] == (400, 706)
    assert api.data("queues.remove_task", {"queue": queue, "task": task}) == {"removed": 1}
    assert waiting(api, queue) == []


@pytest.mark.parametrize(("update", "status"), [(False, "queued"), (True, "created")])
def test_removing_may_give_the_status_back(api: Api, queue: str, line: list[str], update: bool, status: str) -> None:
    """That from before it waited."""
    api.data("queues.remove_task", {"queue": queue, "task": line[0], "update_task_status": update})

    assert api.get(line[0])["status"] == status


def test_a_queue_is_cleared(api: Api, queue: str, line: list[str]) -> None:
    """All that waited is as it was before."""
    assert api.data("queues.clear_queue", {"queue": queue}) == {"removed_tasks": line}
    assert {api.get(task)["status"] for task in line} == {"created"}
    assert api.code("queues.clear_queue", {"queue": "none"})[:2] == (400, 701)
