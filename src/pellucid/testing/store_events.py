"""What every store must do with console lines, plots and samples: a part of ``pellucid.testing.store``."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from pellucid.store.api import Store
from pellucid.store.records import EventRecord
from pellucid.testing.store_samples import (
    LATER,
    NOON,
    a_plot,
    a_task,
    lines,
    without_writer,
)

NAN = math.nan


class ConsoleTests:
    """Console lines."""

    def test_lines_are_always_added(self, store: Store, other: Store, task: str) -> None:
        """Equal ones too; they come back whole, in the order in which they were stored."""
        line = EventRecord(type="log", timestamp=5, worker="host:0", level="error", message="ü\n\x1b✓", data={"k": [1]})
        store.events.append(task, [without_writer(line, replace(line, message="second"), line)], NOON)

        assert other.events.log(task, limit=9) == [line, replace(line, message="second"), line]
        assert other.events.log_count(task) == 3

    @pytest.mark.parametrize(
        ("page", "messages"),
        [
            ({"limit": 2}, "ef"),
            ({"limit": 9}, "abcdef"),
            ({"limit": 1, "before": 4}, "bcd"),
            ({"limit": 2, "before": 5}, "bcd" + "e"),
            ({"limit": 1, "before": 3}, "a"),
            ({"limit": 9, "before": 1}, ""),
            ({"limit": 2, "after": 1}, "bcd"),
            ({"limit": 1, "after": 0}, "a"),
            ({"limit": 9, "after": 3}, "ef"),
            ({"limit": 9, "after": 5}, ""),
        ],
    )
    def test_pages(self, store: Store, task: str, page: dict[str, Any], messages: str) -> None:
        """By time; lines of one millisecond are never torn apart, even if they came in several requests."""
        for message, time in zip("fabcde", (5, 1, 3, 3, 3, 4), strict=True):
            line = EventRecord(type="log", timestamp=time, message=message)
            store.events.append(task, [without_writer(line)], NOON)

        assert "".join(line.message for line in store.events.log(task, **page)) == messages

    def test_every_page_going_back(self, store: Store, task: str) -> None:
        """Walking back by the first line's timestamp meets every line once."""
        store.events.append(task, [lines(*"abcdefg")], NOON)
        seen: list[str] = []
        before: int | None = None
        while page := store.events.log(task, limit=3, before=before):
            seen = [line.message for line in page] + seen
            before = page[0].timestamp

        assert seen == list("abcdefg")


class PlotTests:
    """Plots and samples."""

    def test_a_plot_comes_back_whole(self, store: Store, other: Store, task: str) -> None:
        """With what the server does not look into."""
        plot = a_plot(3, key="k", worker="host", level="l", message="m", data={"plot_str": '{"data": []}' * 1000})
        store.events.append(task, [without_writer(plot)], LATER)

        assert other.events.find(task) == [plot]
        assert other.tasks.get(task) == a_task(last_iteration=3, last_update=LATER, last_change=LATER)

    @pytest.mark.parametrize("together", [True, False])
    def test_the_same_identity_replaces(self, store: Store, task: str, together: bool) -> None:
        """Within a request and across requests."""
        old, new = a_plot(1, data={"v": 1}), a_plot(1, timestamp=9, data={"v": 2})
        blocks = [without_writer(old, new)] if together else [without_writer(old), without_writer(new)]
        for block in blocks:
            store.events.append(task, [block], NOON)

        assert store.events.find(task) == [new]
        assert store.events.count(task) == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"type": "training_debug_image"},
            {"metric": "x"},
            {"variant": "x"},
            {"iteration": 2},
            {"iteration": None},
            {"key": "x"},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_another_identity_is_another_event(self, store: Store, task: str, change: dict[str, object]) -> None:
        """Each part of the identity tells events apart."""
        plot = a_plot(1)
        store.events.append(task, [without_writer(plot, replace(plot, **change))], NOON)  # type: ignore[arg-type]

        assert store.events.count(task) == 2

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, "1a1 1a2 1b1 2a1 2i1"),
            ({"descending": True}, "2a1 2i1 1a1 1a2 1b1"),
            ({"event_type": "plot"}, "1a1 1a2 1b1 2a1"),
            ({"event_type": "training_debug_image"}, "2i1"),
            ({"metric": "a"}, "1a1 1a2 2a1"),
            ({"metric": "a", "variants": ["2", "3"]}, "1a2"),
            ({"variants": []}, ""),
            ({"offset": 1, "limit": 2}, "1a2 1b1"),
            ({"offset": 4}, "2i1"),
        ],
    )
    def test_finding(self, store: Store, task: str, asked: dict[str, object], found: str) -> None:
        """By iteration, title and series; console lines are not among them."""
        image = a_plot(2, title="i", series="1", type="training_debug_image", key="file.png")
        plots = [a_plot(int(name[0]), title=name[1], series=name[2]) for name in ("2a1", "1b1", "1a2", "1a1")]
        store.events.append(task, [lines("line"), without_writer(image, *plots)], NOON)

        events = store.events.find(task, **asked)  # type: ignore[arg-type]
        assert " ".join(f"{event.iteration}{event.metric}{event.variant}" for event in events) == found
        assert store.events.count(task) == 5
        assert store.events.count(task, event_type="plot") == 4
