"""All points of a task by iteration, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from pellucid.server.scalar_pages import first_page, next_page
from pellucid.server.scalar_rows import ScalarRow
from pellucid.store.api import Store
from pellucid.store.opening import open_store
from pellucid.testing.store_samples import NAMES, NOON, a_task, points


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with an empty task."""
    store = open_store(tmp_path)
    store.tasks.create(a_task())
    yield store
    store.close()


def all_pages(store: Store, *, size: int, descending: bool) -> list[ScalarRow]:
    """Every row, and that each page but the last two is full and knows how many rows there are."""
    rows, reached = first_page(store, "task", size=size, descending=descending)
    found = list(rows)
    while rows:
        rows, reached = next_page(store, "task", reached, size=size, descending=descending)
        found += rows
    assert reached.total == len(found)
    return found


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("is_sorted", [False, True])
def test_every_point_is_on_one_page(store: Store, size: int, descending: bool, is_sorted: bool) -> None:
    """With gaps, with many series in one iteration, and at the ends of what a number can be."""
    random = Random(size)
    iterations = [-(2**63), -5, 0, 1, 2, 3, 4, 5, 1000, 1001, 10**12, 2**63 - 1]
    slots = [(iteration, 0, random.random(), number) for iteration in iterations for number in NAMES]
    store.events.append("task", [points(random.sample(slots, 25))], NOON)
    while is_sorted and store.events.compact("task"):
        pass

    every = [
        ScalarRow(*name, int(iteration), 0, float(value))
        for name, curve in store.events.points("task").items()
        for iteration, value in zip(curve.iteration, curve.value, strict=True)
    ]
    every.sort(key=lambda row: (row.iteration, row.title, row.series), reverse=descending)
    assert all_pages(store, size=size, descending=descending) == every


def test_of_nothing_there_is_one_empty_page(store: Store) -> None:
    """And after it another one."""
    assert all_pages(store, size=5, descending=False) == []


def test_points_that_come_meanwhile_are_seen(store: Store) -> None:
    """If they lie ahead; what has been shown is not shown again."""
    store.events.append("task", [points([(n, 0, 1.0, 1) for n in range(4)])], NOON)
    _, reached = first_page(store, "task", size=3, descending=False)
    store.events.append("task", [points([(0, 0, 1.0, 2), (9, 0, 1.0, 1)])], NOON)

    rows, _ = next_page(store, "task", reached, size=3, descending=False)
    assert [row.iteration for row in rows] == [3, 9]
