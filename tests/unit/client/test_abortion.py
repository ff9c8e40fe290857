"""Tests of ``pellucid.client.abortion``."""

from __future__ import annotations

from typing import Any

import pytest

from pellucid.client.abortion import Abortion, AbortQuestion
from pellucid.client.session import Client
from pellucid.testing.fake_server import FakeServer
from pellucid.wire.enums import FORCED_STOP


def answer(server: FakeServer, *documents: dict[str, Any]) -> None:
    """Let the server have a task like this, or none."""
    server.answer("tasks.get_all", {"tasks": list(documents)})


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"status": "in_progress", "status_message": "stopping"}, Abortion("the task was aborted", is_asked_for=True)),
        (
            {"status": "stopped", "status_message": "Stopped by me"},
            Abortion("the task became stopped", is_asked_for=False),
        ),
        ({"status": "failed"}, Abortion("the task became failed", is_asked_for=False)),
        ({"status": "published"}, Abortion("the task became published", is_asked_for=False)),
        ({"status": "in_progress", "status_message": "started"}, None),
        ({"status": "in_progress"}, None),
        ({"status": "queued", "status_message": "stopping"}, None),
        ({"status": "completed"}, None),
        ({"status": "stopped", "status_reason": FORCED_STOP}, None),
    ],
)
def test_what_ends_a_run(
    server: FakeServer, client: Client, document: dict[str, Any], expected: Abortion | None
) -> None:
    """Somebody's word; not that others think well of it, nor that the server had lost sight of it."""
    answer(server, {"id": "t", **document})

    assert AbortQuestion(client, "t").ask() == expected


def test_a_task_that_is_not_there_goes_on(server: FakeServer, client: Client) -> None:
    """A server that was set up anew must not end what runs."""
    answer(server)

    assert [AbortQuestion(client, "t").ask() for _ in range(9)] == [None] * 9


def test_a_draft_is_believed_late(server: FakeServer, client: Client) -> None:
    """A run that begins may be seen before it has."""
    answer(server, {"id": "t", "status": "created"})
    question = AbortQuestion(client, "t")

    assert [question.ask() for _ in range(4)] == [None, None, None, Abortion("the task was reset", is_asked_for=False)]


@pytest.mark.parametrize(
    ("runtime", "seconds"),
    [
        ({"_abort_callback_timeout": "30", "_abort_callback_completed": ""}, 30.0),
        ({"_abort_callback_timeout": 2.5}, 2.5),
        ({"_abort_callback_timeout": 30, "_abort_callback_completed": "1"}, 0.0),
        ({"_abort_callback_timeout": "soon"}, 0.0),
        ({}, 0.0),
        (None, 0.0),
    ],
)
def test_a_program_may_want_to_prepare(
    server: FakeServer, client: Client, runtime: dict[str, Any] | None, seconds: float
) -> None:
    """It says so, and that it has, in the task's runtime."""
    answer(server, {"id": "t", "status": "stopped", "runtime": runtime})

    assert AbortQuestion(client, "t").callback_seconds() == seconds
