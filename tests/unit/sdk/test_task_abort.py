"""Tests of ``pellucid.sdk.task_abort``; that the function is called, ``tests/process/test_abort.py`` sees."""

from __future__ import annotations

from typing import Any

import pytest

from pellucid import Task, UsageError

pytestmark = pytest.mark.usefixtures("configured")


def nothing() -> None:
    """What a program does before its end."""


def test_the_task_says_that_somebody_is_to_be_waited_for() -> None:
    """In its runtime, until the program wants that no more."""
    task = Task.init("abort tests", "prepares")
    task.register_abort_callback(nothing, callback_execution_timeout=12)
    runtime = task.data.runtime
    task.register_abort_callback(None)

    assert (float(runtime["_abort_callback_timeout"]), runtime["_abort_callback_completed"]) == (12.0, "")
    assert float(task.data.runtime["_abort_callback_timeout"]) == 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("now",), "callback_function is 'now'"),
        ((nothing, 0), "callback_execution_timeout is 0"),
        ((nothing, "x"), "'x'"),
    ],
)
def test_what_is_no_function_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    """At once."""
    task = Task.init("abort tests", "refuses")
    with pytest.raises(UsageError, match=message):
        task.register_abort_callback(*arguments)


def test_only_a_running_task_is_aborted() -> None:
    """Of another one this process knows nothing."""
    with pytest.raises(UsageError, match=r"only for the task of Task\.init"):
        Task.create("abort tests", "draft").register_abort_callback(nothing)
