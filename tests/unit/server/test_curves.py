"""Curves for a screen."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid.server.curves import rows_by_iteration, sampled
from pellucid.store.records import Points


def points(values: list[float], *, step: int = 1) -> Points:
    """A series with one value every ``step`` iterations and every second."""
    count = len(values)
    return Points(
        iteration=np.arange(count, dtype=np.int64) * step,
        time=np.arange(count, dtype=np.int64) * 1000,
        value=np.array(values, dtype=np.float64),
    )


def test_a_short_series_is_exact() -> None:
    """Nothing is averaged."""
    curve = sampled(points([1.0, 3.0, 2.0]), "s", samples=3, axis="iter")

    assert (curve.name, curve.x, curve.y) == ("s", [0, 1, 2], [1.0, 3.0, 2.0])


def test_a_long_series_is_averaged_in_equal_stretches() -> None:
    """Each point stands where its stretch begins."""
    curve = sampled(points([float(n) for n in range(10)], step=10), "s", samples=5, axis="iter")

    assert curve.x == [0, 19, 38, 57, 76]
    assert curve.y == [0.5, 2.5, 4.5, 6.5, 8.5]
    assert len(sampled(points([0.0] * 10_001), "s", samples=100, axis="iter").x) <= 100


@pytest.mark.parametrize(
    ("axis", "x"),
    [("timestamp", [0, 1000]), ("iso_time", ["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:01.000Z"])],
)
def test_the_axis_may_be_time(axis: str, x: list[object]) -> None:
    """In milliseconds, or as text with an offset."""
    assert sampled(points([1.0, 2.0]), "s", samples=10, axis=axis).x == x


def test_what_is_no_number_stays_so() -> None:
    """A stretch with NaN in it is NaN; the answer to clients says null."""
    curve = sampled(points([1.0, math.nan, 2.0, 2.0]), "s", samples=2, axis="iter")

    assert curve.y[0] is not None
    assert math.isnan(curve.y[0])
    assert curve.y[1] == 2.0


def test_an_axis_may_be_as_wide_as_numbers_are() -> None:
    """Its ends lie farther apart than a signed number reaches."""
    ends = np.array([-(2**63), 0, 2**63 - 1], np.int64)
    wide = Points(iteration=ends, time=np.zeros(3, np.int64), value=np.array([1.0, 2.0, 4.0]))

    curve = sampled(wide, "s", samples=2, axis="iter")

    assert (curve.x, curve.y) == ([-(2**63), 0], [1.0, 3.0])


@pytest.mark.parametrize("descending", [False, True])
def test_rows_of_all_curves_are_paged_by_iteration(descending: bool) -> None:
    """As the slow and obvious way has them, whatever the page."""
    curves = {("b", "x"): points([1.0, 2.0, 3.0]), ("a", "y"): points([4.0, 5.0], step=2), ("a", "x"): points([6.0])}
    rows = sorted(
        (int(iteration), title, series, float(value))
        for (title, series), curve in curves.items()
        for iteration, value in zip(curve.iteration, curve.value, strict=True)
    )
    expected = rows[::-1] if descending else rows

    for size in (1, 2, 4, 10):
        found = [
            (row.iteration, row.title, row.series, row.value)
            for offset in range(0, 10, size)
            for row in rows_by_iteration(curves, offset=offset, limit=size, descending=descending)
        ]
        assert found == expected
    assert rows_by_iteration({}, offset=0, limit=5) == []
