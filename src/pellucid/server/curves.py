"""Curves for a screen: of many points those that a reader must see (protocol §2.6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pellucid.server.errors import ApiError
from pellucid.server.not_finite import texts_of
from pellucid.store.api import Store
from pellucid.store.records import Outline, Points, Stretches
from pellucid.store.stretches import STRETCH
from pellucid.store.summaries import first_of_each
from pellucid.wire.codes import ErrorCode
from pellucid.wire.scalars import Curve

DEFAULT_SAMPLES: Final = 2000
MOST_SAMPLES: Final = 6000
AXES: Final = ("iter", "timestamp", "iso_time")

_STRETCHES_A_SAMPLE: Final = 2
"""A series is drawn from stretches once it has so many of them for each point of the curve; stretches are not cut."""


def outlines(
    store: Store, task: str, *, samples: int, series: Collection[tuple[str, str]] | None = None
) -> dict[tuple[str, str], Outline]:
    """What curves of so many samples are drawn from."""
    return store.events.outlines(task, most=_STRETCHES_A_SAMPLE * STRETCH * samples, series=series)


def sampled(outline: Outline, name: str, *, samples: int, axis: str, envelope: bool = False) -> Curve:
    """A curve of at most so many points; of a series that has no more, all of them.

    The x axis is cut into equally wide pieces, and of each the points with the least and the greatest value are shown,
    so that no outlier is hidden; at the ends of the curve stand its first and last point, if there is room for four.
    NaN is shown where it is all there is in a piece.

    Args:
        outline: the series.
        name: its name.
        samples: how many points.
        axis: ``iter``, ``timestamp`` in milliseconds, or ``iso_time``.
        envelope: for each piece one point, which stands where its first point does and has the mean of the piece, with
            its least and its greatest value beside it.
    """
    if isinstance(outline, Points):
        if len(outline.value) <= samples:
            x, y = _in_order(outline, axis)
            return _curve(name, axis, x, y, bounds=(y, y) if envelope else None)
        outline = _one_by_one(outline)
    outline = _sorted(outline, axis)
    if envelope:
        starts = _pieces(_x(outline.first, axis), samples)
        with np.errstate(invalid="ignore", over="ignore"):  # infinities and NaN stay what they are
            mean = np.add.reduceat(outline.total, starts) / np.add.reduceat(outline.count, starts)
        least = np.fmin.reduceat(outline.least.value, starts)
        greatest = np.fmax.reduceat(outline.greatest.value, starts)
        return _curve(name, axis, _x(outline.first, axis)[starts], mean, bounds=(least, greatest))
    x, y = _in_order(_outstanding(outline, axis, samples), axis)
    return _curve(name, axis, x, y)


def check_axis(axis: str | None) -> str:
    """The x axis asked for. Raises ApiError 400/12 with the allowed ones."""
    if axis is not None and axis not in AXES:
        raise ApiError(ErrorCode.VALIDATION, f"key is {axis!r}; allowed are {', '.join(AXES)}")
    return axis or "iter"


def check_samples(samples: int | None) -> int:
    """The number of samples asked for, brought between the bounds."""
    return min(max(samples or DEFAULT_SAMPLES, 1), MOST_SAMPLES)


def labels(x: NDArray[np.int64], axis: str) -> list[Any]:
    """What stands on the axis, for JSON."""
    return [_iso(milliseconds) for milliseconds in x.tolist()] if axis == "iso_time" else x.tolist()


def _curve(
    name: str,
    axis: str,
    x: NDArray[np.int64],
    y: NDArray[np.float64],
    *,
    bounds: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
) -> Curve:
    least, greatest = (bound.tolist() for bound in bounds) if bounds else (None, None)
    return Curve(name=name, x=labels(x, axis), y=y.tolist(), y_min=least, y_max=greatest, not_finite=texts_of(y))


def _outstanding(outline: Stretches, axis: str, samples: int) -> Points:
    """The points with extreme values in each piece of the axis, and those at its ends."""
    has_ends = samples >= 4
    starts = _pieces(_x(outline.first, axis), max((samples - 2 * has_ends) // 2, 1))
    least = _taken(outline.least, _place_of_extreme(np.fmin, outline.least.value, starts))
    greatest = _taken(outline.greatest, _place_of_extreme(np.fmax, outline.greatest.value, starts))
    ends = [_taken(outline.first, [0]), _taken(outline.last, [-1])] if has_ends else []
    together = _joined([least, greatest, *ends])
    _, once = np.unique(together.iteration, return_index=True)
    return _taken(together, once[:samples])


def _place_of_extreme(extreme: np.ufunc, value: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.intp]:
    lengths = np.diff(starts, append=len(value))
    return first_of_each(value == np.repeat(extreme.reduceat(value, starts), lengths), starts, lengths)


def _pieces(x: NDArray[np.int64], count: int) -> NDArray[np.intp]:
    """Where equally wide pieces of a rising axis begin; those without a point are left out."""
    first = int(x[0])
    width = (int(x[-1]) - first) // count + 1
    # Unsigned, since the ends of the axis may lie farther apart than a signed number reaches.
    piece = (x.astype(np.uint64) - np.uint64(first % 2**64)) // np.uint64(min(width, 2**64 - 1))
    piece = np.minimum(piece, np.uint64(count - 1))
    return np.flatnonzero(np.append(True, piece[1:] != piece[:-1]))


def _x(points: Points, axis: str) -> NDArray[np.int64]:
    return points.iteration if axis == "iter" else points.time


def _in_order(points: Points, axis: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    x, y = _x(points, axis), points.value
    if axis != "iter":
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    return x, y


def _one_by_one(points: Points) -> Stretches:
    """Each point as a stretch."""
    count = np.ones(len(points.value), np.int64)
    return Stretches(count=count, total=points.value, first=points, last=points, least=points, greatest=points)


def _sorted(outline: Stretches, axis: str) -> Stretches:
    """Stretches by where they begin on the axis."""
    x = _x(outline.first, axis)
    if (x[1:] >= x[:-1]).all():
        return outline
    order = np.argsort(x, kind="stable")
    return Stretches(
        count=outline.count[order],
        total=outline.total[order],
        first=_taken(outline.first, order),
        last=_taken(outline.last, order),
        least=_taken(outline.least, order),
        greatest=_taken(outline.greatest, order),
    )


def _taken(points: Points, places: Any) -> Points:
    return Points(iteration=points.iteration[places], time=points.time[places], value=points.value[places])


def _joined(parts: list[Points]) -> Points:
    return Points(
        iteration=np.concatenate([part.iteration for part in parts]),
        time=np.concatenate([part.time for part in parts]),
        value=np.concatenate([part.value for part in parts]),
    )


def _iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
