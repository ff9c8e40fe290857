"""What the server does by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pellucid.base.clock import to_milliseconds
from pellucid.server.watchdog import Patience, look, watching
from pellucid.store.api import Store
from pellucid.store.errors import NotFoundError
from pellucid.store.opening import open_store
from pellucid.store.worker_records import WorkerReport
from pellucid.testing.store_queues import a_queue, queued
from pellucid.testing.store_samples import LATER, NOON, a_task
from pellucid.testing.store_workers import a_worker
from pellucid.wire.enums import FORCED_STOP

PATIENCE = Patience(silence=timedelta(hours=1), interval=timedelta(milliseconds=1), history=timedelta(hours=1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with ExitStack() as stack:
        store = open_store(tmp_path)
        stack.callback(store.close)
        yield store


def test_a_silent_task_is_stopped(store: Store) -> None:
    """Once; it ended when it was last heard of. Others go on."""
    started = NOON - timedelta(minutes=1)
    store.tasks.create(a_task("silent", status="in_progress", started=started))
    store.tasks.create(a_task("heard", status="in_progress", last_update=NOON + timedelta(seconds=1)))
    for status in ("created", "queued", "completed", "published"):
        store.tasks.create(a_task(status, status=status))

    assert look(store, LATER, PATIENCE) == ["silent"]
    assert look(store, LATER, PATIENCE) == []
    stopped = store.tasks.get("silent")
    assert (stopped.status, stopped.status_reason) == ("stopped", FORCED_STOP)
    assert stopped.status_message.startswith(f"{FORCED_STOP}: nothing has been heard of it since 2026-01-02 12:00:00")
    assert (stopped.completed, stopped.active_duration, stopped.status_changed) == (NOON, 60, LATER)
    assert {task: store.tasks.get(task).status for task in ("heard", "queued", "created", "completed")} == {
        "heard": "in_progress",
        "queued": "queued",
        "created": "created",
        "completed": "completed",
    }


def test_a_task_that_was_lost_on_the_way_to_a_worker(store: Store) -> None:
    """Is put back, to the head of its queue, if nobody has begun it after two minutes."""
    store.queues.create(a_queue("q"))
    for task in ("taken", "next"):
        store.tasks.create(a_task(task, execution={"queue": "q"}))
        store.queues.enqueue(task, "q", queued, NOON)
    assert store.queues.take("q", NOON) is not None

    look(store, NOON + timedelta(minutes=1), PATIENCE)
    assert [entry.task for entry in store.queues.entries(["q"])["q"]] == ["next"]
    look(store, NOON + timedelta(minutes=3), PATIENCE)
    assert [entry.task for entry in store.queues.entries(["q"])["q"]] == ["taken", "next"]
    assert store.tasks.get("taken").status == "queued"


def test_more_than_a_page_of_them(store: Store) -> None:
    """All are found."""
    for number in range(101):
        store.tasks.create(a_task(str(number), status="in_progress"))

    assert len(look(store, LATER, PATIENCE)) == 101


def test_several_servers_stop_a_task_once(store: Store, tmp_path: Path) -> None:
    """All of them look at the same moment."""
    for number in range(20):
        store.tasks.create(a_task(str(number), status="in_progress"))
    other = open_store(tmp_path)

    with ThreadPoolExecutor(4) as threads:
        stopped = list(threads.map(lambda view: look(view, LATER, PATIENCE), (store, other) * 2))
    other.close()

    assert sorted(task for each in stopped for task in each) == sorted(str(number) for number in range(20))


def test_the_task_of_a_lost_worker_is_stopped(store: Store) -> None:
    """Once it has been silent for as long as its worker may be; the worker is forgotten."""
    patience = Patience()
    for task in ("silent", "alive"):
        store.tasks.create(a_task(task, status="in_progress", last_worker=f"of {task}"))
        store.workers.save(
            f"of {task}",
            lambda _: a_worker(f"of {task}", task=task, register_timeout=600, expires=NOON),  # noqa: B023
        )
    store.workers.save("idle", lambda _: a_worker("idle", expires=NOON))
    soon = NOON + timedelta(seconds=600)
    store.tasks.update(
        "alive", lambda old: a_task("alive", status=old.status, last_worker=old.last_worker, last_update=soon)
    )

    assert look(store, soon - timedelta(seconds=1), patience) == []
    assert look(store, soon, patience) == ["silent"]
    assert "worker of silent is gone" in store.tasks.get("silent").status_message
    assert store.tasks.get("alive").status == "in_progress"
    assert [worker.id for worker in store.workers.expired(LATER)] == ["of alive"]
    store.tasks.update("alive", lambda old: a_task("alive", status="completed"))
    look(store, soon, patience)
    assert store.workers.expired(LATER) == []


def test_the_task_of_a_worker_that_was_started_anew_is_stopped(store: Store) -> None:
    """And waits again if its queue wants that; what the worker runs, or never gave a sign of life of, goes on."""
    store.queues.create(a_queue(metadata={"retries": {"key": "retries", "value": "1"}}))
    for task, report in (("before", NOON), ("by hand", None), ("now", NOON)):
        fields = {"status": "in_progress", "last_worker": "w", "last_worker_report": report}
        store.tasks.create(a_task(task, execution={"queue": "queue"}, **fields))
    far = LATER + timedelta(days=1)
    store.workers.save("w", lambda _: a_worker("w", task="now", register_timeout=600, expires=far))

    assert look(store, NOON + timedelta(seconds=599), Patience()) == []
    assert look(store, NOON + timedelta(seconds=600), Patience()) == ["before"]
    statuses = {task: store.tasks.get(task).status for task in ("before", "by hand", "now")}
    assert statuses == {"before": "queued", "by hand": "in_progress", "now": "in_progress"}


def test_a_queue_may_want_lost_tasks_again(store: Store) -> None:
    """As often as it says; the task remembers how often it was."""
    store.queues.create(a_queue(metadata={"retries": {"key": "retries", "value": "1"}}))
    lost = a_task(status="in_progress", last_worker="w", execution={"queue": "queue"})
    store.tasks.create(lost)
    for status, retries in (("queued", "1"), ("stopped", "1")):
        store.workers.save("w", lambda _: a_worker("w", task="task", register_timeout=600, expires=NOON))
        assert look(store, LATER, Patience()) == ["task"]
        found = store.tasks.get("task")
        assert (found.status, found.runtime["pellucid_retries"]) == (status, retries)
        assert "worker w is gone" in found.status_message
        store.queues.take("queue", LATER)
        store.tasks.update("task", lambda old: replace(old, status="in_progress", last_update=NOON, last_worker="w"))


def test_a_task_that_another_worker_took_over_goes_on(store: Store) -> None:
    """The lost one has nothing to do with it any more."""
    store.tasks.create(a_task(status="in_progress", last_worker="new"))
    store.workers.save("old", lambda _: a_worker("old", task="task", register_timeout=1, expires=NOON))

    assert look(store, LATER, Patience()) == []
    with pytest.raises(NotFoundError):
        store.workers.get("old", NOON - timedelta(1))


def test_old_history_is_forgotten(store: Store) -> None:
    """Of queues and of workers."""
    store.queues.create(a_queue())
    store.tasks.create(a_task())
    store.queues.enqueue("task", "queue", queued, NOON)
    store.workers.add_report(WorkerReport(worker="host:0", timestamp=to_milliseconds(NOON), active=True))

    look(store, LATER, PATIENCE)
    assert store.queues.samples([], 0, 2**60) != []
    look(store, LATER + timedelta(seconds=1), PATIENCE)
    assert store.queues.samples([], 0, 2**60) == []
    assert store.workers.reports(0, 2**60) == []


def test_it_looks_again_and_again(store: Store) -> None:
    """In the background, until the block is left."""
    with watching(store, lambda: LATER, PATIENCE):
        for task in ("first", "second"):
            store.tasks.create(a_task(task, status="in_progress"))
            deadline = time.monotonic() + 20
            while store.tasks.get(task).status != "stopped":
                assert time.monotonic() < deadline
    assert "watchdog" not in {thread.name for thread in threading.enumerate()}
