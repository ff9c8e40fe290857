"""What every store must say of where plots are, and how it forgets: a part of ``pellucid.testing.store``."""

from __future__ import annotations

from typing import Any

import pytest

from pellucid.store.api import Store
from pellucid.store.errors import NotFoundError
from pellucid.store.records import EventPlace, EventRecord, TaskRecord
from pellucid.testing.store_samples import NOON, a_plot, a_task, lines, points, slots, without_writer

PLOT, IMAGE = "plot", "training_debug_image"


class PlaceTests:
    """Finding plots and samples without reading them."""

    @pytest.fixture
    def plotted(self, store: Store, task: str) -> str:
        """A task with plots in iterations 1 to 4 of various series, an image and a console line."""
        plots = [a_plot(int(name[0]), title=name[1], series=name[2]) for name in ("1ax", "2ax", "2ay", "3ay", "4bx")]
        store.events.append(task, [without_writer(*plots, a_plot(9, title="i", type=IMAGE)), lines("line")], NOON)
        return task

    def test_names(self, store: Store, plotted: str) -> None:
        """Each once, by task."""
        store.tasks.create(a_task("other"))
        assert store.events.names([plotted, "other"], PLOT) == {plotted: [("a", "x"), ("a", "y"), ("b", "x")]}
        assert store.events.names([plotted], IMAGE) == {plotted: [("i", "test")]}
        assert store.events.names([], PLOT) == {}

    @pytest.mark.parametrize(
        ("asked", "iterations"),
        [
            ({}, [4, 3]),
            ({"metric": "a"}, [3, 2]),
            ({"metric": "a", "variants": ["x"]}, [2, 1]),
            ({"variants": []}, []),
            ({"before": 3}, [2, 1]),
            ({"before": 1}, []),
            ({"after": 1}, [3, 2]),
            ({"after": 4}, []),
        ],
    )
    def test_iterations(self, store: Store, plotted: str, asked: dict[str, Any], iterations: list[int]) -> None:
        """The latest ones, or those next to a given one."""
        assert store.events.iterations(plotted, PLOT, limit=2, **asked) == iterations

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"iterations": 1}, "2ax 3ay 4bx"),
            ({"iterations": 2}, "2ax 1ax 3ay 2ay 4bx"),
            ({"iterations": 1, "by_title": True}, "3ay 4bx"),
            ({"iterations": 9, "titles": {"a": ["x"], "b": None}}, "2ax 1ax 4bx"),
            ({"iterations": 9, "titles": {}}, ""),
        ],
    )
    def test_latest(self, store: Store, plotted: str, asked: dict[str, Any], found: str) -> None:
        """Of each series or of each title, and in pages."""
        assert _named(store.events.latest(plotted, PLOT, **asked)) == found.split()
        assert store.events.count_latest(plotted, PLOT, **asked) == len(found.split())
        assert _named(store.events.latest(plotted, PLOT, **asked, offset=1, limit=2)) == found.split()[1:3]

    @pytest.mark.parametrize(
        ("place", "earlier", "title", "found"),
        [
            (EventPlace(2, "a", "x"), False, None, EventPlace(2, "a", "y")),
            (EventPlace(2, "a", "x"), True, None, EventPlace(1, "a", "x")),
            (EventPlace(3, "a", "y"), False, None, EventPlace(4, "b", "x")),
            (EventPlace(3, "a", "y"), False, "a", None),
            (EventPlace(1, "a", "x"), True, None, None),
            (EventPlace(2, "a"), False, None, EventPlace(3, "a")),
            (EventPlace(4, "b"), True, None, EventPlace(3, "a")),
        ],
    )
    def test_neighbours(
        self, store: Store, plotted: str, place: EventPlace, earlier: bool, title: str | None, found: EventPlace | None
    ) -> None:
        """In the order of iterations, titles and series."""
        assert store.events.neighbour(plotted, PLOT, place, earlier=earlier, title=title) == found

    def test_ranges(self, store: Store, plotted: str) -> None:
        """Of a series and of a title."""
        assert store.events.iteration_range(plotted, PLOT, "a", "y") == (2, 3)
        assert store.events.iteration_range(plotted, PLOT, "a") == (1, 3)
        assert store.events.iteration_range(plotted, PLOT, "c") is None

    def test_of_some_iterations(self, store: Store, plotted: str) -> None:
        """Whole events."""
        assert _named(store.events.find(plotted, iterations=[1, 3])) == ["1ax", "3ay"]


class ForgettingTests:
    """Deleting what a task has reported, while the task stays."""

    def test_everything(self, store: Store, other: Store, task: str) -> None:
        """What was sent already does not come back, and what is new does come."""
        block = points(slots([1.0, 2.0]), writer="w")
        store.events.append(task, [block, without_writer(a_plot(1)), lines("line")], NOON)

        assert store.events.clear(task, lambda record: None).anything
        assert not store.events.clear(task, lambda record: None).anything
        assert other.events.points(task) == {}
        assert other.events.summaries([task]) == {}
        assert other.events.find(task) == other.events.log(task, limit=9) == []
        store.events.append(task, [block, points(slots([3.0], first=2), writer="w", offset=2)], NOON)
        assert [curve.iteration.tolist() for curve in store.events.points(task).values()] == [[2]]

    @pytest.mark.parametrize(
        ("asked", "left"),
        [({}, ""), ({"before": 3}, "cd"), ({"only": ["m"]}, "abc"), ({"but": ["m"]}, "d"), ({"before": 1}, "abcd")],
    )
    def test_the_console(self, store: Store, task: str, asked: dict[str, Any], left: str) -> None:
        """All of it, the old part, or by metric; plots stay."""
        line = EventRecord(type="log", timestamp=4, message="d", metric="m")
        store.events.append(task, [lines("a", "b", "c"), without_writer(line, a_plot(1))], NOON)

        assert store.events.clear_log(task, lambda record: None, **asked) == 4 - len(left)
        assert "".join(line.message for line in store.events.log(task, limit=9)) == left
        assert store.events.count(task) == 1

    def test_who_objects_is_heard(self, store: Store, task: str) -> None:
        """Nothing is deleted then; of no task nothing can be."""
        store.events.append(task, [lines("a")], NOON)

        def object_(record: TaskRecord) -> None:
            raise PermissionError(record.id)

        for forget in (store.events.clear, store.events.clear_log):
            with pytest.raises(PermissionError, match=task):
                forget(task, object_)
            with pytest.raises(NotFoundError):
                forget("unknown", lambda record: None)
        assert store.events.log_count(task) == 1


def _named(found: list[EventRecord]) -> list[str]:
    return [f"{event.iteration}{event.metric}{event.variant}" for event in found]
