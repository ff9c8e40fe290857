"""``events.*``: storing and curves (protocol §2.6)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx
import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


def scalar(task: str, iteration: int, value: Any, **fields: Any) -> dict[str, Any]:
    """A scalar event as clients send it, stray keys included."""
    common = {"type": "training_stats_scalar", "task": task, "metric": "loss", "variant": "train", "method": "get"}
    return {**common, "iter": iteration, "value": value, "allow_locked": False, "model_event": False, **fields}


def send(api: Api, *events: Any) -> httpx.Response:
    """One event a line."""
    content = "\n".join(event if isinstance(event, str) else json.dumps(event) for event in events) + "\n"
    return api.call("events.add_batch", content=content.encode(), headers={"Content-Type": "application/json-lines"})


def test_points_become_a_curve_and_a_summary(api: Api) -> None:
    """A resent point replaces, the summary is found under the hashes of the names."""
    task = api.running_task()

    answer = send(api, *(scalar(task, step, 1 / (step + 1)) for step in range(4)), scalar(task, 1, 5.0)).json()["data"]

    assert (answer["added"], answer["errors"]) == (5, 0)
    curve = api.data("events.scalar_metrics_iter_histogram", {"task": task})["loss"]["train"]
    assert (curve["name"], curve["x"]) == ("train", [0, 1, 2, 3])
    assert curve["y"] == pytest.approx([1.0, 5.0, 1 / 3, 0.25])
    document = api.get(task)
    metric = document["last_metrics"][hashlib.md5(b"loss").hexdigest()][hashlib.md5(b"train").hexdigest()]
    assert (metric["metric"], metric["variant"], metric["value"]) == ("loss", "train", 0.25)
    assert (metric["max_value"], metric["max_value_iteration"], metric["min_value"]) == (5.0, 1, 0.25)
    assert document["last_iteration"] == 3


def test_one_bad_event_harms_only_itself(api: Api) -> None:
    """It is counted by what is wrong with it."""
    task = api.running_task()

    answer = send(
        api,
        scalar(task, 0, 1),
        scalar(new_id(), 0, 1),
        {"type": "strange", "task": task},
        scalar(task, 1, "x"),
        scalar(task, 1 << 70, 1),
        scalar(task, 1, 1, timestamp=1_700_000_000_000_000_000),  # nanoseconds
        {"type": "log", "task": task, "msg": "x", "model_event": True},
    )
    data = answer.json()["data"]

    assert answer.status_code == 200
    assert (data["added"], data["errors"]) == (1, 6)
    assert sum(data["errors_info"].values()) == 6


@pytest.mark.parametrize(
    ("lines", "subcode"),
    [
        ([], 17),
        (["\n"], 17),
        (["[1]"], 18),
        (["{"], 18),
        (["[" * 10_000], 18),
        ([{"type": "strange", "task": "x"}], 131),
    ],
)
def test_a_batch_without_an_event_is_refused(api: Api, lines: list[Any], subcode: int) -> None:
    """With 400, never 500."""
    answer = send(api, *lines)

    assert (answer.status_code, answer.json()["meta"]["result_subcode"]) == (400, subcode)


@pytest.mark.parametrize("rest", ["{", '{"type": "log", "ta', "[1]", "null"])
def test_of_a_truncated_batch_nothing_is_stored(api: Api, rest: str) -> None:
    """The client repeats all of it, and lines would be there twice."""
    task = api.running_task()
    lines = [{"type": "log", "task": task, "msg": str(n)} for n in range(3)]

    assert send(api, *lines, rest).json()["meta"]["result_subcode"] == 18
    assert api.data("events.get_task_log", {"task": task})["total"] == 0


def test_vectors_come_back_under_the_name_of_values(api: Api) -> None:
    """As the protocol has it, ``values`` are stored as ``value``."""
    task = api.running_task()
    send(api, {"type": "training_stats_vector", "task": task, "metric": "m", "iter": 1, "values": [1.0, 2.5]})

    query = {"task": task, "event_type": "training_stats_vector"}
    (event,) = api.data("events.get_task_events", query)["events"]
    assert event["value"] == [1.0, 2.5]


def test_python_s_own_json_is_understood(api: Api) -> None:
    """It writes values that are no numbers, and bytes of the console that are no text (protocol §3.6)."""
    task = api.running_task()

    answer = send(
        api,
        *(scalar(task, step, value) for step, value in enumerate([float("nan"), float("inf"), 1.0])),
        {"type": "log", "task": task, "msg": "caf\udce9"},
    )

    assert answer.json()["data"]["added"] == 4
    assert api.data("events.scalar_metrics_iter_histogram", {"task": task})["loss"]["train"]["y"] == [None, None, 1.0]
    (line,) = api.data("events.get_task_log", {"task": task})["events"]
    assert line["msg"] == "caf?"


def test_a_published_task_takes_only_what_is_meant_for_it(api: Api) -> None:
    """Its events are final."""
    task = api.running_task()
    api.data("tasks.completed", {"task": task, "publish": True})

    assert send(api, scalar(task, 0, 1)).json()["meta"]["result_subcode"] == 131
    data = send(api, scalar(task, 0, 1), scalar(task, 1, 1, allow_locked=True)).json()["data"]

    assert (data["added"], data["errors"]) == (1, 1)
    assert "published" in next(iter(data["errors_info"]))


def test_single_values_stand_apart(api: Api) -> None:
    """They have no place on the x axis, and do not count as progress."""
    task = api.running_task(name="singular")
    send(
        api,
        scalar(task, -(2**31), 0.9, metric="Summary", variant="accuracy"),
        scalar(task, 5, 1, metric=":monitor:machine"),
    )

    found = api.data("events.get_task_single_value_metrics", {"tasks": [task, api.task()]})["tasks"]

    assert [(entry["task"], entry["task_name"]) for entry in found] == [(task, "singular")]
    assert [(value["variant"], value["value"]) for value in found[0]["values"]] == [("accuracy", 0.9)]
    assert "Summary" not in api.data("events.scalar_metrics_iter_histogram", {"task": task})
    assert api.get(task)["last_iteration"] == 0


def test_an_unknown_axis_is_told(api: Api) -> None:
    """With the three that there are."""
    status, _, message = api.code("events.scalar_metrics_iter_histogram", {"task": api.task(), "key": "week"})

    assert status == 400
    assert "iter, timestamp, iso_time" in message
