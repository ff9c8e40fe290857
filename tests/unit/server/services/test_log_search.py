"""``events.search_task_log``: where in the whole console a text is."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api
from tests.unit.server.services.test_events import send


@pytest.fixture
def logged(api: Api) -> str:
    """A task with more lines than the server reads at once, two in each millisecond."""
    task = api.running_task()
    lines: list[dict[str, Any]] = [
        {"type": "log", "task": task, "msg": f"line {number}", "timestamp": number // 2} for number in range(6000)
    ]
    send(api, *lines, {"type": "log", "task": task, "msg": "\x1b[31mÄr\x1b[0mger (5999)", "timestamp": 10**12})
    return task


def test_all_lines_are_searched(api: Api, logged: str) -> None:
    """Literally, in upper or lower case, across the terminal's colours; a moment is named once."""

    def found(text: str) -> tuple[int, list[int]]:
        answer = api.data("events.search_task_log", {"task": logged, "text": text})
        return answer["total"], answer["timestamps"]

    assert found("LINE 599") == (11, [299, 2995, 2996, 2997, 2998, 2999])
    assert found("ärger (") == (1, [10**12])
    assert found("5999") == (2, [2999, 10**12])
    assert found("l.ne") == (0, [])


@pytest.mark.parametrize("text", ["", "x" * 1001])
def test_a_text_that_can_t_be_searched_for_is_told(api: Api, logged: str, text: str) -> None:
    """400/12, with the field."""
    code, subcode, message = api.code("events.search_task_log", {"task": logged, "text": text})

    assert (code, subcode) == (400, 12)
    assert "text" in message
