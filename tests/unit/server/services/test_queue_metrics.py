"""``queues.get_queue_metrics``: how long tasks wait (protocol §2.7)."""

from __future__ import annotations

import time

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


def test_lengths_and_waiting_times(api: Api) -> None:
    """One interval holds all that happened in it; other queues are left out."""
    queue = api.data("queues.create", {"name": new_id()})["id"]
    since = int(time.time())
    for _ in range(3):
        api.data("tasks.enqueue", {"task": api.task(), "queue": queue})
    api.data("queues.get_next_task", {"queue": queue})

    body = {"from_date": since, "to_date": since + 3000, "interval": 3000, "queue_ids": [queue]}
    (metrics,) = api.data("queues.get_queue_metrics", body)["queues"]
    assert (metrics["queue"], metrics["dates"], metrics["queue_lengths"]) == (queue, [since], [3])
    assert 0 < metrics["avg_waiting_times"][0] < 3000


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"from_date": 2, "to_date": 1, "interval": 1}, "to_date"),
        ({"from_date": -1, "to_date": 1, "interval": 1}, "from_date"),
        ({"from_date": 1, "to_date": 1e300, "interval": 1}, "to_date"),
        ({"from_date": 1, "to_date": 2, "interval": 0}, "interval"),
    ],
)
def test_times_that_are_none(api: Api, body: dict[str, float], named: str) -> None:
    """The sentence names the field."""
    status, subcode, message = api.code("queues.get_queue_metrics", body)

    assert (status, subcode) == (400, 12)
    assert named in message
