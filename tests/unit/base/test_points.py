"""The layout of a point is a promise to journals and databases that exist: it may not drift."""

from __future__ import annotations

import struct

from pellucid.base.points import EMPTY, POINT, POINT_SIZE


def test_layout_is_fixed() -> None:
    """28 bytes, little-endian: iteration, nanoseconds, value, series number last."""
    packed = POINT.pack(-(2**40), 1_700_000_000_000_000_000, 0.25, 7)

    assert len(packed) == POINT_SIZE == 28
    assert struct.unpack("<q", packed[:8]) == (-(2**40),)
    assert struct.unpack("<q", packed[8:16]) == (1_700_000_000_000_000_000,)
    assert struct.unpack("<d", packed[16:24]) == (0.25,)
    assert struct.unpack("<I", packed[24:]) == (7,)


def test_a_fresh_slot_is_empty() -> None:
    """Zeroed memory reads as a slot that was never finished."""
    assert POINT.unpack(bytes(POINT_SIZE))[3] == EMPTY
