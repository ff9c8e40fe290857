"""Stored blocks of a task put together to one curve for each series."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pellucid.base.points import SINGLE_VALUE_ITERATION
from pellucid.store.records import Points
from pellucid.store.slots import Grouped, gathered


def curves(blocks: Sequence[Grouped]) -> dict[int, Points]:
    """The points of each group over all blocks, in the order in which they were stored; single values left out."""
    if not blocks:
        return {}
    together = gathered(
        np.concatenate([np.repeat(block.group, block.lengths) for block in blocks]),
        np.concatenate([block.iteration for block in blocks]),
        np.concatenate([block.time for block in blocks]),
        np.concatenate([block.value for block in blocks]),
    )
    found = {}
    for group, start, length in zip(together.group.tolist(), together.starts, together.lengths, strict=True):
        run = slice(start, start + length)
        curve = _curve(together.iteration[run], together.time[run], together.value[run])
        if len(curve.iteration):
            found[group] = curve
    return found


def _curve(iteration: NDArray[np.int64], time: NDArray[np.int64], value: NDArray[np.float64]) -> Points:
    """Sort by iteration and keep the most recent value of each: by time, and of one time the one stored last."""
    if not (iteration[1:] > iteration[:-1]).all():
        order = np.lexsort((time, iteration))
        iteration, time, value = iteration[order], time[order], value[order]
        kept = np.append(iteration[1:] != iteration[:-1], True)
        iteration, time, value = iteration[kept], time[kept], value[kept]
    if len(iteration) and iteration[0] <= SINGLE_VALUE_ITERATION:
        kept = iteration != SINGLE_VALUE_ITERATION
        iteration, time, value = iteration[kept], time[kept], value[kept]
    return Points(iteration=iteration, time=time // 1_000_000, value=value)
