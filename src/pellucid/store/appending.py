"""Storing what a run reports: each block once, with the summaries that follow from it, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, select, update

from pellucid.base.points import SINGLE_VALUE_ITERATION
from pellucid.store.dialects import insert
from pellucid.store.errors import NotFoundError
from pellucid.store.event_rows import store_events
from pellucid.store.records import Block, EventsBlock, PointsBlock
from pellucid.store.reporters import lock_reporter
from pellucid.store.series import add_summaries
from pellucid.store.slots import Batch, decode, grouped
from pellucid.store.summaries import Summaries, summarise
from pellucid.store.tables import blocks, writers

MONITOR = ":monitor:"
"""Titles of machine statistics begin with this; their iterations are seconds (protocol §2.6, point 4)."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A decoded block of points with the summaries of its series, named in their order; none if it has no points."""

    batch: Batch
    names: list[tuple[str, str]]
    summaries: Summaries | None


@dataclass(frozen=True, slots=True)
class PreparedPoints:
    """A block of points, digested as if all of it were new, which it nearly always is."""

    block: PointsBlock
    digest: Digest


def prepare(block: Block) -> PreparedPoints | EventsBlock:
    """Do the work on a block that needs no database. Raises BadQueryError."""
    if isinstance(block, EventsBlock):
        return block
    return PreparedPoints(block, _digested(decode(block)))


def _digested(batch: Batch) -> Digest:
    names = list(dict.fromkeys(batch.series.values()))
    place = {name: place for place, name in enumerate(names)}
    points = grouped(batch.slots, {number: place[name] for number, name in batch.series.items()})
    if not len(points.value):
        return Digest(batch, [], None)
    return Digest(batch, [names[group] for group in points.group.tolist()], summarise(points))


class Appending:
    """One append under way: the blocks of one task in one transaction."""

    def __init__(self, connection: Connection, task: str) -> None:
        """Locks the task, or model, where the database has finer locks than one for all. Raises NotFoundError."""
        reporter = lock_reporter(connection, task)
        if reporter is None:
            raise NotFoundError("task", task)
        self._reporter = reporter
        self._connection = connection
        self._task = task
        self._positions: dict[str, int] = {}
        self._iterations = [0]
        self._anything_new = False

    def add(self, prepared: PreparedPoints | EventsBlock) -> None:
        """Store what is new in a block."""
        if isinstance(prepared, PreparedPoints):
            self._add_points(prepared.block, prepared.digest)
        else:
            self._add_events(prepared)

    def finish(self, now: datetime) -> dict[str, int]:
        """Write what has changed of the writers and of the task, and return the writers' positions."""
        if not self._anything_new:
            return self._positions
        if self._positions:
            rows = [{"task": self._task, "writer": name, "position": end} for name, end in self._positions.items()]
            added = insert(self._connection.dialect.name, writers)
            moved = {"position": added.excluded.position}
            self._connection.execute(added.on_conflict_do_update(index_elements=["task", "writer"], set_=moved), rows)
        reached = max(self._iterations)
        reporter = self._reporter.c
        farther = case((reporter.last_iteration < reached, reached), else_=reporter.last_iteration)
        change = (
            update(self._reporter)
            .where(reporter.id == self._task)
            .values(last_iteration=farther, last_update=now, last_change=now)
        )
        self._connection.execute(change)
        return self._positions

    def _add_points(self, block: PointsBlock, digest: Digest) -> None:
        end = block.offset + block.count
        skip = max(0, self._position(block.writer, default=block.offset) - block.offset)
        if skip >= block.count:
            return
        self._advance(block.writer, end)
        if skip:
            digest = _digested(digest.batch.after(skip))
        if digest.summaries is None:
            return
        ids = add_summaries(self._connection, self._task, digest.names, digest.summaries)
        numbers = [[number, ids[name]] for number, name in digest.batch.series.items() if name in ids]
        row = {"task": self._task, "count": len(digest.batch.slots), "series": numbers, "data": digest.batch.data}
        self._connection.execute(blocks.insert(), row)
        for (title, _), iteration in zip(digest.names, digest.summaries.last_iteration.tolist(), strict=True):
            self._reach(title, iteration)

    def _add_events(self, block: EventsBlock) -> None:
        stored = self._position(block.writer, default=0)
        new = [(end, event) for end, event in block.events if block.writer is None or end > stored]
        if not new:
            return
        self._advance(block.writer, new[-1][0])
        store_events(self._connection, self._task, (event for _, event in new))
        for _, event in new:
            self._reach(event.metric, event.iteration)

    def _position(self, writer: str | None, *, default: int) -> int:
        """How far a writer has got; what has no writer is always new."""
        if writer is None:
            return default
        if writer not in self._positions:
            found = select(writers.c.position).where(writers.c.task == self._task, writers.c.writer == writer)
            self._positions[writer] = self._connection.execute(found).scalar() or 0
        return self._positions[writer]

    def _advance(self, writer: str | None, end: int) -> None:
        self._anything_new = True
        if writer is not None:
            self._positions[writer] = end

    def _reach(self, title: str, iteration: int | None) -> None:
        if iteration is not None and iteration != SINGLE_VALUE_ITERATION and not title.startswith(MONITOR):
            self._iterations.append(iteration)
