"""``workers.get_all`` and ``get_count``: who is there, and what they do (protocol §2.8, §3.5)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def fleet(api: Api) -> str:
    """The beginning of the names of three workers; the first has a tag, the second two."""
    fleet = new_id()
    for number, tags in enumerate([["gpu"], ["gpu", "big"], []]):
        api.data("workers.register", {"worker": f"{fleet}:{number}", "tags": tags, "system_tags": tags[1:]})
    return fleet


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ({}, "012"),
        ({"last_seen": 0}, "012"),
        ({"tags": ["big", "other"]}, "1"),
        ({"tags": ["gpu"]}, "01"),
        ({"system_tags": ["big"]}, "1"),
        ({"worker_pattern": "*:2"}, "2"),
    ],
)
def test_workers_are_listed(api: Api, fleet: str, body: dict[str, Any], numbers: str) -> None:
    """By tag, by pattern, by when they were heard of; and counted."""
    body = {"worker_pattern": f"{fleet}*", **body}
    if body["worker_pattern"].startswith("*"):
        body["worker_pattern"] = fleet + body["worker_pattern"]

    found = api.data("workers.get_all", body)["workers"]
    assert [worker["id"] for worker in found] == [f"{fleet}:{number}" for number in numbers]
    assert api.data("workers.get_count", body) == {"count": len(numbers)}


def test_a_worker_says_what_comes_next(api: Api) -> None:
    """In each of its queues, in its own order; a queue that is gone is left out."""
    queues = [api.data("queues.create", {"name": new_id(), "display_name": "Q"})["id"] for _ in range(3)]
    task = api.task(name="next one")
    api.data("tasks.enqueue", {"task": task, "queue": queues[0]})
    worker = new_id()
    api.data("workers.register", {"worker": worker, "queues": queues[::-1]})
    api.data("queues.delete", {"queue": queues[1]})

    (found,) = api.data("workers.get_all", {"worker_pattern": worker})["workers"]
    assert [queue["id"] for queue in found["queues"]] == [queues[2], queues[0]]
    empty, waiting = found["queues"]
    assert (empty["next_task"], empty["num_tasks"]) == (None, 0)
    assert (waiting["display_name"], waiting["num_tasks"]) == ("Q", 1)
    assert waiting["next_task"] == {"id": task, "name": "next one"}
    assert found["user"]["name"]
