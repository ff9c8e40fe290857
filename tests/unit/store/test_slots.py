"""Blocks of points as arrays."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import zstandard

from pellucid.base.points import POINT, POINT_SIZE
from pellucid.store.errors import BadQueryError
from pellucid.store.slots import SLOT, decode, decompress, grouped
from pellucid.testing.store_samples import points, slots


def test_a_slot_is_the_journal_s_point() -> None:
    """The array's layout is the one that the training loop packs."""
    packed = np.frombuffer(POINT.pack(1, 2, 3.5, 4), SLOT)

    assert packed.dtype.itemsize == POINT_SIZE
    assert packed[0].item() == (1, 2, 3.5, 4)


@pytest.mark.parametrize("count", [1, 3, 300, 70_000])
def test_grouping_keeps_the_order_within_a_group(count: int) -> None:
    """However many groups there are: few of them are sorted in another way than many."""
    content = np.zeros(2 * count, SLOT)
    content["number"] = 10 + np.tile(np.arange(count), 2)
    content["iteration"] = np.repeat([0, 1], count)
    points = grouped(content, {10 + place: place for place in range(count)})

    assert points.group.tolist() == list(range(count))
    assert set(points.lengths.tolist()) == {2}
    assert points.iteration.tolist() == [0, 1] * count


def test_bytes_stay_as_they_came_unless_a_prefix_goes() -> None:
    """What is stored is what was sent; only a trimmed block is compressed again."""
    block = points(slots([1.0, 2.0, 3.0]))
    batch = decode(block)
    rest = batch.after(1)

    assert batch.after(0).data is block.data
    assert rest.slots.tobytes() == batch.slots[1:].tobytes()
    assert decompress(rest.data, 2).tobytes() == rest.slots.tobytes()


_ZEROS = bytes(1 << 26)
_LIE = b"\x28\xb5\x2f\xfd" + b"\xe0" + (1 << 60).to_bytes(8, "little") + b"\x01\x00\x00"
"""A frame of nothing, whose header promises an exabyte."""


@pytest.mark.parametrize(
    "data",
    [zstandard.compress(_ZEROS), zstandard.ZstdCompressor(write_content_size=False).compress(_ZEROS), _LIE],
    ids=["size told", "size untold", "size invented"],
)
def test_a_bomb_is_not_unpacked(data: bytes) -> None:
    """Memory is taken for the slots that the block claims to have, and no more."""
    bomb = replace(points(slots([1.0])), data=data)

    tracemalloc.start()
    with pytest.raises(BadQueryError, match="1 slots"):
        decode(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20
