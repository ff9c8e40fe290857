"""Reading a journal that grows, ends and is damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pellucid.base.points import POINT_SIZE
from pellucid.journal.format import FRAMES_HEADER, POINTS_HEADER, JournalVersionError, frames_file, points_file
from pellucid.journal.frames import Damage, Frame, encode_frame
from pellucid.journal.reader import FramesReader, PointsReader
from pellucid.journal.writer import Writer
from pellucid.testing.journal import read_only_writer


@pytest.fixture
def journal(tmp_path: Path) -> Writer:
    """A writer with the records ``one`` and ``two`` and five points."""
    journal = Writer(tmp_path)
    journal.append(1, b"one")
    journal.append(1, b"two")
    for iteration in range(5):
        journal.append_point(1, iteration, 0.5)
    return journal


def payloads(items: list[Frame | Damage]) -> list[bytes | Damage]:
    """Records as their payloads."""
    return [item.payload if isinstance(item, Frame) else item for item in items]


def test_a_reader_goes_on_where_it_stopped(journal: Writer, tmp_path: Path) -> None:
    """What is new is read, what was read is not read again."""
    frames, points = FramesReader(tmp_path, journal.name), PointsReader(tmp_path, journal.name)
    assert payloads(frames.read(1000, ended=False)) == [b"one", b"two"]
    assert (batch := points.read(1000, ended=False)) is not None
    assert batch.count == 5
    assert frames.read(1000, ended=False) == []
    assert points.read(1000, ended=False) is None

    journal.append(1, b"three")
    journal.append_point(7, 5, 0.5)

    assert payloads(frames.read(1000, ended=False)) == [b"three"]
    assert (batch := points.read(1000, ended=False)) is not None
    assert (batch.first, batch.count, batch.numbers) == (5, 1, frozenset({7}))


def test_another_reader_goes_on_from_a_position(journal: Writer, tmp_path: Path) -> None:
    """A position is all that has to be remembered."""
    first = FramesReader(tmp_path, journal.name).read(1000, ended=False)[0]

    assert payloads(FramesReader(tmp_path, journal.name, first.end).read(1000, ended=False)) == [b"two"]
    assert (batch := PointsReader(tmp_path, journal.name, 3).read(1000, ended=False)) is not None
    assert (batch.first, batch.count) == (3, 2)


def test_limits_are_kept_but_a_long_record_comes_whole(journal: Writer, tmp_path: Path) -> None:
    """A limit shorter than the record does not stop the reader."""
    journal.append(1, b"x" * 10_000)
    frames = FramesReader(tmp_path, journal.name)

    assert payloads(frames.read(20, ended=False)) == [b"one"]
    assert payloads(frames.read(20, ended=False)) == [b"two"]
    assert payloads(frames.read(20, ended=False)) == [b"x" * 10_000]
    assert (batch := PointsReader(tmp_path, journal.name).read(2, ended=False)) is not None
    assert batch.count == 2


@pytest.mark.parametrize("cut", [1, 4, 12, 13, 15])
def test_an_incomplete_record_is_waited_for_then_reported(journal: Writer, tmp_path: Path, cut: int) -> None:
    """While its writer lives the rest may come; afterwards it is torn."""
    path = frames_file(tmp_path, journal.name)
    frame, end = encode_frame(1, b"three"), path.stat().st_size
    with path.open("ab") as file:
        file.write(frame[:cut])
    frames = FramesReader(tmp_path, journal.name)

    assert payloads(frames.read(1000, ended=False)) == [b"one", b"two"]
    assert frames.read(1000, ended=False) == []
    assert frames.read(1000, ended=True) == [Damage(end, end + cut)]
    assert frames.read(1000, ended=True) == []


@pytest.mark.parametrize("at", [0, 5, 9, 12, 14])
def test_damage_is_passed_over_and_reported(journal: Writer, tmp_path: Path, at: int) -> None:
    """A flipped byte, wherever it is, costs one record."""
    path = frames_file(tmp_path, journal.name)
    with path.open("r+b") as file:
        file.seek(FRAMES_HEADER.size + at)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 0x55]))
    start, length = FRAMES_HEADER.size, len(encode_frame(1, b"one"))

    items = FramesReader(tmp_path, journal.name).read(1000, ended=False)

    assert payloads(items) == [Damage(start, start + length), b"two"]


def test_a_record_torn_by_a_full_disk_does_not_hide_the_next(journal: Writer, tmp_path: Path) -> None:
    """The torn record's length covers the records behind it; they are found all the same."""
    with frames_file(tmp_path, journal.name).open("ab") as file:
        file.write(encode_frame(1, b"x" * 500)[:100])
    journal.append(1, b"three")

    content = read_only_writer(tmp_path, ended=False, limit=50)

    assert [payload for _, payload in content.frames] == [b"one", b"two", b"three"]
    assert [damage.end - damage.start for damage in content.damage] == [100]


def test_a_file_that_is_just_being_made_is_waited_for(tmp_path: Path) -> None:
    """A header that is not yet whole is no damage."""
    frames_file(tmp_path, "1-a").write_bytes(b"PLC")

    assert FramesReader(tmp_path, "1-a").read(1000, ended=False) == []
    assert PointsReader(tmp_path, "1-a").read(1000, ended=False) is None


@pytest.mark.parametrize(("offset", "byte", "reason"), [(0, b"X", "not a journal file"), (8, b"\x02", "version 2")])
def test_foreign_files_and_newer_versions_are_refused(
    journal: Writer, tmp_path: Path, offset: int, byte: bytes, reason: str
) -> None:
    """The error names the file."""
    for path in (frames_file(tmp_path, journal.name), points_file(tmp_path, journal.name, 0)):
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(byte)

    with pytest.raises(JournalVersionError, match=rf"\.frames.*{reason}"):
        FramesReader(tmp_path, journal.name).read(1000, ended=False)
    with pytest.raises(JournalVersionError, match=rf"\.points.*{reason}"):
        PointsReader(tmp_path, journal.name).read(1000, ended=False)


def test_points_behind_a_lost_page_are_read_once_nobody_writes(journal: Writer, tmp_path: Path) -> None:
    """A slot that was emptied by a loss of power holds up a reader only as long as it could still be filled."""
    with points_file(tmp_path, journal.name, 0).open("r+b") as file:
        file.seek(POINTS_HEADER.size + 2 * POINT_SIZE)
        file.write(bytes(POINT_SIZE))

    assert len(read_only_writer(tmp_path, ended=False).points) == 2
    assert [iteration for _, iteration, _ in read_only_writer(tmp_path, ended=True).points] == [0, 1, 3, 4]


def test_a_point_in_flight_is_not_read(journal: Writer, tmp_path: Path) -> None:
    """A slot without its number, as a dying process leaves it, is no point."""
    with points_file(tmp_path, journal.name, 0).open("r+b") as file:
        file.seek(POINTS_HEADER.size + 5 * POINT_SIZE)
        file.write(b"\x01" * (POINT_SIZE - 4))

    assert len(read_only_writer(tmp_path, ended=True).points) == 5


@pytest.fixture
def three_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Writer:
    """A writer with 25 points in files of ten."""
    monkeypatch.setattr("pellucid.journal.segment.SEGMENT_SIZE", POINTS_HEADER.size + 10 * POINT_SIZE)
    journal = Writer(tmp_path)
    for iteration in range(25):
        journal.append_point(1, iteration, 0.5)
    return journal


def test_a_lost_page_in_a_full_file_holds_up_nobody(three_files: Writer, tmp_path: Path) -> None:
    """A file that is followed by another one is complete, even while its writer lives."""
    with points_file(tmp_path, three_files.name, 1).open("r+b") as file:
        file.seek(POINTS_HEADER.size)
        file.write(bytes(3 * POINT_SIZE))

    content = read_only_writer(tmp_path, ended=False)

    assert [iteration for _, iteration, _ in content.points] == [*range(10), *range(13, 25)]


@pytest.mark.parametrize("size", [0, POINTS_HEADER.size - 1, POINTS_HEADER.size, POINTS_HEADER.size + POINT_SIZE - 1])
def test_a_file_that_was_cut_off_before_its_points(three_files: Writer, tmp_path: Path, size: int) -> None:
    """Has none; what stands in the next one is read all the same."""
    os.truncate(points_file(tmp_path, three_files.name, 1), size)

    points = read_only_writer(tmp_path, ended=True).points

    assert [iteration for _, iteration, _ in points] == [*range(10), *range(20, 25)]


def test_files_that_were_read_can_be_discarded(three_files: Writer, tmp_path: Path) -> None:
    """A reader that does not know of it starts at the first that is left, with the position that this has."""
    points = PointsReader(tmp_path, three_files.name)
    for _ in range(3):
        points.read(1000, ended=False)
    points.discard()
    three_files.append_point(1, 25, 0.5)

    assert [path.name for path in tmp_path.glob("*.points")] == [f"{three_files.name}.2.points"]
    assert (batch := PointsReader(tmp_path, three_files.name).read(1000, ended=False)) is not None
    assert (batch.first, batch.count) == (20, 6)
    assert (batch := points.read(1000, ended=False)) is not None
    assert (batch.first, batch.count) == (25, 1)


def test_of_a_writer_that_is_gone_all_files_can_be_discarded(three_files: Writer, tmp_path: Path) -> None:
    """The last one too; who reads again finds nothing."""
    points = PointsReader(tmp_path, three_files.name)
    while points.read(1000, ended=True) is not None:
        pass
    points.discard(ended=True)

    assert list(tmp_path.glob("*.points")) == []
    assert PointsReader(tmp_path, three_files.name, points.position).read(1000, ended=True) is None
