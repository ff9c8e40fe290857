"""Rows of sorted points."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.store.chunks import CHUNK, decode_points, decode_spans, to_rows
from pellucid.store.slots import Grouped, from_sorted


def some(group: list[int], seed: int = 0) -> Grouped:
    """Points of these groups with times and values of any bytes; iterations rise within a group."""
    random = np.random.default_rng(seed)
    count = len(group)
    return from_sorted(
        np.array(group, np.intp),
        np.arange(count) * 3 - 7,
        random.integers(-(2**63), 2**63 - 1, count),
        random.integers(0, 2**63 - 1, count).view(np.float64),
    )


@pytest.mark.parametrize("lengths", [{5: 1}, {1: 3, 2: 1, 9: 2000}, {4: CHUNK, 7: CHUNK + 1}])
def test_points_come_back_to_the_bit(lengths: dict[int, int]) -> None:
    """Whatever their values; a row says where its points begin and end."""
    points = some([group for group, length in lengths.items() for _ in range(length)])
    rows = list(to_rows("task", points, level=1, age=2))

    assert [row["count"] for row in rows] == [CHUNK] * (len(points) // CHUNK) + [len(points) % CHUNK]
    assert (rows[0]["first_series"], rows[0]["first_iteration"]) == (points.group[0], -7)
    assert (rows[-1]["last_series"], rows[-1]["last_iteration"]) == (points.group[-1], points.iteration[-1])
    parts = [decode_points(row["data"]) for row in rows]
    assert np.concatenate([part.iteration for part in parts]).tolist() == points.iteration.tolist()
    assert np.concatenate([part.time for part in parts]).tolist() == points.time.tolist()
    assert np.concatenate([part.value for part in parts]).tobytes() == points.value.tobytes()
    found = np.concatenate([np.repeat(part.group, part.lengths) for part in parts])
    assert found.tolist() == np.repeat(points.group, points.lengths).tolist()


def test_iterations_may_be_as_far_apart_as_numbers_are() -> None:
    """Differences that have no room go around."""
    ends = np.array([-(2**63), 2**63 - 1])
    (row,) = to_rows("task", from_sorted(np.array([1, 1]), ends, ends, np.zeros(2)), level=1, age=1)

    assert decode_points(row["data"]).iteration.tolist() == ends.tolist()
    assert decode_points(row["data"]).time.tolist() == ends.tolist()


def test_only_long_series_have_stretches() -> None:
    """Of the others it is only said where they are."""
    (row,) = to_rows("task", some([1] * 10 + [2] * 2000 + [3] * 5), level=1, age=1)
    short, long, last = decode_spans(row["stretches"])

    assert (short.series, short.first, short.last, short.stretches) == (1, -7, 20, None)
    assert (last.series, last.stretches) == (3, None)
    assert long.stretches is not None
    assert (len(long.stretches.count), long.stretches.count.sum()) == (32, 2000)
    assert (long.stretches.first.iteration[0], long.stretches.last.iteration[-1]) == (long.first, long.last)


def test_nothing_makes_no_rows() -> None:
    """As when all there was were single values."""
    assert list(to_rows("task", some([]), level=1, age=1)) == []
