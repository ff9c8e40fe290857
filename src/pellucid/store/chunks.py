"""Rows of sorted points, with stretches of them beside: their bytes, and reading them back.

The columns of a chunk are eight bytes a number. Iterations and times are kept as differences, and of all columns first
the lowest byte of each number is stored, then the next one: what the numbers have in common then lies together, and
Zstandard makes little of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import zstandard
from numpy.typing import NDArray
from sqlalchemy import Row

from pellucid.store.records import Stretches
from pellucid.store.slots import Grouped, from_sorted
from pellucid.store.stretches import from_columns, stretched, to_columns

CHUNK: Final = 1 << 16
"""Points in a chunk at most."""

_STRETCHED_FROM: Final = 1024
"""Fewer points of a series in a chunk have no stretches: to read them is as quick."""

_LENGTH: Final = np.dtype("<u4")

Key: TypeAlias = tuple[int, int]
"""Id of the series and iteration: by what points are sorted, and what each has for itself within a chunk."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a chunk has of one series.

    Attributes:
        series: its id.
        first, last: its first and last iteration here.
        stretches: ``None`` if there are too few points for that.
    """

    series: int
    first: int
    last: int
    stretches: Stretches | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where a chunk lies among the others; its content is in the database."""

    id: int
    level: int
    age: int
    count: int
    first: Key
    last: Key


def to_chunk(row: Row[Any]) -> Chunk:
    """From a row of the table."""
    return Chunk(
        id=row.id,
        level=row.level,
        age=row.age,
        count=row._mapping["count"],
        first=(row.first_series, row.first_iteration),
        last=(row.last_series, row.last_iteration),
    )


def to_rows(task: str, points: Grouped, *, level: int, age: int) -> Iterator[dict[str, Any]]:
    """Sorted points, grouped by the id of their series, as rows of the table."""
    for begin in range(0, len(points), CHUNK):
        part = points.part(begin, begin + CHUNK)
        yield {
            "task": task,
            "level": level,
            "age": age,
            "count": len(part),
            "first_series": int(part.group[0]),
            "first_iteration": int(part.iteration[0]),
            "last_series": int(part.group[-1]),
            "last_iteration": int(part.iteration[-1]),
            "stretches": _encode_spans(part),
            "data": _packed([part.group, part.lengths, _steps(part.iteration), _steps(part.time), part.value]),
        }


def decode_points(data: bytes) -> Grouped:
    """The points of a chunk, grouped by the id of their series."""
    group, lengths, iteration, time, value = _unpacked(data)
    return from_sorted(np.repeat(group, lengths), np.cumsum(iteration), np.cumsum(time), value.view(np.float64))


def decode_spans(data: bytes) -> Iterator[Span]:
    """What a chunk has of each series."""
    series, first, last, counts, *columns = _unpacked(data)
    begin = 0
    for key, low, high, count in zip(series.tolist(), first.tolist(), last.tolist(), counts.tolist(), strict=True):
        cut = slice(begin, begin + count)
        yield Span(key, low, high, from_columns([column[cut] for column in columns]) if count else None)
        begin += count


def _encode_spans(points: Grouped) -> bytes:
    ends = points.starts + points.lengths - 1
    long = points.only(points.group[points.lengths >= _STRETCHED_FROM].tolist())
    of_long, stretches = stretched(long)
    counts = np.zeros(len(points.group), np.int64)
    counts[np.isin(points.group, long.group)] = of_long
    columns = to_columns(stretches)
    return _packed([points.group, points.iteration[points.starts], points.iteration[ends], counts, *columns])


def _steps(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """Differences, from zero on; they may go around, and come back when they are added up."""
    return np.diff(column, prepend=np.int64(0))


def _packed(columns: Sequence[NDArray[Any]]) -> bytes:
    lengths = np.array([len(columns), *(len(column) for column in columns)], _LENGTH)
    shuffled = (np.ascontiguousarray(column).view(np.uint8).reshape(-1, 8).T.tobytes() for column in columns)
    return zstandard.ZstdCompressor(level=3).compress(lengths.tobytes() + b"".join(shuffled))


def _unpacked(data: bytes) -> list[NDArray[np.int64]]:
    raw = zstandard.ZstdDecompressor().decompress(data)
    (count,) = np.frombuffer(raw, _LENGTH, 1)
    lengths = np.frombuffer(raw, _LENGTH, count, _LENGTH.itemsize).tolist()
    columns, place = [], (1 + len(lengths)) * _LENGTH.itemsize
    for length in lengths:
        shuffled = np.frombuffer(raw, np.uint8, 8 * length, place).reshape(8, length)
        columns.append(np.ascontiguousarray(shuffled.T).view(np.int64).reshape(length))
        place += 8 * length
    return columns
