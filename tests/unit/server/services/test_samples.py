"""``events.*``: debug samples and plots, iteration by iteration and one by one (protocol §2.6)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api
from tests.unit.server.services.test_events import send
from tests.unit.server.services.test_plots import plot


def image(task: str, title: str, series: str, iteration: int) -> dict[str, Any]:
    """A debug sample whose address says what it is."""
    return {
        "type": "training_debug_image",
        "task": task,
        "metric": title,
        "variant": series,
        "iter": iteration,
        "url": f"{title}{series}{iteration}",
        "key": "k",
    }


@pytest.fixture
def shown(api: Api) -> str:
    """A task with samples: of one series in iterations 0 to 4, of two others now and then."""
    task = api.running_task()
    others = [("m", "w", 1), ("n", "x", 1), ("n", "x", 3)]
    send(api, *(image(task, *name) for name in [*(("m", "v", n) for n in range(5)), *others]))
    return task


def test_samples_end_with_an_empty_page(api: Api, shown: str) -> None:
    """Clients ask on until there are no more iterations."""
    iterations: list[int] = []
    scroll = None
    for _ in range(10):
        query = {"metrics": [{"task": shown, "metric": "m"}], "iters": 2, "scroll_id": scroll}
        answer = api.data("events.debug_images", query)
        page, scroll = answer["metrics"][0]["iterations"], answer["scroll_id"]
        if not page:
            break
        iterations += [entry["iter"] for entry in page]

    assert iterations == [4, 3, 2, 1, 0]


def test_samples_that_come_meanwhile_are_not_lost(api: Api, shown: str) -> None:
    """Going earlier goes on where it was; going later, or anew, shows them."""
    metrics = [{"task": shown, "metric": "m"}]

    def page(**query: Any) -> tuple[list[int], str]:
        answer = api.data("events.debug_images", {"metrics": metrics, "iters": 2, **query})
        return [entry["iter"] for entry in answer["metrics"][0]["iterations"]], answer["scroll_id"]

    first, scroll = page()
    send(api, *(image(shown, "m", "v", iteration) for iteration in (5, 6, 7)))
    assert first == [4, 3]
    assert page(scroll_id=scroll)[0] == [2, 1]
    assert page(scroll_id=scroll, navigate_earlier=False)[0] == [6, 5]
    assert page(scroll_id=scroll, refresh=True)[0] == [7, 6]


def test_titles_of_one_task_are_shown_together(api: Api, shown: str) -> None:
    """The last iteration of each, all series or some; other tasks apart."""
    other = api.running_task()
    metrics = [
        {"task": shown, "metric": "m", "variants": ["w"]},
        {"task": shown, "metric": "n"},
        {"task": other},
    ]
    answer = api.data("events.debug_images", {"metrics": metrics})

    assert [entry["task"] for entry in answer["metrics"]] == [shown, other]
    pages = [
        [(each["iter"], [e["url"] for e in each["events"]]) for each in e["iterations"]] for e in answer["metrics"]
    ]
    assert pages == [[(3, ["nx3"]), (1, ["mw1"])], []]


def test_any_number_of_series_may_be_named(api: Api, shown: str) -> None:
    """More than a database takes parameters."""
    metrics = [{"task": shown, "metric": "m", "variants": ["v", *map(str, range(70_000))]}]

    (page,) = api.data("events.debug_images", {"metrics": metrics})["metrics"]
    assert [entry["iter"] for entry in page["iterations"]] == [4]


def test_plots_are_shown_alike(api: Api) -> None:
    """Under a name of their own."""
    task = api.running_task()
    send(api, plot(task, "p", "a", 1), plot(task, "p", "a", 2))

    (page,) = api.data("events.plots", {"metrics": [{"task": task}]})["metrics"]
    assert [(entry["iter"], entry["events"][0]["plot_str"]) for entry in page["iterations"]] == [(2, "pa2")]


def test_one_sample(api: Api, shown: str) -> None:
    """The last one, or that of an iteration, with the range of its series."""
    query = {"task": shown, "metric": "n", "variant": "x"}

    last = api.data("events.get_debug_image_sample", query)
    assert (last["event"]["url"], last["min_iteration"], last["max_iteration"]) == ("nx3", 1, 3)
    assert api.data("events.get_debug_image_sample", {**query, "iteration": 1})["event"]["url"] == "nx1"
    assert api.data("events.get_debug_image_sample", {**query, "iteration": 2})["event"] is None
    assert api.data("events.get_debug_image_sample", {**query, "variant": "y"}) == {
        "scroll_id": None,
        "event": None,
        "min_iteration": None,
        "max_iteration": None,
    }


@pytest.mark.parametrize(
    ("one_title", "step", "urls"),
    [
        (True, {}, ["mv1", "mw1", "mv2"]),
        (False, {}, ["mv1", "mw1", "nx1", "mv2"]),
        (True, {"next_iteration": True}, ["mv1", "mv2", "mv3", "mv4", None]),
        (True, {"navigate_earlier": True}, ["mv1", "mv0", None]),
        (False, {"navigate_earlier": True, "next_iteration": True}, ["mv1", "mv0", None]),
    ],
)
def test_from_sample_to_sample(
    api: Api, shown: str, one_title: bool, step: dict[str, bool], urls: list[str | None]
) -> None:
    """Within an iteration and beyond it; at the end there is no event, and the place stays."""
    query = {"task": shown, "metric": "m", "variant": "v", "iteration": 1, "navigate_current_metric": one_title}
    answer = api.data("events.get_debug_image_sample", query)

    seen = [answer["event"]["url"]]
    while len(seen) < len(urls):
        query = {"task": shown, "scroll_id": answer["scroll_id"], "navigate_earlier": False, **step}
        answer = api.data("events.next_debug_image_sample", query)
        seen.append(answer["event"]["url"] if answer["event"] else None)

    assert seen == urls
    assert answer["scroll_id"]


def test_from_plot_to_plot(api: Api) -> None:
    """All plots of a title in one iteration are one place."""
    task = api.running_task()
    send(api, *(plot(task, *name) for name in [("p", "a", 1), ("p", "b", 1), ("q", "a", 1), ("p", "a", 2)]))

    def texts(answer: dict[str, Any]) -> list[str]:
        return [event["plot_str"] for event in answer["events"]]

    last = api.data("events.get_plot_sample", {"task": task, "metric": "p", "navigate_current_metric": False})
    assert (texts(last), last["min_iteration"], last["max_iteration"]) == (["pa2"], 1, 2)
    before = api.data("events.next_plot_sample", {"task": task, "scroll_id": last["scroll_id"]})
    assert texts(before) == ["qa1"]
    first = api.data("events.next_plot_sample", {"task": task, "scroll_id": before["scroll_id"]})
    assert texts(first) == ["pa1", "pb1"]
    end = api.data("events.next_plot_sample", {"task": task, "scroll_id": first["scroll_id"]})
    assert (texts(end), end["scroll_id"]) == ([], first["scroll_id"])
    assert texts(api.data("events.get_plot_sample", {"task": task, "metric": "x"})) == []


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("next_debug_image_sample", {}),
        ("next_plot_sample", {}),
        ("debug_images", {"metrics": []}),
    ],
)
def test_a_foreign_scroll_id_is_told(api: Api, name: str, query: dict[str, Any]) -> None:
    """Not taken for the beginning."""
    assert api.code(f"events.{name}", {"task": api.task(), "scroll_id": "eA==", **query})[:2] == (400, 1104)
