"""Tests of ``pellucid.sdk.abort_callback``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from pellucid.base.errors import ServerUnavailableError
from pellucid.client.abortion import Abortion
from pellucid.sdk.abort_callback import AbortCallback

STOPPED = Abortion("the task became stopped", is_asked_for=False)


class Question:
    """Gives these answers, one after the other, and the last one from then on."""

    def __init__(self, *answers: Abortion | Exception | None) -> None:
        self._answers: Iterator[Any] = iter(answers)
        self._last: Any = None
        self.asked = threading.Semaphore(0)

    def ask(self) -> Abortion | None:
        """The next one."""
        self._last = next(self._answers, self._last)
        self.asked.release()
        if isinstance(self._last, Exception):
            raise self._last
        return self._last  # type: ignore[no-any-return]


@pytest.mark.parametrize("before", [[], [None, None], [ServerUnavailableError("away")]])
def test_it_is_called_once_the_task_is_aborted(before: list[Any]) -> None:
    """And said to be done after that."""
    events: list[str] = []
    done = threading.Event()

    def say_done() -> None:
        events.append("done")
        done.set()

    AbortCallback(lambda: events.append("called"), lambda: Question(*before, STOPPED), say_done, every=0.0)  # type: ignore[arg-type,return-value]
    assert done.wait(20)
    assert events == ["called", "done"]


def test_one_that_fails_is_done_as_well(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody waits for it any longer."""
    done = threading.Event()

    AbortCallback(lambda: 1 / 0, lambda: Question(STOPPED), done.set, every=0.0)  # type: ignore[arg-type,return-value]
    assert done.wait(20)
    assert "ZeroDivisionError" in caplog.text


def test_closed_it_asks_no_more() -> None:
    """The program wants to be told no longer."""
    called = threading.Event()
    question = Question(None)
    callback = AbortCallback(called.set, lambda: question, called.set, every=0.001)  # type: ignore[arg-type,return-value]
    assert question.asked.acquire(timeout=20)
    callback.close()
    callback._thread.join(20)

    assert not callback._thread.is_alive()
    assert not called.is_set()
