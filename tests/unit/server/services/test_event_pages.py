"""``events.*``: console, plots and samples, page by page (protocol §2.6)."""

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
        assert api.code("events.get_task_events", {"task": api.task(), "scroll_id": scroll})[:2] == (400, 12)


def test_the_last_plots_of_each_series(api: Api) -> None:
    """As many iterations as asked for."""
    task = api.running_task()
    send(
        api,
        *(
            {
                "type": "plot",
                "task": task,
                "metric": "m",
                "variant": variant,
                "iter": step,
                "plot_str": f'{{"s":{step}}}',
            }
            for variant in "ab"
            for step in range(3)
        ),
    )

    page = api.data("events.get_task_plots", {"task": task, "iters": 2})

    assert [(plot["variant"], plot["iter"], plot["plot_str"]) for plot in page["plots"]] == [
        ("a", 2, '{"s":2}'),
        ("a", 1, '{"s":1}'),
        ("b", 2, '{"s":2}'),
        ("b", 1, '{"s":1}'),
    ]
    assert page["total"] == 4


def test_samples_end_with_an_empty_page(api: Api) -> None:
    """Clients ask on until there are no more iterations."""
    task = api.running_task()
    send(
        api,
        *(
            {
                "type": "training_debug_image",
                "task": task,
                "metric": "m",
                "variant": "v",
                "iter": step,
                "url": f"u{step}",
                "key": f"k{step}",
            }
            for step in range(3)
        ),
    )

    iterations: list[int] = []
    scroll = None
    for _ in range(10):
        answer = api.data(
            "events.debug_images", {"metrics": [{"task": task, "metric": "m"}], "iters": 2, "scroll_id": scroll}
        )
        page, scroll = answer["metrics"][0]["iterations"], answer["scroll_id"]
        if not page:
            break
        iterations += [entry["iter"] for entry in page]

    assert iterations == [2, 1, 0]
