"""``events.*``: curves, points and values without an iteration (protocol §2.6)."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.points import SINGLE_VALUE_ITERATION
from pellucid.store.opening import open_store
from pellucid.testing.store_samples import NOON, points, slots

FAR = 2**63 - 1


def report(api: Api, task: str, *content: tuple[str, int, float], title: str = "loss") -> None:
    """Points of some series, as clients send them."""
    lines = (
        json.dumps(
            {
                "type": "training_stats_scalar",
                "task": task,
                "metric": title,
                "variant": series,
                "iter": iteration,
                "value": value,
                "timestamp": place + 1000,
            }
        )
        for place, (series, iteration, value) in enumerate(content)
    )
    options: dict[str, Any] = {"content": "\n".join(lines).encode(), "headers": {"Content-Type": "application/json"}}
    assert api.call("events.add_batch", **options).status_code == 200


@pytest.fixture
def task(api: Api) -> str:
    """A task with two series of one title, and one of another, whose iterations are far."""
    task = api.running_task()
    report(api, task, ("a", 0, 1.0), ("b", 0, 2.0), ("a", 1, math.nan), ("b", FAR, math.inf), ("a", 7, -math.inf))
    report(api, task, ("only", 2**31, 0.5), title="other")
    return task


def test_curves_of_all_series(api: Api, task: str) -> None:
    """What JSON cannot express is null, and beside it stands what it was."""
    assert api.data("events.scalar_metrics_iter_histogram", {"task": task}) == {
        "loss": {
            "a": {"name": "a", "x": [0, 1, 7], "y": [1.0, None, None], "not_finite": {"1": "NaN", "2": "-Infinity"}},
            "b": {"name": "b", "x": [0, FAR], "y": [2.0, None], "not_finite": {"1": "Infinity"}},
        },
        "other": {"only": {"name": "only", "x": [2**31], "y": [0.5]}},
    }


def test_curves_between_two_iterations(api: Api) -> None:
    """A part of a long curve has the points that the whole leaves out; both ends belong to it."""
    task = api.running_task()
    report(api, task, *(("a", step, float(step)) for step in range(100)), ("b", 500, 1.0))
    asked = {"task": task, "samples": 10, "between": [20, 24]}

    assert api.data("events.scalar_metrics_iter_histogram", asked) == {
        "loss": {"a": {"name": "a", "x": [20, 21, 22, 23, 24], "y": [20.0, 21.0, 22.0, 23.0, 24.0]}}
    }


@pytest.mark.parametrize(
    ("metrics", "found"),
    [
        ([], set()),
        ([{"metric": "loss"}], {"a", "b"}),
        ([{"metric": "loss", "variants": ["b", "c"]}, {"metric": "other"}], {"b", "only"}),
        ([{"metric": "none"}], set()),
    ],
)
def test_curves_of_some_series(api: Api, task: str, metrics: list[dict[str, Any]], found: set[str]) -> None:
    """By title, and by name if any is given."""
    curves = api.data("events.scalar_metrics_iter_histogram", {"task": task, "metrics": metrics})
    assert {name for series in curves.values() for name in series} == found


def test_an_envelope_of_a_long_series(api: Api) -> None:
    """Means with bounds; sorted in the background or not, the same."""
    task = api.running_task()
    store = open_store(api.server.data, api.server.database)
    store.events.append(task, [points(slots([float(place % 8) for place in range(4096)]))], NOON)
    body = {"task": task, "samples": 8, "envelope": True}
    for _ in range(2):
        curve = api.data("events.scalar_metrics_iter_histogram", body)["loss"]["train"]
        assert curve == {
            "name": "train",
            "x": list(range(0, 4096, 512)),
            "y": [3.5] * 8,
            "y_min": [0.0] * 8,
            "y_max": [7.0] * 8,
        }
        while store.events.compact(task):
            pass
    store.close()


def test_curves_of_several_tasks(api: Api, task: str) -> None:
    """Side by side, each with the name of its task."""
    second = api.running_task(name="the second")
    report(api, second, ("a", 3, 4.0))
    body = {"tasks": [task, second], "metrics": [{"metric": "loss", "variants": ["a"]}], "key": "timestamp"}

    metrics = api.data("events.multi_task_scalar_metrics_iter_histogram", body)["metrics"]

    assert list(metrics) == ["loss"]
    assert metrics["loss"]["a"][second] == {"name": "the second", "x": [1000], "y": [4.0]}
    assert metrics["loss"]["a"][task]["x"] == [1000, 1002, 1004]
    code = api.code("events.multi_task_scalar_metrics_iter_histogram", {"tasks": [task] * 101})
    assert code[:2] == (400, 12)
    assert "100" in code[2]


@pytest.mark.parametrize("size", [1, 2, 3, 5, None])
def test_all_points_page_by_page(api: Api, task: str, size: int | None) -> None:
    """Each once, in the order of series and iterations, while others are added before and behind."""
    body = {"task": task, "metric": {"metric": "loss"}, "batch_size": size, "count_total": True}
    found: list[tuple[str, int, float | None, str | None]] = []
    totals = []
    while page := api.data("events.scalar_metrics_iter_raw", body):
        for series, columns in page["variants"].items():
            texts = columns.get("not_finite", {})
            found += [
                (series, iteration, value, texts.get(str(place)))
                for place, (iteration, value) in enumerate(zip(columns["iter"], columns["y"], strict=True))
            ]
        totals.append(page["total"])
        assert page["returned"] == sum(len(columns["y"]) for columns in page["variants"].values())
        if page["returned"] == 0:
            break
        body["scroll_id"] = page["scroll_id"]
        report(api, task, ("a", -len(totals), 0.0))

    assert found == [
        ("a", 0, 1.0, None),
        ("a", 1, None, "NaN"),
        ("a", 7, None, "-Infinity"),
        ("b", 0, 2.0, None),
        ("b", FAR, None, "Infinity"),
    ]
    assert totals[:2] == [5, 6]


def test_pages_of_long_series(api: Api) -> None:
    """A page is of a hundred thousand points at most, and series are read when it is their turn."""
    task = api.running_task()
    store = open_store(api.server.data, api.server.database)
    names = {number: ("loss", f"s{number}") for number in (1, 2, 3)}
    for number in names:
        store.events.append(task, [points(slots([1.0] * 40_000, number=number), names=names)], NOON)
    store.close()
    body: dict[str, Any] = {"task": task, "metric": {"metric": "loss"}, "batch_size": 10**9}

    sizes = []
    for _ in range(3):
        page = api.data("events.scalar_metrics_iter_raw", body)
        sizes.append({series: len(columns["y"]) for series, columns in page["variants"].items()})
        body["scroll_id"] = page["scroll_id"]

    assert sizes == [{"s1": 40_000, "s2": 40_000, "s3": 20_000}, {"s3": 20_000}, {}]


def test_points_along_other_axes(api: Api, task: str) -> None:
    """Under the name of the axis; without being asked, nobody counts."""
    body = {"task": task, "metric": {"metric": "loss", "variants": ["b"]}, "key": "iso_time"}
    page = api.data("events.scalar_metrics_iter_raw", body)

    times = ["1970-01-01T00:00:01.001Z", "1970-01-01T00:00:01.003Z"]
    assert page["variants"] == {"b": {"y": [2.0, None], "iso_time": times, "not_finite": {"1": "Infinity"}}}
    assert page.get("total") is None
    assert api.code("events.scalar_metrics_iter_raw", {**body, "key": "none"})[:2] == (400, 12)


def test_points_as_events(api: Api, task: str) -> None:
    """The latest iterations first; what comes meanwhile does not move them."""
    body = {"task": task, "metric": "loss"}
    page = api.data("events.get_scalar_metric_data", body)
    report(api, task, ("b", FAR - 1, 9.0))
    end = api.data("events.get_scalar_metric_data", {**body, "scroll_id": page["scroll_id"]})

    assert [(event["variant"], event["iter"]) for event in page["events"]] == [
        ("b", FAR),
        ("a", 7),
        ("a", 1),
        ("b", 0),
        ("a", 0),
    ]
    assert [event.get("not_finite") for event in page["events"]] == ["Infinity", "-Infinity", "NaN", None, None]
    assert (page["returned"], page["total"]) == (5, 5)
    assert (end["events"], end["returned"], end["total"]) == ([], 0, 6)
    assert api.data("events.get_scalar_metric_data", {**body, "no_scroll": True}).get("scroll_id") is None


@pytest.mark.parametrize("name", ["scalar_metrics_iter_raw", "get_scalar_metric_data"])
@pytest.mark.parametrize("scroll", ["x", "AAAA", "é", "kaFhAQ=="])
def test_a_scroll_id_that_is_none(api: Api, task: str, name: str, scroll: str) -> None:
    """It is refused by name."""
    metric: Any = {"metric": "loss"} if "raw" in name else "loss"
    status, subcode, message = api.code(f"events.{name}", {"task": task, "metric": metric, "scroll_id": scroll})
    assert (status, subcode) == (400, 1104)
    assert "scroll_id" in message


def test_single_values(api: Api, task: str) -> None:
    """Also those that are no finite number; tasks without any are left out."""
    report(api, task, ("best", SINGLE_VALUE_ITERATION, math.inf), title="Summary")

    tasks = api.data("events.get_task_single_value_metrics", {"tasks": [api.task(), task]})["tasks"]

    (values,) = [each["values"] for each in tasks]
    assert values == [
        {"metric": "Summary", "variant": "best", "value": None, "timestamp": 1000, "not_finite": "Infinity"}
    ]
    assert "Summary" not in api.data("events.scalar_metrics_iter_histogram", {"task": task})


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("scalar_metrics_iter_histogram", {"task": "none"}),
        ("multi_task_scalar_metrics_iter_histogram", {"tasks": ["none"]}),
        ("scalar_metrics_iter_raw", {"task": "none", "metric": {"metric": "loss"}}),
        ("get_scalar_metric_data", {"task": "none", "metric": "loss"}),
    ],
)
def test_an_unknown_task(api: Api, name: str, body: dict[str, Any]) -> None:
    """It is named."""
    status, _, message = api.code(f"events.{name}", body)
    assert status == 400
    assert "none" in message
