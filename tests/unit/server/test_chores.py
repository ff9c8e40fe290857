"""Tests of ``pellucid.server.chores``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import chain, repeat

import pytest

from pellucid.server.chores import repeating
from pellucid.store.errors import UnavailableError

AT_ONCE = timedelta(0)


def test_it_is_done_again_and_again() -> None:
    """Until the block is left; then the thread is gone."""
    third = threading.Barrier(2, timeout=20)
    times: list[int] = []

    def work(stop: threading.Event) -> None:
        times.append(len(times))
        if len(times) == 3:
            third.wait()

    with repeating("chore", AT_ONCE, work):
        third.wait()
    assert times[:3] == [0, 1, 2]
    assert "chore" not in {thread.name for thread in threading.enumerate()}


def test_it_hears_that_it_is_to_stop() -> None:
    """A long piece of work is not waited for longer than it wants."""
    begun = threading.Event()

    def work(stop: threading.Event) -> None:
        begun.set()
        assert stop.wait(20)

    with repeating("chore", AT_ONCE, work):
        assert begun.wait(20)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [(UnavailableError("the database is away"), "the chore has to wait"), (ValueError("odd"), "the chore stumbled")],
)
def test_trouble_does_not_end_it(trouble: Exception, said: str, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and done again."""
    done = threading.Event()
    steps: chain[Callable[[], object]] = chain([_raising(trouble)], repeat(done.set))

    with repeating("chore", AT_ONCE, lambda _: next(steps)()):
        assert done.wait(20)
    assert said in caplog.text


def _raising(trouble: Exception) -> Callable[[], object]:
    def work() -> object:
        raise trouble

    return work
