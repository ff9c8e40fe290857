"""Stretches of points, as the slow and obvious way has them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid.store.slots import from_sorted
from pellucid.store.stretches import STRETCH, from_columns, joined, stretched, to_columns

VALUES = [0.5, math.nan, 3.0, -math.inf, 3.0, math.inf, -1.0]


@pytest.mark.parametrize("lengths", [[1], [STRETCH], [STRETCH + 1, 3], [7, 1000, 64]])
def test_each_stretch_has_its_ends_and_extremes(lengths: list[int]) -> None:
    """None goes across two groups; of equal extremes the first counts."""
    group = np.repeat(np.arange(len(lengths)), lengths)
    count = len(group)
    value = np.array([VALUES[place * place % 7] for place in range(count)])
    value[STRETCH : 2 * STRETCH] = math.nan
    points = from_sorted(group, np.arange(count), np.arange(count) * 1_000_000, value)
    counts, found = stretched(points)

    expected = [
        range(start, min(start + STRETCH, end))
        for begin, end in zip(points.starts.tolist(), np.cumsum(lengths).tolist(), strict=True)
        for start in range(begin, end, STRETCH)
    ]
    assert counts.tolist() == [math.ceil(length / STRETCH) for length in lengths]
    assert found.count.tolist() == [len(each) for each in expected]
    assert found.first.iteration.tolist() == [each[0] for each in expected]
    assert found.last.time.tolist() == [each[-1] for each in expected]
    for place, each in enumerate(expected):
        numbers = [at for at in each if not math.isnan(value[at])] or [each[0]]
        least = min(numbers, key=lambda at: value[at])
        greatest = max(numbers, key=lambda at: value[at])
        assert (found.least.iteration[place], found.greatest.iteration[place]) == (least, greatest)
        assert repr(found.least.value[place]) == repr(value[least])


def test_stretches_are_columns() -> None:
    """There and back, and one after the other."""
    points = from_sorted(np.zeros(200, np.intp), np.arange(200), np.arange(200), np.linspace(0, 1, 200))
    _, found = stretched(points)
    again = from_columns(to_columns(found))
    twice = joined([found, again])

    assert twice.count.tolist() == [64, 64, 64, 8] * 2
    assert twice.greatest.value.tolist() == found.greatest.value.tolist() * 2
    assert twice.total.tolist() == found.total.tolist() * 2
