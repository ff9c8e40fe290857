"""Blocks of points as arrays: decompressed, checked, and grouped by series (layout: ``pellucid.base.points``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import zstandard
from numpy.typing import NDArray

from pellucid.base.points import EMPTY, POINT_SIZE, VOID
from pellucid.store.errors import BadQueryError
from pellucid.store.records import PointsBlock

SLOT: Final = np.dtype([("iteration", "<i8"), ("time", "<i8"), ("value", "<f8"), ("number", "<u4")])
"""One point; ``time`` in nanoseconds since the epoch."""

MOST_SLOTS: Final = 1 << 22
"""Slots of one block at most, 117 MB: what a few hostile bytes can make the server allocate."""

Slots: TypeAlias = NDArray[np.void]
"""An array of ``SLOT``."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A block, decoded. ``data`` is what to store for it: the compressed bytes as they came, whenever possible."""

    slots: Slots
    series: dict[int, tuple[str, str]]
    data: bytes

    def after(self, skip: int) -> Batch:
        """The batch without its first slots, which are stored already."""
        if skip == 0:
            return self
        rest = self.slots[skip:]
        return Batch(rest, self.series, zstandard.compress(rest.tobytes()))


@dataclass(frozen=True, slots=True)
class Grouped:
    """Points in runs of one group each; within a run they are in the order in which they were given.

    Attributes:
        group: which group each run belongs to, rising.
        starts: where each run begins.
        iteration, time, value: the columns of all runs, one after the other; time in nanoseconds.
    """

    group: NDArray[np.intp]
    starts: NDArray[np.intp]
    iteration: NDArray[np.int64]
    time: NDArray[np.int64]
    value: NDArray[np.float64]

    @property
    def lengths(self) -> NDArray[np.intp]:
        """How many points each run has."""
        return np.diff(self.starts, append=len(self.value))

    def __len__(self) -> int:
        return len(self.value)

    def only(self, groups: Collection[int]) -> Grouped:
        """The runs of some groups."""
        wanted = np.isin(self.group, np.fromiter(groups, np.intp, len(groups)))
        if wanted.all():
            return self
        kept = np.repeat(wanted, self.lengths)
        group = np.repeat(self.group, self.lengths)
        return from_sorted(group[kept], self.iteration[kept], self.time[kept], self.value[kept])

    def between(self, first: int, last: int) -> Grouped:
        """The points from one iteration to another, both included."""
        kept = (self.iteration >= first) & (self.iteration <= last)
        group = np.repeat(self.group, self.lengths)
        return from_sorted(group[kept], self.iteration[kept], self.time[kept], self.value[kept])

    def part(self, begin: int, end: int) -> Grouped:
        """The points from one place to another."""
        cut = slice(begin, end)
        group = np.repeat(self.group, self.lengths)
        return from_sorted(group[cut], self.iteration[cut], self.time[cut], self.value[cut])


def decode(block: PointsBlock) -> Batch:
    """Decompress and check what came from outside. Raises BadQueryError."""
    if not 0 <= block.count <= MOST_SLOTS or block.offset < 0:
        raise BadQueryError(f"points: {block.count} slots at {block.offset}; up to {MOST_SLOTS} at 0 or later can be")
    batch = Batch(decompress(block.data, block.count), block.series, block.data)
    numbers = np.unique(batch.slots["number"][is_point(batch.slots)])
    if nameless := sorted(set(numbers.tolist()) - set(block.series)):
        raise BadQueryError(f"points: series numbers {nameless[:5]} have no name")
    return batch


def decompress(data: bytes, count: int) -> Slots:
    """The slots of a block; never allocates more than they take. Raises BadQueryError."""
    size = count * POINT_SIZE
    if size == 0:
        return np.empty(0, SLOT)
    try:
        # A size in the frame's header takes precedence over the limit, so it is compared first.
        if zstandard.frame_content_size(data) not in (size, -1):
            raise BadQueryError(f"points: the data is not {count} slots of {POINT_SIZE} bytes")
        raw = zstandard.ZstdDecompressor().decompress(data, max_output_size=size, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise BadQueryError(f"points: the data is not {count} slots, compressed with Zstandard: {error}") from error
    if len(raw) != size:
        raise BadQueryError(f"points: the data is {len(raw)} bytes, not {count} slots of {POINT_SIZE}")
    return np.frombuffer(raw, SLOT)


def is_point(slots: Slots) -> NDArray[np.bool_]:
    """Which slots hold a point: neither unfinished nor given up."""
    number = slots["number"]
    mask: NDArray[np.bool_] = (number != EMPTY) & (number != VOID)
    return mask


def grouped(slots: Slots, groups: Mapping[int, int]) -> Grouped:
    """Bring the points of each group together.

    Args:
        slots: what to group; those that are no points are passed over.
        groups: series number to group, for all numbers that occur.
    """
    mask = is_point(slots)
    if not mask.all():
        slots = slots[mask]
    numbers = np.array(sorted(groups), dtype=np.uint32)
    group_of = np.array([groups[number] for number in numbers.tolist()], dtype=_smallest_unsigned(groups.values()))
    group = group_of[np.searchsorted(numbers, slots["number"])]
    return gathered(group, slots["iteration"], slots["time"], slots["value"])


def gathered(group: NDArray[Any], iteration: NDArray[Any], time: NDArray[Any], value: NDArray[Any]) -> Grouped:
    """Sort columns by group, keeping the order within each."""
    if not (group[1:] >= group[:-1]).all():
        order = np.argsort(group, kind="stable")
        group, iteration, time, value = group[order], iteration[order], time[order], value[order]
    return from_sorted(group, iteration, time, value)


def from_sorted(group: NDArray[Any], iteration: NDArray[Any], time: NDArray[Any], value: NDArray[Any]) -> Grouped:
    """Columns that are sorted by group."""
    starts = np.flatnonzero(np.diff(group, prepend=group[:1] + 1))
    return Grouped(
        group[starts].astype(np.intp),
        starts,
        np.ascontiguousarray(iteration),
        np.ascontiguousarray(time),
        np.ascontiguousarray(value),
    )


def place_of(points: Grouped, key: tuple[int, int]) -> int:
    """Of points by (group, iteration), the place of the first one that is not before a key."""
    run = int(np.searchsorted(points.group, key[0]))
    if run == len(points.group):
        return len(points)
    start, length = int(points.starts[run]), int(points.lengths[run])
    if points.group[run] != key[0]:
        return start
    return start + int(np.searchsorted(points.iteration[start : start + length], key[1]))


def _smallest_unsigned(values: Any) -> np.dtype[Any]:
    """NumPy sorts 8 and 16 bits by counting, in a fraction of the time that wider ones take."""
    return np.min_scalar_type(max(values, default=0))
