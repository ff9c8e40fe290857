"""Reading a task's points: sorted chunks, and what has come since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Connection, select

from pellucid.store.chunks import Chunk, decode_points, decode_spans, to_chunk
from pellucid.store.curves import merged
from pellucid.store.records import Stretches
from pellucid.store.slots import Grouped, decompress, grouped
from pellucid.store.stretches import joined, stretched
from pellucid.store.tables import blocks, chunks

_AT_ONCE: Final = 16
"""Chunks whose bytes are fetched in one go."""

_DECODED: Final = 16
"""Chunks that are kept as points while series are looked at one after the other: 25 MB."""


class _Piece(NamedTuple):
    """What lies together of a series: in a chunk, or in none yet."""

    first: int
    last: int
    stretches: Stretches | None
    chunk: Chunk | None


def chunks_of(connection: Connection, task: str) -> list[Chunk]:
    """Where the chunks of a task lie, from the oldest to the newest."""
    places = [column for column in chunks.c if column.name not in ("stretches", "data")]
    order = (chunks.c.level.desc(), chunks.c.age, chunks.c.id)
    rows = select(*places).where(chunks.c.task == task).order_by(*order)
    return [to_chunk(row) for row in connection.execute(rows)]


def in_blocks(connection: Connection, task: str) -> list[Grouped]:
    """What is in no chunk yet, as it came, grouped by the id of the series."""
    stored = select(blocks.c.data, blocks.c["count"], blocks.c.series).where(blocks.c.task == task)
    rows = connection.execute(stored.order_by(blocks.c.id))
    return [grouped(decompress(data, count), dict(numbers)) for data, count, numbers in rows]


class StoredPoints:
    """The points of a task, as one transaction sees them."""

    def __init__(self, connection: Connection, task: str) -> None:
        """Reads what is in no chunk yet."""
        self._connection = connection
        self._chunks = chunks_of(connection, task)
        self._recent = merged(in_blocks(connection, task))
        self._decoded = lru_cache(_DECODED)(self._decode)

    def points(self, series: Collection[int], between: tuple[int, int] | None = None) -> Grouped:
        """Every point of these series, or those from one iteration to another."""
        found = [decode_points(data).only(series) for _, data in self._contents(series, chunks.c.data, between)]
        found.append(self._recent.only(series))
        return merged(found if between is None else [points.between(*between) for points in found])

    def stretches(self, series: Collection[int]) -> Iterator[tuple[int, Stretches]]:
        """Stretches of these series; those without a point are left out.

        Points are read only where chunks overlap, or have no stretches of a series.
        """
        pieces = self._pieces(set(series))
        for key in sorted(pieces):
            yield key, joined([self._of_cluster(key, cluster) for cluster in _clusters(pieces[key])])

    def _pieces(self, series: Collection[int]) -> dict[int, list[_Piece]]:
        pieces: defaultdict[int, list[_Piece]] = defaultdict(list)
        for chunk, data in self._contents(series, chunks.c.stretches):
            for span in decode_spans(data):
                if span.series in series:
                    pieces[span.series].append(_Piece(span.first, span.last, span.stretches, chunk))
        recent = self._recent.only(series)
        for key, start, length in zip(recent.group.tolist(), recent.starts, recent.lengths, strict=True):
            first, last = recent.iteration[start], recent.iteration[start + length - 1]
            pieces[key].append(_Piece(int(first), int(last), None, None))
        return pieces

    def _of_cluster(self, series: int, cluster: Sequence[_Piece]) -> Stretches:
        if len(cluster) == 1 and cluster[0].stretches is not None:
            return cluster[0].stretches
        found = [self._decoded(piece.chunk) if piece.chunk else self._recent for piece in cluster]
        return stretched(merged([points.only({series}) for points in found]))[1]

    def _decode(self, chunk: Chunk) -> Grouped:
        found = select(chunks.c.data).where(chunks.c.id == chunk.id)
        return decode_points(self._connection.execute(found).scalar_one())

    def _contents(
        self, series: Collection[int], column: Column[Any], between: tuple[int, int] | None = None
    ) -> Iterator[tuple[Chunk, bytes]]:
        """A column of the chunks that may have points of these series and iterations, from the oldest to the newest."""
        wanted = [chunk for chunk in self._chunks if _may_have(chunk, series) and _may_reach(chunk, between)]
        for begin in range(0, len(wanted), _AT_ONCE):
            some = wanted[begin : begin + _AT_ONCE]
            rows = select(chunks.c.id, column).where(chunks.c.id.in_([chunk.id for chunk in some]))
            contents = {row[0]: row[1] for row in self._connection.execute(rows)}
            yield from ((chunk, contents[chunk.id]) for chunk in some)


def _may_have(chunk: Chunk, series: Collection[int]) -> bool:
    return any(chunk.first[0] <= key <= chunk.last[0] for key in series)


def _may_reach(chunk: Chunk, between: tuple[int, int] | None) -> bool:
    """Of a chunk of several series, only reading it would tell."""
    if between is None or chunk.first[0] != chunk.last[0]:
        return True
    return chunk.first[1] <= between[1] and chunk.last[1] >= between[0]


def _clusters(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces of one series by iteration, those that overlap together, in the order in which they were stored."""
    order = sorted(range(len(pieces)), key=lambda place: pieces[place].first)
    cluster: list[int] = []
    end = 0
    for place in order:
        if cluster and pieces[place].first > end:
            yield [pieces[each] for each in sorted(cluster)]
            cluster = []
        end = max(end, pieces[place].last) if cluster else pieces[place].last
        cluster.append(place)
    if cluster:
        yield [pieces[each] for each in sorted(cluster)]
