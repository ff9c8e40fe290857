"""Journals of what happened elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.base.points import POINT
from pellucid.journal.folder import is_writing, list_writers
from pellucid.journal.frames import Frame
from pellucid.journal.reader import FramesReader, PointsReader
from pellucid.journal.transcript import Transcript


def write(folder: Path, values: int) -> None:
    """A transcript with so many points, and a record."""
    folder.mkdir()
    with Transcript(folder, "metrics") as transcript:
        transcript.append(2, b"a record")
        number, _ = transcript.series("loss", "train")
        for iteration in range(values):
            transcript.append_point(number, iteration, 1_000 + iteration, 0.5)


def test_it_is_read_like_any_journal(tmp_path: Path) -> None:
    """With the times that were given; nobody writes it any more."""
    write(tmp_path / "run", 3)

    (writer,) = list_writers(tmp_path / "run")
    assert not is_writing(tmp_path / "run", writer)
    (frame,) = FramesReader(tmp_path / "run", writer).read(1 << 20, ended=True)
    assert isinstance(frame, Frame)
    assert (frame.kind, frame.payload) == (2, b"a record")
    points = PointsReader(tmp_path / "run", writer).read(100, ended=True)
    assert points is not None
    assert list(POINT.iter_unpack(points.data)) == [(0, 1_000, 0.5, 1), (1, 1_001, 0.5, 1), (2, 1_002, 0.5, 1)]


def test_more_input_makes_the_same_bytes_longer(tmp_path: Path) -> None:
    """So that positions in the shorter one hold in the longer one."""
    write(tmp_path / "first", 2)
    write(tmp_path / "second", 3)

    for path in (tmp_path / "first").iterdir():
        assert (tmp_path / "second" / path.name).read_bytes().startswith(path.read_bytes())


def test_a_series_is_new_once(tmp_path: Path) -> None:
    """Each has a number of its own."""
    with Transcript(tmp_path, "metrics") as transcript:
        assert transcript.series("loss", "train") == (1, True)
        assert transcript.series("loss", "test") == (2, True)
        assert transcript.series("loss", "train") == (1, False)


def test_a_name_is_used_once(tmp_path: Path) -> None:
    """Nobody's journal is written over."""
    with Transcript(tmp_path, "metrics"), pytest.raises(FileExistsError):
        Transcript(tmp_path, "metrics")
