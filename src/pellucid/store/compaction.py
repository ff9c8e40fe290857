"""Sorting the points of a task by series, step by step, in the background.

What was reported first becomes *runs*: chunks that do not overlap, with an age by which the value of an iteration is
found that occurs in several runs. A run takes the newest ones in that are not much longer than itself, so that a task
that reports a little now and then has few of them. When eight runs overlap somewhere they are merged there into chunks
of the next level, so that each point is rewritten as many times as its task's points have powers of eight, and to read
a series means to read few chunks.

A step is prepared without a lock and takes at most some 1.5 million points into memory (or one request, which may have
four million): about 150 MB while it sorts. Then a short transaction locks the task, sees whether what was read is still
there, byte by byte, since keys of rows may come again, and puts the new rows in place of the old ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, delete, func, select

from pellucid.store.chunks import CHUNK, Chunk, Key, decode_points, to_rows
from pellucid.store.curves import merged
from pellucid.store.database import Database
from pellucid.store.records import Backlog
from pellucid.store.reporters import REPORTERS, lock_reporter
from pellucid.store.slots import Grouped, decompress, grouped, place_of
from pellucid.store.stored_points import chunks_of
from pellucid.store.tables import blocks, chunks

_RUN: Final = 8 * CHUNK
"""Points that a step makes a run of, unless a single request has more."""

_BLOCKS: Final = 500
"""Requests that a step makes a run of."""

_DEPTH: Final = 8
"""So many chunks of a level that overlap somewhere are merged."""

_MERGED: Final = 16 * CHUNK
"""Points that a step merges, but that the last chunks go beyond it."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What to put in place of what.

    Attributes:
        old_blocks, old_chunks: the bytes of the rows that go, by id.
        new_run: points that become the newest run.
        new_rows: other chunks.
    """

    old_blocks: Mapping[int, Any]
    old_chunks: Mapping[int, Any]
    new_run: Grouped | None
    new_rows: Sequence[dict[str, Any]]


def backlog(connection: Connection) -> list[Backlog]:
    """The tasks with points that lie as they came."""
    return [
        Backlog(task=row.task, blocks=row.blocks, points=int(row.points), last_update=row.last_update)
        for reporter in REPORTERS
        for row in connection.execute(_sizes(reporter))
    ]


def compact(database: Database, task: str) -> bool:
    """Take one step; returns whether another one may find something to do."""
    with database.read() as connection:
        present = chunks_of(connection, task)
        step = _sorting(connection, task, present) or _merging(connection, task, present)
    if step is None:
        return False
    # Made before the transaction, in which others wait.
    run = [] if step.new_run is None else list(to_rows(task, step.new_run, level=1, age=0))
    with database.write() as connection:
        if lock_reporter(connection, task, skip_locked=True) is None or not _is_unchanged(connection, step):
            return False
        newest = connection.execute(select(func.max(chunks.c.age)).where(chunks.c.task == task)).scalar() or 0
        _remove(connection, blocks, step.old_blocks)
        _remove(connection, chunks, step.old_chunks)
        rows = [*step.new_rows, *({**row, "age": newest + 1} for row in run)]
        if rows:
            connection.execute(chunks.insert(), rows)
    return True


def _sizes(reporter: Table) -> Select[Any]:
    last_update = reporter.c.last_update
    sizes = select(
        blocks.c.task, func.count().label("blocks"), func.sum(blocks.c["count"]).label("points"), last_update
    )
    return sizes.join(reporter, reporter.c.id == blocks.c.task).group_by(blocks.c.task, last_update)


def _sorting(connection: Connection, task: str, present: Sequence[Chunk]) -> _Step | None:
    """Make a run of the requests that have lain longest, and of the newest runs that are not much longer."""
    sizes = select(blocks.c.id, blocks.c["count"]).where(blocks.c.task == task).order_by(blocks.c.id).limit(_BLOCKS)
    ids: list[int] = []
    points = 0
    for key, count in connection.execute(sizes):
        if ids and points + count > _RUN:
            break
        ids.append(key)
        points += count
    if not ids:
        return None
    absorbed = _contents(connection, chunks, [chunk.id for chunk in _newest(present, points)])
    stored = _contents(connection, blocks, ids)
    parts = [decode_points(row.data) for row in absorbed.values()]
    parts += [grouped(decompress(row.data, row._mapping["count"]), dict(row.series)) for row in stored.values()]
    return _Step(stored, absorbed, merged(parts), [])


def _newest(present: Iterable[Chunk], points: int) -> list[Chunk]:
    """The newest runs that a run of so many points is to take in, oldest first."""
    runs: dict[int, list[Chunk]] = {}
    for chunk in present:
        if chunk.level == 1:
            runs.setdefault(chunk.age, []).append(chunk)
    taken: list[Chunk] = []
    for _, run in sorted(runs.items(), reverse=True):
        length = sum(chunk.count for chunk in run)
        if length > 2 * points or points + length > _RUN:
            break
        points += length
        taken = [*run, *taken]
    return taken


def _merging(connection: Connection, task: str, present: Sequence[Chunk]) -> _Step | None:
    """Merge chunks of one level from where they overlap too much, as far as a step goes."""
    for level in sorted({chunk.level for chunk in present}):
        of_level = [chunk for chunk in present if chunk.level == level]
        begin = _too_deep(of_level)
        if begin is not None:
            return _merged_from(connection, task, of_level, begin)
    return None


def _too_deep(of_level: Iterable[Chunk]) -> Key | None:
    """Where the first chunk begins of those that first overlap too much; ``None`` if none do."""
    overlapping: list[Chunk] = []
    for chunk in sorted(of_level, key=lambda chunk: chunk.first):
        overlapping = [*(other for other in overlapping if other.last >= chunk.first), chunk]
        if len(overlapping) >= _DEPTH:
            return overlapping[0].first
    return None


def _merged_from(connection: Connection, task: str, of_level: Iterable[Chunk], begin: Key) -> _Step:
    taken: list[Chunk] = []
    points, end = 0, None
    for chunk in sorted(of_level, key=lambda chunk: chunk.first):
        if points >= _MERGED and chunk.first > begin and chunk.first > taken[-1].first:
            end = chunk.first
            break
        if chunk.last >= begin:
            taken.append(chunk)
            points += chunk.count
    taken.sort(key=lambda chunk: (chunk.age, chunk.id))
    old = _contents(connection, chunks, [chunk.id for chunk in taken])
    inside: list[Grouped] = []
    rows: list[dict[str, Any]] = []
    for chunk in taken:
        content = decode_points(old[chunk.id].data)
        low = place_of(content, begin)
        high = len(content) if end is None else place_of(content, end)
        inside.append(content.part(low, high))
        # What lies outside stays where it was.
        for rest in (content.part(0, low), content.part(high, len(content))):
            rows += to_rows(task, rest, level=chunk.level, age=chunk.age)
    rows += to_rows(task, merged(inside), level=taken[0].level + 1, age=taken[-1].age)
    return _Step({}, old, None, rows)


def _contents(connection: Connection, table: Table, ids: Sequence[int]) -> dict[int, Any]:
    """Rows by id, in the order of the ids."""
    rows = {row.id: row for row in connection.execute(_rows_of(table, ids))}
    return {key: rows[key] for key in ids}


def _rows_of(table: Table, ids: Iterable[int]) -> Any:
    content = (blocks.c["count"], blocks.c.series) if table is blocks else ()
    return select(table.c.id, table.c.task, *content, table.c.data).where(table.c.id.in_(ids))


def _is_unchanged(connection: Connection, step: _Step) -> bool:
    """Whether the rows are those that were read: others may have been quicker, or the task was reset."""
    return all(
        {row.id: row for row in connection.execute(_rows_of(table, old))} == old
        for table, old in ((blocks, step.old_blocks), (chunks, step.old_chunks))
    )


def _remove(connection: Connection, table: Table, old: Mapping[int, Any]) -> None:
    connection.execute(delete(table).where(table.c.id.in_(old)))
