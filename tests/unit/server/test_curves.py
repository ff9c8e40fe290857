"""Curves for a screen."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
import pytest

from pellucid.server.curves import outlines, sampled
from pellucid.store.opening import open_store
from pellucid.store.records import Outline, Points
from pellucid.testing.store_samples import NAMES, NOON, a_task, slots
from pellucid.testing.store_samples import points as a_block


def points(values: list[float], *, step: int = 1) -> Points:
    """A series with one value every ``step`` iterations and every second."""
    count = len(values)
    return Points(
        iteration=np.arange(count, dtype=np.int64) * step,
        time=np.arange(count, dtype=np.int64) * 1000,
        value=np.array(values, dtype=np.float64),
    )


@pytest.mark.parametrize("envelope", [False, True])
def test_a_short_series_is_exact(envelope: bool) -> None:
    """Nothing is left out; each point is its own envelope."""
    curve = sampled(points([1.0, 3.0, 2.0]), "s", samples=3, axis="iter", envelope=envelope)

    assert (curve.name, curve.x, curve.y) == ("s", [0, 1, 2], [1.0, 3.0, 2.0])
    assert (curve.y_min, curve.y_max) == (([1.0, 3.0, 2.0],) * 2 if envelope else (None, None))


def test_a_long_series_shows_the_extremes_of_each_piece() -> None:
    """Where they are, and its own ends."""
    values = [5.0, 5.0, 9.0, 5.0, 1.0, 5.0, 5.0, 5.0, 8.0, 2.0, 5.0, 5.0]
    curve = sampled(points(values, step=10), "s", samples=6, axis="iter")

    assert curve.x == [0, 20, 40, 80, 90, 110]
    assert curve.y == [5.0, 9.0, 1.0, 8.0, 2.0, 5.0]


def test_an_envelope_has_means_and_bounds() -> None:
    """Of pieces of the axis, which begin where their first point does."""
    curve = sampled(points([float(n) for n in range(10)], step=10), "s", samples=5, axis="iter", envelope=True)

    assert curve.x == [0, 20, 40, 60, 80]
    assert curve.y == [0.5, 2.5, 4.5, 6.5, 8.5]
    assert curve.y_min == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert curve.y_max == [1.0, 3.0, 5.0, 7.0, 9.0]


@pytest.mark.parametrize("envelope", [False, True])
@pytest.mark.parametrize("axis", ["iter", "timestamp", "iso_time"])
@pytest.mark.parametrize("samples", [1, 2, 3, 4, 5, 100, 2000])
def test_no_spike_is_hidden(tmp_path: Path, samples: int, axis: str, envelope: bool) -> None:
    """However few samples there are, whether stretches or points are drawn; there are never more than asked for."""
    random_ = random.Random(samples)
    values = [random_.random() for _ in range(20_000)]
    values[random_.randrange(20_000)] = 99.0
    values[random_.randrange(20_000)] = -math.inf
    store = open_store(tmp_path)
    store.tasks.create(a_task())
    store.events.append("task", [a_block(slots(values))], NOON)
    drawn: list[Outline] = [points(values)]
    while store.events.compact("task"):
        pass
    drawn.append(outlines(store, "task", samples=samples)[NAMES[1]])
    store.close()

    for outline in drawn:
        curve = sampled(outline, "s", samples=samples, axis=axis, envelope=envelope)
        assert len(curve.x) == len(curve.y) <= samples
        assert curve.x == sorted(curve.x)
        if samples > 1 or envelope:
            assert 99.0 in (curve.y_max or curve.y)
            assert -math.inf in (curve.y_min or curve.y)


@pytest.mark.parametrize(
    ("axis", "x"),
    [("timestamp", [0, 1000]), ("iso_time", ["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:01.000Z"])],
)
def test_the_axis_may_be_time(axis: str, x: list[object]) -> None:
    """In milliseconds, or as text with an offset."""
    assert sampled(points([1.0, 2.0]), "s", samples=10, axis=axis).x == x


def test_time_may_run_against_iterations() -> None:
    """The axis that was asked for decides."""
    backwards = Points(
        iteration=np.arange(100), time=np.arange(100, 0, -1) * 1000, value=np.arange(100, dtype=np.float64)
    )

    for samples in (10, 100):
        curve = sampled(backwards, "s", samples=samples, axis="timestamp")
        assert (curve.x, curve.y) == (sorted(curve.x), sorted(curve.y, key=lambda y: -float(y or 0)))
        assert (curve.y[0], curve.y[-1]) == (99.0, 0.0)


def test_what_is_no_number_stays_so() -> None:
    """It is said beside the curve which one it was; NaN is shown where there is nothing else."""
    values = [math.nan, math.nan, 1.0, math.nan, math.inf, -math.inf, 3.0, 4.0]
    curve = sampled(points(values), "s", samples=8, axis="iter")
    assert curve.not_finite == {"0": "NaN", "1": "NaN", "3": "NaN", "4": "Infinity", "5": "-Infinity"}

    curve = sampled(points(values), "s", samples=7, axis="iter")
    assert repr(list(zip(curve.x, curve.y, strict=True))) == "[(0, nan), (2, 1.0), (4, inf), (5, -inf), (7, 4.0)]"
    assert sampled(points([1.0] * 9), "s", samples=4, axis="iter").not_finite is None


@pytest.mark.parametrize("envelope", [False, True])
def test_an_axis_may_be_as_wide_as_numbers_are(envelope: bool) -> None:
    """Its ends lie farther apart than a signed number reaches."""
    ends = np.array([-(2**63), 0, 2**63 - 1], np.int64)
    wide = Points(iteration=ends, time=np.zeros(3, np.int64), value=np.array([1.0, 2.0, 4.0]))

    curve = sampled(wide, "s", samples=2, axis="iter", envelope=envelope)

    assert curve.x == ([-(2**63), 0] if envelope else [-(2**63), 2**63 - 1])
    assert curve.y == ([1.0, 3.0] if envelope else [1.0, 4.0])
    curve = sampled(wide, "s", samples=1, axis="iter", envelope=envelope)
    assert curve.x == [-(2**63)]
