"""Files of points as their writer sees them."""

from __future__ import annotations

import struct
import threading
from pathlib import Path

import pytest

from pellucid.base.points import POINT, POINT_SIZE
from pellucid.journal.format import POINTS_HEADER, points_file
from pellucid.journal.segment import NextSlot, Segment


def test_a_slot_is_given_out_once() -> None:
    """Whoever uses the number takes the slot."""
    slot = NextSlot()
    buffer = bytearray(POINTS_HEADER.size + 3 * POINT_SIZE)
    for number in (1, 2, 3):
        POINT.pack_into(buffer, slot, 0, 0, 0.0, number)  # type: ignore[arg-type]
    with pytest.raises(struct.error):
        POINT.pack_into(buffer, slot, 0, 0, 0.0, 4)  # type: ignore[arg-type]

    assert [number for *_, number in POINT.iter_unpack(buffer[POINTS_HEADER.size :])] == [1, 2, 3]


def test_all_who_find_a_segment_full_go_on_in_the_same_one(tmp_path: Path) -> None:
    """However many threads come at once, there is one file, and no segment is skipped."""
    full, found = Segment.before_first(), []
    gate = threading.Barrier(8)

    def go_on() -> None:
        gate.wait()
        found.append(full.following(tmp_path, "w"))

    threads = [threading.Thread(target=go_on) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(map(id, found))) == 1
    assert list(tmp_path.iterdir()) == [points_file(tmp_path, "w", 0)]


def test_segments_follow_each_other_without_gap(tmp_path: Path) -> None:
    """Each knows the position of its first slot."""
    first = Segment.before_first().following(tmp_path, "w")
    second = first.following(tmp_path, "w")

    assert (first.index, first.first, second.index, second.first) == (0, 0, 1, first.capacity)
    magic, _, size, position = POINTS_HEADER.unpack(bytes(second.buffer[: POINTS_HEADER.size]))
    assert (magic, size, position) == (b"PLCPOINT", POINT_SIZE, first.capacity)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_filled_counts_the_points(tmp_path: Path, count: int) -> None:
    """By looking at the slots, as the counter can't be asked without moving it."""
    segment = Segment.before_first().following(tmp_path, "w")
    for _ in range(count):
        POINT.pack_into(segment.buffer, segment.next_slot, 0, 0, 0.0, 1)  # type: ignore[arg-type]

    assert segment.filled() == count
