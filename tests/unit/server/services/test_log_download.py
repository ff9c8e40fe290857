"""``events.download_task_log``: the whole console as a file (protocol §2.6)."""

from __future__ import annotations

import json

import pytest
from tests.unit.server.conftest import Api
from tests.unit.server.services.test_events import send


@pytest.fixture
def logged(api: Api) -> str:
    """A task with more lines than the server reads at once, two in each millisecond."""
    task = api.running_task()
    lines = [
        {"type": "log", "task": task, "level": "info", "worker": "host", "msg": f"line {n}", "timestamp": n // 2}
        for n in range(6000)
    ]
    send(api, *lines, {"type": "log", "task": task, "msg": "ünd\nnoch eine", "timestamp": 10**12})
    return task


def test_every_line_as_json(api: Api, logged: str) -> None:
    """In their order, as a file that a browser keeps to itself."""
    answer = api.call("events.download_task_log", {"task": logged})

    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["msg"] for line in lines] == [*(f"line {n}" for n in range(6000)), "ünd\nnoch eine"]
    assert lines[3] | {"worker": "host", "level": "info", "timestamp": 1} == lines[3]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="console.jsonl"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_line_as_text(api: Api, logged: str) -> None:
    """With the fields where they are asked for, and nothing else filled in."""
    text = api.call("events.download_task_log", {"task": logged, "line_type": "text"}).text
    assert text.splitlines()[0] == "1970-01-01T00:00:00.000+00:00 host info line 0"

    query = {"task": logged, "line_type": "text", "line_format": "{level}|{msg}|{msg.__class__}|{other}"}
    assert api.call("events.download_task_log", query).text.splitlines()[1] == ("info|line 1|{msg.__class__}|{other}")


def test_of_a_silent_task(api: Api) -> None:
    """An empty file; of no task there is none."""
    assert api.call("events.download_task_log", {"task": api.task()}).content == b""
    assert api.code("events.download_task_log", {"task": "x"})[:2] == (400, 101)
    assert api.code("events.download_task_log", {"task": api.task(), "line_type": "xml"})[:2] == (400, 12)
