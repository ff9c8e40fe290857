"""Points that follow each other in a series taken together, so that a long curve is drawn from few numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pellucid.store.records import Points, Stretches
from pellucid.store.slots import Grouped
from pellucid.store.summaries import first_of_each

STRETCH: Final = 64
"""Points in a stretch; the last one of a chunk or series may be shorter."""

_NANOSECONDS = 1_000_000


def stretched(points: Grouped) -> tuple[NDArray[np.int64], Stretches]:
    """The stretches of sorted points, none across two groups, and how many each group has."""
    counts = -(-points.lengths // STRETCH)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    starts = np.repeat(points.starts, counts) + within * STRETCH
    ends = np.append(starts[1:], len(points))
    value = points.value
    if not len(starts):
        nothing = points_at(points, starts)
        return counts, Stretches(
            count=starts, total=nothing.value, first=nothing, last=nothing, least=nothing, greatest=nothing
        )
    lengths = ends - starts
    with np.errstate(invalid="ignore", over="ignore"):  # inf - inf, and sums beyond the greatest float
        total = np.add.reduceat(value, starts)
    least = first_of_each(value == np.repeat(np.fmin.reduceat(value, starts), lengths), starts, lengths)
    greatest = first_of_each(value == np.repeat(np.fmax.reduceat(value, starts), lengths), starts, lengths)
    return counts, Stretches(
        count=lengths,
        total=total,
        first=points_at(points, starts),
        last=points_at(points, ends - 1),
        least=points_at(points, least),
        greatest=points_at(points, greatest),
    )


def points_at(points: Grouped, places: NDArray[np.intp]) -> Points:
    """Some of the points."""
    return Points(
        iteration=points.iteration[places], time=points.time[places] // _NANOSECONDS, value=points.value[places]
    )


def to_columns(stretches: Stretches) -> list[NDArray[np.int64]]:
    """The numbers of stretches, eight bytes each."""
    columns = [stretches.count, stretches.total]
    for points in (stretches.first, stretches.last, stretches.least, stretches.greatest):
        columns += [points.iteration, points.time, points.value]
    return [column.view(np.int64) for column in columns]


def from_columns(columns: Sequence[NDArray[np.int64]]) -> Stretches:
    """The other way round."""
    count, total, *points = columns
    ends = [
        Points(iteration=points[place], time=points[place + 1], value=points[place + 2].view(np.float64))
        for place in range(0, len(points), 3)
    ]
    return Stretches(
        count=count, total=total.view(np.float64), first=ends[0], last=ends[1], least=ends[2], greatest=ends[3]
    )


def joined(parts: Sequence[Stretches]) -> Stretches:
    """Stretches one after the other."""
    columns = zip(*(to_columns(part) for part in parts), strict=True)
    return from_columns([np.concatenate(column) for column in columns])
