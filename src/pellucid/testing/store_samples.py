"""Records and blocks for the store's tests, with everything filled in that a test does not care about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import zstandard

from pellucid.base.points import POINT
from pellucid.store.api import Store
from pellucid.store.records import Block, EventRecord, EventsBlock, PointsBlock, SeriesSummary, TaskRecord, UserRecord

OpenStore: TypeAlias = Callable[[Path], Store]
"""Opens the store of a folder. A function of a module, so that another process can import it by name."""

NOON = datetime(2026, 1, 2, 12, 0, 0, 250, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)

Slot: TypeAlias = tuple[int, int, float, int]
"""Iteration, time in nanoseconds, value, series number: what one point is in a journal."""

NAMES = {1: ("loss", "train"), 2: ("loss", "test"), 3: ("accuracy", "test")}
"""Names of the series numbers that the samples use."""


def a_user(name: str = "ada") -> UserRecord:
    """A user whose id is the name."""
    return UserRecord(id=name, name=name, role="user", created=NOON)


def a_task(task: str = "task", **fields: Any) -> TaskRecord:
    """A task whose id and name are the same, unless told otherwise."""
    minimal = TaskRecord(
        id=task, name=task, type="training", status="created", created=NOON, last_update=NOON, last_change=NOON
    )
    return replace(minimal, **fields)


def slots(values: Sequence[float], *, number: int = 1, first: int = 0) -> list[Slot]:
    """One series at consecutive iterations, a millisecond apart."""
    return [(first + place, (first + place) * 1_000_000, value, number) for place, value in enumerate(values)]


def points(
    content: Sequence[Slot], *, writer: str | None = None, offset: int = 0, names: dict[int, tuple[str, str]] = NAMES
) -> PointsBlock:
    """A block of points as an uploader sends it."""
    raw = b"".join(POINT.pack(*slot) for slot in content)
    return PointsBlock(writer=writer, offset=offset, count=len(content), series=names, data=zstandard.compress(raw))


def lines(*messages: str, writer: str | None = None, first: int = 1) -> Block:
    """Console lines, each of which ends at a position and is reported at a millisecond of the same number."""
    return EventsBlock(
        writer=writer,
        events=[
            (place, EventRecord(type="log", timestamp=place, worker="host", level="info", message=message))
            for place, message in enumerate(messages, start=first)
        ],
    )


def a_plot(iteration: int, *, title: str = "confusion", series: str = "test", **fields: Any) -> EventRecord:
    """A plot."""
    return replace(
        EventRecord(type="plot", timestamp=iteration, iteration=iteration, metric=title, variant=series), **fields
    )


def without_writer(*events: EventRecord) -> Block:
    """Events that are always stored."""
    return EventsBlock(writer=None, events=[(0, event) for event in events])


def summary_of(store: Store, task: str = "task", number: int = 1) -> SeriesSummary:
    """What the store knows of one series."""
    return next(each for each in store.events.summaries([task])[task] if (each.title, each.series) == NAMES[number])


def curve_of(store: Store, task: str = "task", number: int = 1) -> list[tuple[int, float]]:
    """Iterations and values of one series, as the store returns them."""
    curve = store.events.points(task)[NAMES[number]]
    return list(zip(curve.iteration.tolist(), curve.value.tolist(), strict=True))
