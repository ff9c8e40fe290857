"""What one block of points adds to what is known of its series, computed for all series at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pellucid.store.slots import Grouped


@dataclass(frozen=True, slots=True, kw_only=True)
class Summaries:
    """A summary for each run of a ``Grouped``; the names are those of the table of series.

    ``least`` and ``greatest`` are NaN where every value is.
    """

    last: NDArray[np.float64]
    last_iteration: NDArray[np.int64]
    last_nanoseconds: NDArray[np.int64]
    least: NDArray[np.float64]
    least_iteration: NDArray[np.int64]
    greatest: NDArray[np.float64]
    greatest_iteration: NDArray[np.int64]
    first: NDArray[np.float64]
    first_iteration: NDArray[np.int64]
    count: NDArray[np.intp]
    total: NDArray[np.float64]


def summarise(points: Grouped) -> Summaries:
    """The summaries of all runs of points, of which there is at least one."""
    iteration, value, starts = points.iteration, points.value, points.starts
    last = _last(points)
    # The first of the least values: NaN is passed over, and equal ones do not count as better.
    lengths = points.lengths
    least = first_of_each(value == _spread(points, np.fmin.reduceat(value, starts)), starts, lengths)
    greatest = first_of_each(value == _spread(points, np.fmax.reduceat(value, starts)), starts, lengths)
    with np.errstate(invalid="ignore", over="ignore"):  # inf - inf, and sums beyond the greatest float
        total = np.add.reduceat(value, starts)
    return Summaries(
        last=value[last],
        last_iteration=iteration[last],
        last_nanoseconds=points.time[last],
        least=value[least],
        least_iteration=iteration[least],
        greatest=value[greatest],
        greatest_iteration=iteration[greatest],
        first=value[starts],
        first_iteration=iteration[starts],
        count=lengths,
        total=total,
    )


def _last(points: Grouped) -> NDArray[np.intp]:
    """Of each run, where the greatest (iteration, time) is; of several such, the one given last."""
    latest = points.iteration == _spread(points, np.maximum.reduceat(points.iteration, points.starts))
    time = np.where(latest, points.time, np.iinfo(np.int64).min)
    latest &= time == _spread(points, np.maximum.reduceat(time, points.starts))
    found = np.flatnonzero(latest)
    return found[np.searchsorted(found, points.starts + points.lengths) - 1]


def first_of_each(mask: NDArray[np.bool_], starts: NDArray[np.intp], lengths: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of each run, the first place that is set, or its beginning if none is: all its values are NaN then."""
    found = np.append(np.flatnonzero(mask), len(mask))
    first = found[np.searchsorted(found, starts)]
    return np.where(first < starts + lengths, first, starts)


def _spread(points: Grouped, of_run: NDArray[Any]) -> NDArray[Any]:
    """A value of each run, repeated for each of its points."""
    return np.repeat(of_run, points.lengths)
