"""Stored points put together to one curve for each series, each iteration once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pellucid.base.points import SINGLE_VALUE_ITERATION
from pellucid.store.records import Points
from pellucid.store.slots import Grouped, from_sorted, gathered

_NANOSECONDS = 1_000_000


def merged(parts: Sequence[Grouped]) -> Grouped:
    """The points of all parts by (group, iteration), each once; single values left out.

    Args:
        parts: in the order in which they were stored. Of an iteration that occurs more than once, the most recent value
            is kept: by time, and of one time the one stored last.
    """
    together = _together(parts)
    group = np.repeat(together.group, together.lengths)
    iteration, time, value = together.iteration, together.time, together.value
    one_group = group[1:] == group[:-1]
    if not (iteration[1:] > iteration[:-1])[one_group].all():
        order = np.lexsort((time, iteration, group))
        group, iteration, time, value = group[order], iteration[order], time[order], value[order]
        last_of_its_key = np.append((iteration[1:] != iteration[:-1]) | (group[1:] != group[:-1]), True)
        group, iteration, time, value = (each[last_of_its_key] for each in (group, iteration, time, value))
    with_iteration = iteration != SINGLE_VALUE_ITERATION
    if not with_iteration.all():
        group, iteration, time, value = (each[with_iteration] for each in (group, iteration, time, value))
    return from_sorted(group, iteration, time, value)


def curves(points: Grouped) -> dict[int, Points]:
    """The points of each group, times in milliseconds."""
    time = points.time // _NANOSECONDS
    found = {}
    for group, start, length in zip(
        points.group.tolist(), points.starts.tolist(), points.lengths.tolist(), strict=True
    ):
        run = slice(start, start + length)
        found[group] = Points(iteration=points.iteration[run], time=time[run], value=points.value[run])
    return found


def _together(parts: Sequence[Grouped]) -> Grouped:
    if len(parts) == 1:
        return parts[0]
    return gathered(
        _concatenated([np.repeat(part.group, part.lengths) for part in parts], np.intp),
        _concatenated([part.iteration for part in parts], np.int64),
        _concatenated([part.time for part in parts], np.int64),
        _concatenated([part.value for part in parts], np.float64),
    )


def _concatenated(columns: Sequence[NDArray[np.generic]], kind: type[np.generic]) -> NDArray[np.generic]:
    return np.concatenate(columns) if columns else np.empty(0, kind)
