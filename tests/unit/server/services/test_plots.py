"""``events.*``: the last plots of tasks (protocol §2.6)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api
from tests.unit.server.services.test_events import send


def plot(task: str, title: str, series: str, iteration: int) -> dict[str, Any]:
    """A plot event that says what it is."""
    content = f"{title}{series}{iteration}"
    return {"type": "plot", "task": task, "metric": title, "variant": series, "iter": iteration, "plot_str": content}


@pytest.fixture
def plotted(api: Api) -> str:
    """A task with plots of two series of one title and one of another."""
    task = api.running_task(name="plotted")
    names = [("m", "a", 0), ("m", "a", 1), ("m", "a", 2), ("m", "b", 0), ("m", "b", 1), ("n", "c", 5)]
    send(api, *(plot(task, *name) for name in names))
    return task


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["ma2", "mb1", "nc5"]),
        ({"iters": 0}, ["ma2", "mb1", "nc5"]),
        ({"iters": 2}, ["ma2", "ma1", "mb1", "mb0", "nc5"]),
        ({"iters": 2, "no_scroll": True}, ["ma2", "ma1", "mb1", "mb0", "nc5"]),
        ({"metrics": [{"metric": "m"}]}, ["ma2", "mb1"]),
        ({"metrics": [{"metric": "m", "variants": ["b"]}, {"metric": "n"}]}, ["mb1", "nc5"]),
        ({"metrics": [{"metric": "m", "variants": ["b"]}, {"metric": "m", "variants": ["a"]}]}, ["ma2", "mb1"]),
        ({"metrics": [{"metric": "n", "variants": ["c", *map(str, range(9_999))]}]}, ["nc5"]),
        ({"metrics": [{"metric": "x"}]}, []),
    ],
)
def test_the_last_plots_of_each_series(api: Api, plotted: str, query: dict[str, Any], found: list[str]) -> None:
    """As many iterations as asked for, of some series or of all; the next page is empty."""
    page = api.data("events.get_task_plots", {"task": plotted, **query})

    assert [event["plot_str"] for event in page["plots"]] == found
    assert (page["returned"], page["total"]) == (len(found), len(found))
    assert all(event["plot_len"] == 3 for event in page["plots"])
    if not query.get("no_scroll"):
        assert not api.data("events.get_task_plots", {"task": plotted, **query, "scroll_id": page["scroll_id"]})[
            "plots"
        ]


def test_many_plots_come_in_pages(api: Api) -> None:
    """Unless the caller wants all of them at once."""
    task = api.running_task()
    send(api, *(plot(task, "m", f"{series:03}", 0) for series in range(501)))

    first = api.data("events.get_task_plots", {"task": task})
    second = api.data("events.get_task_plots", {"task": task, "scroll_id": first["scroll_id"]})
    assert (first["returned"], second["returned"], second["total"]) == (500, 1, 501)
    assert second["plots"][0]["variant"] == "500"
    assert api.data("events.get_task_plots", {"task": task, "no_scroll": True})["returned"] == 501


def test_several_tasks_side_by_side(api: Api, plotted: str) -> None:
    """By title, series, task and iteration."""
    other = api.running_task(name="other")
    send(api, plot(other, "m", "a", 7))

    answer = api.data("events.get_multi_task_plots", {"tasks": [plotted, other]})

    assert set(answer["plots"]) == {"m", "n"}
    assert set(answer["plots"]["m"]["a"]) == {plotted, other}
    shown = answer["plots"]["m"]["a"][plotted]["2"]
    assert (shown["name"], [event["plot_str"] for event in shown["plots"]]) == ("plotted", ["ma2"])
    assert answer["plots"]["m"]["a"][other]["7"]["name"] == "other"
    assert (answer["returned"], answer["total"]) == (4, 4)
    again = {"tasks": [plotted, other], "scroll_id": answer["scroll_id"]}
    assert api.data("events.get_multi_task_plots", again)["plots"] == {}


def test_the_last_iterations_of_each_title(api: Api, plotted: str) -> None:
    """Series that ended earlier are left out."""
    query = {"tasks": [plotted], "last_iters_per_task_metric": True}
    assert set(api.data("events.get_multi_task_plots", query)["plots"]["m"]) == {"a"}


@pytest.mark.parametrize(
    ("query", "subcode"),
    [
        ({"tasks": ["unknown"]}, 101),
        ({"tasks": [str(n) for n in range(101)]}, 12),
        ({"tasks": [], "metrics": [{"metric": str(n)} for n in range(501)]}, 12),
        ({"tasks": [], "metrics": [{"metric": "m", "variants": ["v"] * 10_001}]}, 12),
        ({"tasks": [], "scroll_id": "x"}, 1104),
    ],
)
def test_what_cannot_be_answered_is_told(api: Api, query: dict[str, Any], subcode: int) -> None:
    """By its code."""
    assert api.code("events.get_multi_task_plots", query)[:2] == (400, subcode)
