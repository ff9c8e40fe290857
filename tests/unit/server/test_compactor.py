"""Points are sorted in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pellucid.server.compactor import Leisure, compacting, tidy
from pellucid.store.api import Store
from pellucid.store.opening import open_store
from pellucid.testing.store_samples import LATER, NOON, a_task, curve_of, points, slots

LEISURE = Leisure(points=10, requests=3, silence=timedelta(minutes=1), interval=timedelta(milliseconds=1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a task."""
    store = open_store(tmp_path)
    store.tasks.create(a_task())
    yield store
    store.close()


@pytest.mark.parametrize(
    ("requests", "silence", "left"),
    [([9], 59, 1), ([10], 59, 0), ([1, 1], 59, 2), ([1, 1, 1], 59, 0), ([1], 60, 0)],
)
def test_when_it_is_time(store: Store, requests: list[int], silence: int, left: int) -> None:
    """Once there is much of it, in size or in number, or when the task is silent."""
    for count in requests:
        store.events.append("task", [points(slots([1.0] * count))], NOON)

    tidy(threading.Event(), store, NOON + timedelta(seconds=silence), LEISURE)

    assert sum(backlog.blocks for backlog in store.events.backlog()) == left
    assert len(curve_of(store)) == max(requests)


def test_it_happens_by_itself(store: Store) -> None:
    """While the block runs, for all tasks."""
    store.tasks.create(a_task("second"))
    with compacting(store, lambda: LATER, LEISURE):
        for task in ("task", "second"):
            store.events.append(task, [points(slots([1.0, 2.0]))], NOON)
        deadline = time.monotonic() + 30
        while store.events.backlog():
            assert time.monotonic() < deadline
            time.sleep(0.001)
    assert len(curve_of(store)) == 2


def test_a_step_that_fails_is_taken_again(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it was; the log says so, and the thread ends when it is told to."""
    failures = iter([RuntimeError("broken")])

    def clock() -> object:
        for failure in failures:
            raise failure
        return LATER

    store.events.append("task", [points(slots([1.0]))], NOON)
    with compacting(store, clock, LEISURE):  # type: ignore[arg-type]
        deadline = time.monotonic() + 30
        while store.events.backlog():
            assert time.monotonic() < deadline
            time.sleep(0.001)
    assert "the compactor stumbled" in caplog.text
    assert not any(thread.name == "compactor" for thread in threading.enumerate())


def test_told_to_stop_it_takes_no_other_step(store: Store) -> None:
    """The server is about to end."""
    store.events.append("task", [points(slots([1.0] * 10))], NOON)
    stop = threading.Event()
    stop.set()

    tidy(stop, store, LATER, LEISURE)
    assert len(store.events.backlog()) == 1
