"""Sorting points: how many rows there are in the end, and what comes between two halves of a step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from pellucid.store import compaction
from pellucid.store.api import Store
from pellucid.store.chunks import to_rows
from pellucid.store.opening import SqlStore, open_store
from pellucid.store.sqlite import SqliteDatabase
from pellucid.store.tables import chunks
from pellucid.testing.store_samples import NOON, a_task, curve_of, points, slots


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """A database with the tables and one task."""
    store = open_store(tmp_path)
    store.tasks.create(a_task())
    store.close()
    database = SqliteDatabase(tmp_path / "pellucid.db")
    yield database
    database.close()


@pytest.fixture
def store(database: SqliteDatabase) -> Store:
    """The store over it."""
    return SqlStore(database)


def rows_of(database: SqliteDatabase) -> int:
    """How many chunks there are."""
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(chunks)).scalar_one()


def test_a_task_that_reports_now_and_then_has_few_chunks(database: SqliteDatabase, store: Store) -> None:
    """As many as its points have powers of two, at most."""
    for place in range(200):
        store.events.append("task", [points(slots([1.0], first=place))], NOON)
        assert store.events.compact("task")

    assert rows_of(database) <= 8
    assert len(curve_of(store)) == 200


def test_chunks_that_overlap_are_merged(
    database: SqliteDatabase, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of runs that are not taken into newer ones, never eight lie over each other."""
    monkeypatch.setattr(compaction, "_RUN", 1)
    for place in range(30):
        block = points([*slots([1.0], first=place), *slots([2.0], first=100 - place, number=2)])
        store.events.append("task", [block], NOON)
        while store.events.compact("task"):
            pass

    assert rows_of(database) <= 16
    assert curve_of(store) == [(place, 1.0) for place in range(30)]
    assert curve_of(store, number=2) == [(place, 2.0) for place in range(71, 101)]


def test_a_reset_in_the_middle_of_a_step(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is not put in place of what has been reported since, though its rows have the same keys."""
    store.events.append("task", [points(slots([1.0, 2.0]))], NOON)

    def reset_and_report(*arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(compaction, "to_rows", to_rows)
        store.tasks.reset("task", lambda old: old, NOON)
        store.events.append("task", [points(slots([8.0, 9.0]))], NOON)
        return to_rows(*arguments, **options)

    monkeypatch.setattr(compaction, "to_rows", reset_and_report)
    assert not store.events.compact("task")
    assert curve_of(store) == [(0, 8.0), (1, 9.0)]
    assert store.events.compact("task")
    assert curve_of(store) == [(0, 8.0), (1, 9.0)]


def test_a_step_that_fails_leaves_everything(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows that it has removed by then are back."""
    store.events.append("task", [points(slots([1.0, 2.0]))], NOON)
    remove = compaction._remove

    def fail(*arguments: Any) -> None:
        remove(*arguments)
        raise KeyError("broken")

    monkeypatch.setattr(compaction, "_remove", fail)
    with pytest.raises(KeyError, match="broken"):
        store.events.compact("task")
    assert curve_of(store) == [(0, 1.0), (1, 2.0)]
    assert store.events.backlog()[0].points == 2
