"""What every store must do with queues: a part of ``pellucid.testing.store``."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pellucid.base.clock import to_milliseconds
from pellucid.store.api import Store
from pellucid.store.errors import AlreadyExistsError, NotEmptyError, NotFoundError
from pellucid.store.queue_records import QueueEntry, QueueRecord
from pellucid.store.records import Query, TaskRecord
from pellucid.testing.store_samples import LATER, NOON, a_task


def a_queue(queue: str = "queue", **fields: Any) -> QueueRecord:
    """A queue whose id and name are the same, unless told otherwise."""
    return replace(QueueRecord(id=queue, name=queue, created=NOON, last_update=NOON), **fields)


def queued(task: TaskRecord) -> TaskRecord:
    """A change: the task waits."""
    return replace(task, status="queued")


def drafted(task: TaskRecord, entry: QueueEntry | None) -> TaskRecord:
    """A change: the task is what it was before it waited."""
    return replace(task, status=entry.previous_status) if entry else task


def waiting(store: Store, queue: str = "queue") -> str:
    """The ids of what waits, joined."""
    return "".join(entry.task for entry in store.queues.entries([queue])[queue])


class QueueTests:
    """Queues, without what waits in them."""

    def test_a_queue_comes_back_as_it_was(self, store: Store, other: Store) -> None:
        """Every field, by get as by find."""
        full = a_queue(
            "full", name="ünï ✓", display_name="Uni", tags=["a"], system_tags=["default"], metadata={"k": {"value": ""}}
        )
        store.queues.create(full)

        assert other.queues.get("full") == full
        assert other.queues.find(Query(name="^ünï")) == [full]
        assert other.queues.count(Query()) == 1

    def test_a_queue_s_name_is_taken_once(self, store: Store) -> None:
        """Neither a new queue nor a renamed one gets it."""
        store.queues.create(a_queue("1", name="cpu"))
        store.queues.create(a_queue("2", name="gpu"))

        with pytest.raises(AlreadyExistsError, match="cpu"):
            store.queues.create(a_queue("3", name="cpu"))
        with pytest.raises(AlreadyExistsError, match="cpu"):
            store.queues.update("2", lambda old: replace(old, name="cpu"))
        assert [queue.name for queue in store.queues.find(Query())] == ["cpu", "gpu"]

    def test_a_queue_is_updated(self, store: Store, other: Store) -> None:
        """The change is stored and returned."""
        store.queues.create(a_queue())

        changed = store.queues.update("queue", lambda old: replace(old, name="new", tags=["force_workers:on"]))
        assert changed == other.queues.get("queue") == a_queue(name="new", tags=["force_workers:on"])

    @pytest.mark.parametrize(
        "ask",
        [
            lambda queues: queues.get("none"),
            lambda queues: queues.update("none", lambda old: old),
            lambda queues: queues.delete("none"),
            lambda queues: queues.take("none", NOON),
            lambda queues: queues.move("none", "task", lambda index, length: 0),
            lambda queues: queues.enqueue("task", "none", queued, NOON),
        ],
    )
    def test_an_unknown_queue_is_named(self, store: Store, task: str, ask: Callable[[Any], object]) -> None:
        """By every method that takes one, and nothing changes."""
        with pytest.raises(NotFoundError, match="queue 'none'"):
            ask(store.queues)
        assert store.tasks.get(task) == a_task()

    def test_only_an_empty_queue_is_deleted(self, store: Store, task: str) -> None:
        """With its history, and others stay."""
        store.queues.create(a_queue())
        store.queues.create(a_queue("other"))
        store.queues.enqueue(task, "queue", queued, NOON)

        with pytest.raises(NotEmptyError, match="queue 'queue' is not empty"):
            store.queues.delete("queue")
        store.queues.take("queue", NOON)
        store.queues.delete("queue")
        assert store.queues.find(Query()) == [a_queue("other")]


class WaitingTests:
    """What waits in queues."""

    @pytest.fixture
    def line(self, store: Store) -> Store:
        """Tasks 1 to 5, which wait in a queue beside an empty one."""
        store.queues.create(a_queue())
        store.queues.create(a_queue("other"))
        for task in "12345":
            store.tasks.create(a_task(task))
            store.queues.enqueue(task, "queue", queued, NOON)
        return store

    def test_first_in_first_out(self, line: Store, other: Store) -> None:
        """A task that was put in has changed; entries say when, and what it was before."""
        assert line.tasks.get("1").status == "queued"
        assert waiting(other) == "12345"
        assert other.queues.lengths() == {"queue": 5}
        first = QueueEntry(queue="queue", task="1", added=NOON, previous_status="created")
        assert other.queues.entry("1") == first
        assert other.queues.take("queue", LATER) == first
        assert waiting(line) == "2345"
        assert line.queues.entry("1") is None
        assert [line.queues.take("queue", LATER) is None for _ in range(5)] == [False, False, False, False, True]
        assert line.queues.get("queue").last_update == LATER

    def test_a_task_waits_in_one_queue(self, line: Store) -> None:
        """In the same one it cannot be put twice; in another one it moves, and what it was before is still known."""
        with pytest.raises(AlreadyExistsError, match="1"):
            line.queues.enqueue("1", "queue", lambda task: replace(task, comment="lost"), NOON)
        assert (waiting(line), line.tasks.get("1").comment) == ("12345", "")

        line.queues.enqueue("1", "other", queued, LATER)
        assert (waiting(line), waiting(line, "other")) == ("2345", "1")
        assert line.queues.entry("1") == QueueEntry(queue="other", task="1", added=LATER, previous_status="created")

    def test_a_refused_change_leaves_the_line_alone(self, line: Store) -> None:
        """Both on the way in and on the way out."""
        line.tasks.create(a_task("6"))

        def refuse(*_: object) -> TaskRecord:
            raise ArithmeticError

        with pytest.raises(ArithmeticError):
            line.queues.enqueue("6", "queue", refuse, NOON)
        with pytest.raises(ArithmeticError):
            line.queues.dequeue("1", refuse, NOON)
        assert waiting(line) == "12345"

    def test_a_task_is_taken_back(self, line: Store, other: Store) -> None:
        """From wherever it waits; one that does not wait is only changed."""
        assert line.queues.dequeue("3", drafted, NOON).status == "created"
        assert waiting(other) == "1245"
        assert line.queues.dequeue("3", lambda task, entry: replace(task, comment=str(entry)), NOON).comment == "None"
        with pytest.raises(NotFoundError, match="task 'none'"):
            line.queues.dequeue("none", drafted, NOON)

    @pytest.mark.parametrize(
        ("task", "index", "order"),
        [
            ("3", 0, "31245"),
            ("3", 4, "12453"),
            ("3", 1, "13245"),
            ("3", -7, "31245"),
            ("1", 99, "23451"),
            ("2", 1, "12345"),
        ],
    )
    def test_a_task_is_moved(self, line: Store, task: str, index: int, order: str) -> None:
        """To an index, at most to an end; those that come later are behind all."""
        assert line.queues.move("queue", task, lambda _, __: index) == order.index(task)
        assert waiting(line) == order
        line.tasks.create(a_task("6"))
        line.queues.enqueue("6", "queue", queued, NOON)
        assert waiting(line) == f"{order}6"

    def test_a_move_knows_where_the_task_is(self, line: Store) -> None:
        """Index from zero, and length; a task that does not wait there is named."""
        assert line.queues.move("queue", "2", lambda index, length: index + length - 3) == 3
        with pytest.raises(NotFoundError, match="'6'"):
            line.queues.move("queue", "6", lambda index, length: 0)

    def test_history(self, line: Store, other: Store) -> None:
        """Every change leaves a sample: the length from then on, and how long the removed task had waited."""
        line.queues.take("queue", NOON + timedelta(seconds=90))

        samples = other.queues.samples(["queue"], to_milliseconds(NOON), to_milliseconds(LATER))
        assert [sample.length for sample in samples] == [1, 2, 3, 4, 5, 4]
        assert [sample.waited for sample in samples] == [None] * 5 + [90.0]
        assert other.queues.samples(["other"], 0, to_milliseconds(LATER)) == []
        assert other.queues.samples([], 0, to_milliseconds(NOON)) == samples[:5]
        other.queues.forget_samples(samples[-1].timestamp)
        assert line.queues.samples([], 0, to_milliseconds(LATER)) == samples[-1:]

    def test_no_task_is_given_twice(self, store: Store, other: Store) -> None:
        """To sixteen agents that ask two stores at once for two hundred tasks, while somebody removes some."""
        store.queues.create(a_queue())
        tasks = [f"{number:03}" for number in range(200)]
        for task in tasks:
            store.tasks.create(a_task(task))
            store.queues.enqueue(task, "queue", queued, NOON)

        def poll(view: Store) -> list[str]:
            taken = []
            while (entry := view.queues.take("queue", LATER)) is not None:
                taken.append(entry.task)
            return taken

        def meddle() -> list[str]:
            removed: list[str] = []

            def note(task: TaskRecord, entry: QueueEntry | None) -> TaskRecord:
                if entry is not None:
                    removed.append(task.id)
                return task

            for task in reversed(tasks[150:]):
                store.queues.dequeue(task, note, LATER)
            return removed

        with ThreadPoolExecutor(17) as threads:
            pollers = [threads.submit(poll, view) for view in (store, other) * 8]
            taken = threads.submit(meddle).result() + [task for poller in pollers for task in poller.result()]

        assert sorted(taken) == tasks
        assert waiting(store) == ""

    def test_moves_in_opposite_directions_end(self, line: Store, other: Store) -> None:
        """Tasks that change between two queues, by two stores at once, are in one of them afterwards."""

        def shuttle(view: Store, task: str) -> None:
            for target in ("other", "queue") * 10:
                view.queues.enqueue(task, target, queued, LATER)

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(shuttle, (line, other, line, other), "1234"))

        assert sorted(waiting(line)) == ["1", "2", "3", "4", "5"]
        assert waiting(line, "other") == ""
