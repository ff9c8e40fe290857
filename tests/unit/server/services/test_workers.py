"""``workers.*``: agents that say that they are there (protocol §2.8)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def worker() -> str:
    """A name that no worker has yet."""
    return f"host:{new_id()}"


def read(api: Api, worker: str) -> dict[str, Any]:
    """What is known of a worker."""
    (found,) = api.data("workers.get_all", {"worker_pattern": worker})["workers"]
    return dict(found)


def report(api: Api, worker: str, **fields: Any) -> None:
    """A status report as the genuine agent sends it when it is idle."""
    body = {"worker": worker, "timestamp": 1795390558000, "machine_stats": None, "tags": None, "is_daemon": True}
    assert api.data("workers.status_report", {**body, **fields}) == {}


def test_a_worker_comes_and_goes(api: Api, worker: str) -> None:
    """It says goodbye twice."""
    queue = api.data("queues.get_default")["id"]
    assert api.data("workers.register", {"worker": worker, "queues": [queue], "timeout": 77, "tags": ["gpu"]}) == {}

    found = read(api, worker)
    assert (found["id"], found["register_timeout"], found["tags"], found["task"]) == (worker, 77, ["gpu"], None)
    assert [served["id"] for served in found["queues"]] == [queue]
    assert found["ip"] == "127.0.0.1"
    for queues in ([], [queue]):
        assert api.data("workers.unregister", {"worker": worker, "queues": queues}) == {}
    assert api.data("workers.get_all", {"worker_pattern": worker}) == {"workers": []}


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [
        ("register", {"queues": ["none"]}, (400, 701)),
        ("register", {"worker": ""}, (400, 1001)),
        ("register", {"worker": "w" * 256}, (400, 1001)),
        ("register", {"timeout": 0}, (400, 12)),
        ("status_report", {"timestamp": 1, "task": "none"}, (400, 101)),
        ("status_report", {}, (400, 11)),
        ("set_runtime_properties", {"runtime_properties": []}, (400, 1001)),
    ],
)
def test_what_is_refused(api: Api, worker: str, action: str, body: dict[str, Any], code: tuple[int, int]) -> None:
    """With the protocol's code, and no worker is there afterwards."""
    assert api.code(f"workers.{action}", {"worker": worker, **body})[:2] == code
    assert api.data("workers.get_all", {"worker_pattern": worker}) == {"workers": []}


def test_a_worker_that_never_registered_is_one(api: Api, worker: str) -> None:
    """As soon as it reports; idle without a task."""
    queue = api.data("queues.get_default")["id"]
    report(api, worker, queues=[queue])

    found = read(api, worker)
    assert (found["task"], found["queue"], found["register_timeout"]) == (None, None, 600)
    assert [served["name"] for served in found["queues"]] == ["default"]
    assert found["last_report_time"] == found["last_activity_time"]


def test_a_report_is_a_sign_of_life_of_the_task(api: Api, worker: str) -> None:
    """The task says who runs it, the worker what it runs; once idle, it runs nothing."""
    project = api.data("projects.create", {"name": new_id()})["id"]
    task = api.running_task(project=project)
    queue = api.data("queues.get_default")["id"]
    before = api.get(task)["last_update"]

    report(api, worker, task=task, queue=queue, queues=[queue], machine_stats={"cpu_usage": [37.8]})

    document = api.get(task)
    assert document["last_worker"] == worker
    assert document["last_worker_report"] == document["last_update"] > before
    found = read(api, worker)
    assert (found["task"]["id"], found["task"]["name"], found["task"]["last_iteration"]) == (task, "a task", 0)
    assert found["task"]["running_time"] >= 0
    assert (found["project"]["id"], found["queue"]["id"]) == (project, queue)
    report(api, worker)
    assert (read(api, worker)["task"], read(api, worker)["queue"]) == (None, None)
    assert [served["id"] for served in read(api, worker)["queues"]] == [queue]


def test_a_late_report_does_not_bring_a_task_back(api: Api, worker: str) -> None:
    """Its status is the last word."""
    task = api.running_task()
    api.data("tasks.completed", {"task": task})
    completed = api.get(task)["completed"]

    report(api, worker, task=task)

    assert (api.get(task)["status"], api.get(task)["completed"]) == ("completed", completed)


def test_something_is_set_for_a_worker(api: Api, worker: str) -> None:
    """For a while, or for as long as it lives; agents that are not known are told nothing."""
    assert api.data("workers.get_runtime_properties", {"worker": worker}) == {"runtime_properties": []}
    api.data("workers.register", {"worker": worker})
    given = [
        {"key": "force", "value": "on"},
        {"key": "soon", "value": "x", "expiry": 3600},
        {"key": "over", "value": "x", "expiry": -1},
    ]

    api.data("workers.set_runtime_properties", {"worker": worker, "runtime_properties": given})
    force, soon = api.data("workers.get_runtime_properties", {"worker": worker})["runtime_properties"]
    assert force == {"key": "force", "value": "on", "expiry": None}
    assert soon["key"] == "soon"
    assert 0 < soon["expiry"] <= 3600
    api.data("workers.register", {"worker": worker})
    assert len(api.data("workers.get_runtime_properties", {"worker": worker})["runtime_properties"]) == 2
