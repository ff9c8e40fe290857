"""Curves for a screen: many points averaged to few (protocol §2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pellucid.server.errors import ApiError
from pellucid.store.records import Points
from pellucid.wire.codes import ErrorCode
from pellucid.wire.events import Curve

DEFAULT_SAMPLES = 2000
MOST_SAMPLES = 6000
AXES = ("iter", "timestamp", "iso_time")


def sampled(points: Points, name: str, *, samples: int, axis: str) -> Curve:
    """A curve of at most so many points.

    Args:
        points: the whole series.
        name: its name.
        samples: with more points than this, each point of the curve is the mean of an equally wide stretch of the x
            axis, and stands where the stretch begins.
        axis: ``iter``, ``timestamp`` in milliseconds, or ``iso_time``.
    """
    x = points.iteration if axis == "iter" else points.time
    y = points.value
    if axis != "iter":
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    if len(x) > samples:
        x, y = _averaged(x, y, samples)
    labels: list[Any] = x.tolist()
    if axis == "iso_time":
        labels = [_iso(milliseconds) for milliseconds in labels]
    return Curve(name=name, x=labels, y=y.tolist())


class ScalarRow(NamedTuple):
    """One point with its names; time in milliseconds since the epoch."""

    title: str
    series: str
    iteration: int
    time: int
    value: float


def rows_by_iteration(
    curves: Mapping[tuple[str, str], Points], *, offset: int, limit: int, descending: bool = False
) -> list[ScalarRow]:
    """A page of the points of all curves by (iteration, title, series); only its rows become Python objects."""
    names = sorted(curves)
    if not names:
        return []
    points = [curves[name] for name in names]
    of_curve = np.repeat(np.arange(len(points)), [len(curve.iteration) for curve in points])
    iteration = np.concatenate([curve.iteration for curve in points])
    time = np.concatenate([curve.time for curve in points])
    value = np.concatenate([curve.value for curve in points])
    order = np.lexsort((of_curve, iteration))
    page = (order[::-1] if descending else order)[offset : offset + limit]
    columns = zip(*(column[page].tolist() for column in (of_curve, iteration, time, value)), strict=True)
    return [ScalarRow(*names[place], *rest) for place, *rest in columns]


def check_axis(axis: str | None) -> str:
    """The x axis asked for. Raises ApiError 400/12 with the allowed ones."""
    if axis is not None and axis not in AXES:
        raise ApiError(ErrorCode.VALIDATION, f"key is {axis!r}; allowed are {', '.join(AXES)}")
    return axis or "iter"


def _averaged(
    x: NDArray[np.int64], y: NDArray[np.float64], samples: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    first = int(x[0])
    width = (int(x[-1]) - first) // samples + 1
    # Unsigned, since the ends of the axis may lie farther apart than a signed number reaches.
    bucket = (x.astype(np.uint64) - np.uint64(first % 2**64)) // np.uint64(min(width, 2**64 - 1))
    starts = np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1]))
    counts = np.diff(starts, append=len(x))
    with np.errstate(invalid="ignore", over="ignore"):  # infinities and NaN stay what they are
        means = np.add.reduceat(y, starts) / counts
    begins = [first + number * width for number in bucket[starts].tolist()]
    return np.array(begins, np.int64), means


def _iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
