"""``events.*``: the console, and events of any kind, page by page (protocol §2.6)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api
from tests.unit.server.services.test_events import scalar, send


@pytest.fixture
def logged(api: Api) -> str:
    """A task with ten console lines, one each millisecond from 100 on."""
    task = api.running_task()
    lines = [
        {"type": "log", "task": task, "level": "info", "msg": f"line {n}", "timestamp": 100 + n} for n in range(10)
    ]
    send(api, *lines)
    return task


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"batch_size": 3, "navigate_earlier": True, "order": "asc"}, [7, 8, 9]),
        ({"batch_size": 3}, [9, 8, 7]),
        ({"batch_size": 3, "from_timestamp": 107}, [6, 5, 4]),
        ({"batch_size": 3, "from_timestamp": 102, "navigate_earlier": False}, [3, 4, 5]),
    ],
)
def test_the_console_is_paged_both_ways(api: Api, logged: str, query: dict[str, Any], numbers: list[int]) -> None:
    """Back from the end or a moment, or forward from one."""
    page = api.data("events.get_task_log", {"task": logged, **query})

    assert [event["msg"] for event in page["events"]] == [f"line {number}" for number in numbers]
    assert (page["returned"], page["total"]) == (3, 10)
    assert page["events"][0]["level"] == "info"


def test_all_scalars_are_read_by_scrolling(api: Api) -> None:
    """The total is exact, the scroll advances, the last page is short."""
    task = api.running_task()
    send(api, *(scalar(task, step, step) for step in range(25)))

    seen: list[int] = []
    scroll = None
    while True:
        query = {"task": task, "event_type": "training_stats_scalar", "batch_size": 10, "scroll_id": scroll}
        page = api.data("events.get_task_events", query)
        seen += [event["iter"] for event in page["events"]]
        scroll = page["scroll_id"]
        assert page["total"] == 25
        if page["returned"] < 10:
            break

    assert seen == list(range(25))


def test_a_foreign_scroll_id_is_told(api: Api) -> None:
    """Not taken for the beginning."""
    for scroll in ("x", "-1", "9" * 30):
        assert api.code("events.get_task_events", {"task": api.task(), "scroll_id": scroll})[:2] == (400, 1104)


def test_events_of_all_kinds(api: Api) -> None:
    """One kind after the other, in pages that may hold several."""
    task = api.running_task()
    send(
        api,
        *(scalar(task, step, step) for step in range(3)),
        {"type": "plot", "task": task, "metric": "m", "variant": "v", "iter": 1, "plot_str": "{}"},
        *({"type": "log", "task": task, "msg": text} for text in "ab"),
    )

    seen: list[str] = []
    scroll = None
    while True:
        page = api.data("events.get_task_events", {"task": task, "batch_size": 2, "scroll_id": scroll})
        assert page["total"] == 6
        seen += [event["type"] for event in page["events"]]
        scroll = page["scroll_id"]
        if not page["events"]:
            break

    assert seen == [*["training_stats_scalar"] * 3, "plot", "log", "log"]


def test_the_latest_events_first(api: Api) -> None:
    """Of every kind."""
    task = api.running_task()
    send(api, *(scalar(task, n, n) for n in range(2)), *({"type": "log", "task": task, "msg": text} for text in "ab"))

    events = api.data("events.get_task_events", {"task": task, "order": "desc"})["events"]
    assert [event.get("iter", event.get("msg")) for event in events] == [1, 0, "b", "a"]


def test_lines_of_some_metrics(api: Api) -> None:
    """Counted likewise."""
    task = api.running_task()
    send(api, {"type": "log", "task": task, "msg": "a"}, {"type": "log", "task": task, "msg": "b", "metric": "m"})

    page = api.data("events.get_task_log", {"task": task, "metrics": ["m"]})
    assert ([line["msg"] for line in page["events"]], page["total"]) == (["b"], 1)


@pytest.mark.parametrize(
    ("query", "field"),
    [({"order": "up"}, "order"), ({"event_type": "strange"}, "event_type"), ({"batch_size": "x"}, "batch_size")],
)
def test_a_wrong_argument_is_told(api: Api, query: dict[str, str], field: str) -> None:
    """By the name of its field."""
    status, subcode, message = api.code("events.get_task_events", {"task": api.task(), **query})

    assert (status, subcode) == (400, 12)
    assert field in message
