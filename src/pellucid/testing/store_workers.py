"""What every store must do with workers: a part of ``pellucid.testing.store``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pellucid.store.api import Store
from pellucid.store.errors import NotFoundError
from pellucid.store.worker_records import WorkerActivity, WorkerRecord, WorkerReport
from pellucid.testing.store_samples import LATER, NOON


def a_worker(worker: str = "host:0", **fields: Any) -> WorkerRecord:
    """A worker that has an hour to live."""
    minimal = WorkerRecord(id=worker, registered=NOON, register_timeout=3600, last_activity=NOON, expires=LATER)
    return replace(minimal, **fields)


def _reports(*content: tuple[str, int, bool]) -> list[WorkerReport]:
    return [
        WorkerReport(worker=worker, timestamp=timestamp, active=active, stats={"cpu_usage": [timestamp]})
        for worker, timestamp, active in content
    ]


class WorkerTests:
    """Workers and their reports."""

    def test_a_worker_comes_back_as_it_was(self, store: Store, other: Store) -> None:
        """Every field."""
        full = a_worker(
            user="ada", ip="::1", queues=["b", "a"], task="t", queue="b", tags=["gpu"], system_tags=["s"],
            last_report=NOON, runtime_properties={"force": {"value": "1"}},
        )  # fmt: skip

        assert store.workers.save("host:0", lambda old: full if old is None else old) == full
        assert other.workers.get("host:0", NOON) == full
        assert other.workers.save("host:0", lambda old: old or a_worker()) == full

    def test_a_worker_expires(self, store: Store) -> None:
        """It is gone for all who read, and comes back with its next word, which still knows what it was."""
        store.workers.save("host:0", lambda _: a_worker(tags=["gpu"]))
        store.workers.save("host:1", lambda _: a_worker("host:1", expires=LATER + timedelta(hours=1)))

        assert [worker.id for worker in store.workers.list(NOON)] == ["host:0", "host:1"]
        assert [worker.id for worker in store.workers.list(LATER)] == ["host:1"]
        with pytest.raises(NotFoundError, match="host:0"):
            store.workers.get("host:0", LATER)
        back = store.workers.save("host:0", lambda old: replace(old or a_worker(), expires=LATER + timedelta(1)))
        assert store.workers.get("host:0", LATER) == back
        assert back.tags == ["gpu"]

    def test_expired_workers_are_forgotten(self, store: Store, other: Store) -> None:
        """Those that are named, unless they came back in the meantime."""
        for number, expires in enumerate([NOON, NOON, LATER]):
            store.workers.save(str(number), lambda _: a_worker(str(number), expires=expires))  # noqa: B023

        assert [worker.id for worker in other.workers.expired(NOON)] == ["0", "1"]
        other.workers.forget_expired(["1", "2"], NOON)
        assert [worker.id for worker in store.workers.expired(LATER)] == ["0", "2"]

    def test_workers_that_were_heard_of_lately(self, store: Store) -> None:
        """The others are left out."""
        store.workers.save("old", lambda _: a_worker("old"))
        store.workers.save("new", lambda _: a_worker("new", last_activity=NOON + timedelta(seconds=1)))

        assert [worker.id for worker in store.workers.list(NOON, seen_since=NOON + timedelta(seconds=1))] == ["new"]

    def test_a_worker_says_goodbye(self, store: Store, other: Store) -> None:
        """Once."""
        store.workers.save("host:0", lambda _: a_worker())

        assert other.workers.delete("host:0") is True
        assert store.workers.delete("host:0") is False
        assert store.workers.list(NOON) == []

    def test_no_change_is_lost(self, store: Store, other: Store) -> None:
        """Of many that are made at once, also of the first ones."""

        def append(number: int) -> None:
            def change(old: WorkerRecord | None) -> WorkerRecord:
                old = old or a_worker()
                return replace(old, queues=[*old.queues, str(number)])

            (store, other)[number % 2].workers.save("host:0", change)

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(append, range(40)))

        assert sorted(store.workers.get("host:0", NOON).queues, key=int) == [str(number) for number in range(40)]

    def test_reports_are_kept(self, store: Store, other: Store) -> None:
        """By time, of some workers or of all, until they are old."""
        reports = _reports(("a", 10, True), ("b", 20, False), ("a", 30, False))
        for report in reversed(reports):
            store.workers.add_report(report)

        assert other.workers.reports(10, 30) == reports
        assert other.workers.reports(11, 29) == reports[1:2]
        assert other.workers.reports(0, 99, ["a"]) == [reports[0], reports[2]]
        assert len(other.workers.reports(0, 99, most=2)) == 1
        assert other.workers.reports(0, 99, most=3) == reports
        store.workers.forget_reports(20)
        assert other.workers.reports(0, 99) == reports[1:]

    def test_activity(self, store: Store) -> None:
        """A worker counts once in an interval, as active if it was at any time of it."""
        for report in _reports(
            ("a", 100, False), ("a", 101, True), ("b", 109, False), ("b", 130, True), ("c", 130, True), ("c", 131, True)
        ):  # fmt: skip
            store.workers.add_report(report)

        assert store.workers.activity(100, 199, 10) == [
            WorkerActivity(timestamp=100, total=2, active=1),
            WorkerActivity(timestamp=130, total=2, active=2),
        ]
