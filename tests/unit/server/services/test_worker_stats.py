"""``workers.*``: graphs of what the machines did (protocol §2.8)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def worker(api: Api) -> str:
    """A worker that has reported three times."""
    worker = new_id()
    for stats in (
        {"cpu_usage": [10, 30], "memory_used": 5, "gpu_usage": "nonsense"},
        {"cpu_usage": [50, 70], "memory_used": 7, "note": 1e301},
        None,
    ):
        api.data("workers.status_report", {"worker": worker, "timestamp": 1, "machine_stats": stats})
    return worker


def span(**fields: Any) -> dict[str, Any]:
    """An hour around now, as one interval."""
    now = int(time.time())
    return {"from_date": now - 1800, "to_date": now + 1800, "interval": 3600, **fields}


def stats_of(api: Api, worker: str, items: list[dict[str, str]], **fields: Any) -> list[dict[str, Any]]:
    """The metrics of one worker."""
    (found,) = api.data("workers.get_stats", span(worker_ids=[worker], items=items, **fields))["workers"]
    assert found["worker"] == worker
    return list(found["metrics"])


def test_many_numbers_become_one(api: Api, worker: str) -> None:
    """In the ways that are asked for; by default their mean. What was never reported as a number is left out."""
    cpu, memory = stats_of(
        api,
        worker,
        [
            {"key": "cpu_usage", "aggregation": "max"},
            {"key": "cpu_usage", "aggregation": "min"},
            {"key": "memory_used"},
            {"key": "gpu_usage"},
            {"key": "note"},
            {"key": "none"},
        ],
    )

    assert cpu["stats"] == [{"aggregation": "max", "values": [70]}, {"aggregation": "min", "values": [10]}]
    assert (memory["metric"], memory["variant"]) == ("memory_used", None)
    assert memory["stats"] == [{"aggregation": "avg", "values": [6]}]
    assert len(memory["dates"]) == 1


def test_processors_are_told_apart(api: Api, worker: str) -> None:
    """If asked."""
    metrics = stats_of(api, worker, [{"key": "cpu_usage"}], split_by_variant=True)

    assert [(each["variant"], each["stats"][0]["values"]) for each in metrics] == [("cpu0", [30]), ("cpu1", [50])]


def test_which_numbers_there_are(api: Api, worker: str) -> None:
    """By the first word of their names."""
    categories = api.data("workers.get_metric_keys", {"worker_ids": [worker]})["categories"]

    assert {"name": "cpu", "metric_keys": ["cpu_usage"]} in categories
    assert [category["name"] for category in categories] == ["cpu", "gpu", "memory", "note"]


def test_how_many_workers_there_were(api: Api, worker: str) -> None:
    """And how many of them ran a task."""
    before = api.data("workers.get_activity_report", span())
    api.data("workers.status_report", {"worker": worker, "timestamp": 1, "task": api.running_task()})
    api.data("workers.status_report", {"worker": new_id(), "timestamp": 1})

    after = api.data("workers.get_activity_report", span())
    assert after["total"]["counts"][0] == before["total"]["counts"][0] + 1
    assert after["active"]["counts"][0] == before["active"]["counts"][0] + 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"items": [{"key": "cpu_usage", "aggregation": "sum"}]}, "'sum'; allowed are avg, min, max"),
        ({"items": [], "from_date": -1}, "from_date"),
        ({"items": [], "interval": 0}, "interval"),
    ],
)
def test_what_is_refused(api: Api, fields: dict[str, Any], named: str) -> None:
    """The sentence names the field."""
    status, subcode, message = api.code("workers.get_stats", span(**fields))

    assert (status, subcode) == (400, 12)
    assert named in message
