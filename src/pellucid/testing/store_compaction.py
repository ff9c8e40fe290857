"""What every store must do when points are sorted in the background: a part of ``pellucid.testing.store``."""

from __future__ import annotations

import math
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pellucid.base.points import SINGLE_VALUE_ITERATION
from pellucid.store import chunks, compaction, stretches
from pellucid.store.api import Store
from pellucid.store.records import Backlog, Points, Stretches
from pellucid.testing.store_samples import LATER, NAMES, NOON, Slot, a_task, curve_of, points, slots


def compact(store: Store, task: str = "task") -> None:
    """Sort all there is to be sorted."""
    steps = 0
    while store.events.compact(task):
        steps += 1
        assert steps < 1000


class CompactionTests:
    """Sorting changes nothing that can be read, whatever was reported in whatever order."""

    @pytest.fixture
    def small_chunks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Steps, chunks and stretches so small that a few points make many of them, on several levels."""
        monkeypatch.setattr(chunks, "CHUNK", 7)
        monkeypatch.setattr(chunks, "_STRETCHED_FROM", 3)
        monkeypatch.setattr(stretches, "STRETCH", 2)
        monkeypatch.setattr(compaction, "_RUN", 30)
        monkeypatch.setattr(compaction, "_MERGED", 40)
        monkeypatch.setattr(compaction, "_DEPTH", 3)

    def test_points_are_the_same_afterwards(self, store: Store, other: Store, task: str) -> None:
        """To a point; there is nothing left to do then, also for others."""
        content = [*slots([1.0, math.inf, -math.inf, 4.0]), *slots([0.5, 0.25], number=2)]
        store.events.append(task, [points(content, writer="w")], LATER)
        before = _content(store)
        assert store.events.backlog() == [Backlog(task=task, blocks=1, points=6, last_update=LATER)]

        compact(store)
        assert _content(other) == before
        assert other.events.backlog() == []
        assert not other.events.compact(task)
        assert store.events.append(task, [points(content, writer="w")], LATER) == {"w": 6}
        assert store.events.backlog() == []

    def test_of_a_task_that_has_reported_nothing(self, store: Store, task: str) -> None:
        """Or that there is none of, there is nothing to sort."""
        assert not store.events.compact(task)
        assert not store.events.compact("unknown")

    def test_what_comes_later_is_seen_at_once(self, store: Store, task: str) -> None:
        """It replaces what is sorted if it is not older, as if nothing had been sorted."""
        store.events.append(task, [points([(1, 50, 1.0, 1), (2, 50, 2.0, 1), (3, 50, 3.0, 1)])], NOON)
        compact(store)
        store.events.append(task, [points([(1, 49, 9.0, 1), (2, 50, 8.0, 1), (4, 0, 4.0, 1)])], NOON)

        for _ in range(2):
            assert curve_of(store) == [(1, 1.0), (2, 8.0), (3, 3.0), (4, 4.0)]
            compact(store)

    def test_single_values_stay(self, store: Store, task: str) -> None:
        """They are summaries, and no curve has them."""
        content = [(SINGLE_VALUE_ITERATION, 0, 0.5, 1), (SINGLE_VALUE_ITERATION, 0, 0.75, 2), (1, 0, 1.0, 2)]
        store.events.append(task, [points(content)], NOON)
        compact(store)

        assert _content(store) == {NAMES[2]: [(1, 0, "1.0")]}
        assert [each.last for each in store.events.single_values(task)] == [0.5]

    def test_some_series(self, store: Store, task: str) -> None:
        """Only what is asked for comes back, sorted or not."""
        store.events.append(task, [points([(0, 0, float(number), number) for number in NAMES])], NOON)
        for _ in range(2):
            assert list(store.events.points(task, [NAMES[1], ("no", "such")])) == [NAMES[1]]
            assert list(store.events.outlines(task, most=0, series=[NAMES[2]])) == [NAMES[2]]
            compact(store)

    @pytest.mark.usefixtures("small_chunks")
    def test_some_iterations(self, store: Store, task: str) -> None:
        """Both ends included, sorted or not; series without any are left out."""
        content = [*slots([1.0] * 20), *slots([2.0] * 20, number=2), (99, 0, 3.0, 3)]
        store.events.append(task, [points(content)], NOON)
        for _ in range(2):
            found = store.events.points(task, between=(5, 7))
            assert {name: curve.iteration.tolist() for name, curve in found.items()} == {
                NAMES[2]: [5, 6, 7],
                NAMES[1]: [5, 6, 7],
            }
            assert list(store.events.points(task, between=(20, 2**63 - 1))) == [NAMES[3]]
            compact(store)

    def test_long_series_have_stretches(self, store: Store, task: str) -> None:
        """With the points at their ends and the extreme ones; short ones are whole."""
        values = [float(place % 10) for place in range(5000)]
        values[1234], values[4321], values[100] = 99.0, -99.0, math.nan
        store.events.append(task, [points([*slots(values), *slots([1.0, 2.0], number=2)])], NOON)
        compact(store)
        store.events.append(task, [points(slots([7.0], first=5000))], NOON)

        outlines = store.events.outlines(task, most=1000)
        assert isinstance(outlines[NAMES[2]], Points)
        long = outlines[NAMES[1]]
        assert isinstance(long, Stretches)
        assert (long.count.sum(), len(long.count)) == (5001, 80)
        assert (long.first.iteration[0], long.last.iteration[-1], long.last.value[-1]) == (0, 5000, 7.0)
        assert (99.0, 1234, 1234) in _triples(long.greatest)
        assert (-99.0, 4321, 4321) in _triples(long.least)
        assert np.isnan(long.total).tolist() == [place == 1 for place in range(80)]
        assert not np.isnan(long.least.value).any()

    @pytest.mark.usefixtures("small_chunks")
    @pytest.mark.parametrize("seed", range(4))
    def test_any_order_of_reports_and_steps(self, store: Store, other: Store, seed: int) -> None:
        """Late, early, repeated and far iterations: what is sorted now and then equals what never is."""
        random_ = random.Random(seed)
        for name in ("sorted", "never"):
            store.tasks.create(a_task(name))
        for place in range(40):
            block = points([_any_slot(random_, place) for _ in range(random_.randrange(1, 9))])
            for name in ("sorted", "never"):
                store.events.append(name, [block], NOON)
            if random_.random() < 0.3:
                compact(random_.choice([store, other]), "sorted")
        compact(store, "sorted")

        exact = store.events.points("never")
        assert _content(store, "sorted") == _content(store, "never")
        for series, outline in store.events.outlines("sorted", most=0).items():
            assert isinstance(outline, Stretches)
            assert outline.count.sum() == len(exact[series].value)
            assert np.array_equal(np.fmin.reduce(outline.least.value), np.fmin.reduce(exact[series].value), True)
            assert np.array_equal(np.fmax.reduce(outline.greatest.value), np.fmax.reduce(exact[series].value), True)
            assert (outline.first.iteration[1:] > outline.last.iteration[:-1]).all()

    @pytest.mark.usefixtures("small_chunks")
    def test_while_others_append_and_sort(self, store: Store, other: Store, task: str) -> None:
        """Nothing is lost or double."""
        rounds, done = 60, threading.Event()

        def append(target: Store, writer: int) -> None:
            for place in range(rounds):
                content = slots([float(place)] * 3, number=writer, first=3 * place)
                target.events.append(task, [points(content, writer=str(writer), offset=3 * place)], NOON)

        def sort(target: Store) -> None:
            while not done.is_set():
                target.events.compact(task)

        with ThreadPoolExecutor(4) as pool:
            sorting = [pool.submit(sort, each) for each in (store, other)]
            appending = [pool.submit(append, *each) for each in ((store, 1), (other, 2))]
            for each in appending:
                each.result()
            done.set()
            for each in sorting:
                each.result()
        compact(store)
        for number in (1, 2):
            assert curve_of(store, number=number) == [(place, float(place // 3)) for place in range(3 * rounds)]

    def test_deleting_forgets_what_is_sorted(self, store: Store, other: Store, task: str) -> None:
        """Sorted or not, it does not come back with another task of the same id."""
        store.events.append(task, [points(slots([1.0, 2.0]))], NOON)
        compact(store)
        store.events.append(task, [points(slots([3.0], first=2))], NOON)
        store.tasks.delete(task, lambda _: None, NOON)
        assert other.events.backlog() == []

        store.tasks.create(a_task(task))
        assert other.events.points(task) == {}
        assert other.events.outlines(task, most=0) == {}

    def test_resetting_forgets_what_is_sorted(self, store: Store, task: str) -> None:
        """And what is reported then is another curve."""
        store.events.append(task, [points(slots([1.0, 2.0]))], NOON)
        compact(store)
        store.tasks.reset(task, lambda old: old, NOON)
        assert store.events.points(task) == {}

        store.events.append(task, [points(slots([3.0]))], NOON)
        compact(store)
        assert curve_of(store) == [(0, 3.0)]


def _content(store: Store, task: str = "task") -> dict[tuple[str, str], list[tuple[int, int, str]]]:
    """Values as text, since NaN is equal to nothing but has one text."""
    return {
        name: list(
            zip(curve.iteration.tolist(), curve.time.tolist(), map(repr, curve.value.tolist()), strict=True),
        )
        for name, curve in store.events.points(task).items()
    }


def _triples(curve: Points) -> list[tuple[float, int, int]]:
    return list(zip(curve.value.tolist(), curve.iteration.tolist(), curve.time.tolist(), strict=True))


def _any_slot(random_: random.Random, place: int) -> Slot:
    iterations = [-(2**63), -5, 0, 1, 2, 3, place, 3 * place, 3 * place + 1, SINGLE_VALUE_ITERATION, 2**63 - 1]
    values = [math.nan, math.inf, -math.inf, 1.0, 2.0, random_.random()]
    return random_.choice(iterations), random_.randrange(3) * 1_000_000, random_.choice(values), random_.choice([1, 2])
