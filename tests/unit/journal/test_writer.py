"""The journal's writer, seen through what is read back."""

from __future__ import annotations

import errno
import logging
import math
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pellucid.base import log
from pellucid.base.errors import UsageError
from pellucid.base.points import POINT_SIZE
from pellucid.journal import segment, writer
from pellucid.journal.folder import is_writing, list_writers, writer_pid
from pellucid.journal.format import POINTS_HEADER, Position
from pellucid.journal.writer import Writer, announce_writer
from pellucid.testing.journal import read_journal, read_only_writer


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Writer]:
    """A writer into ``tmp_path``."""
    writer = Writer(tmp_path)
    yield writer
    writer.close()


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> int:
    """Files of ten points, so that few points need many files."""
    monkeypatch.setattr(segment, "SEGMENT_SIZE", POINTS_HEADER.size + 10 * POINT_SIZE)
    return 10


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No block can be allocated."""

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", refuse)


def test_what_is_reported_is_read_back_in_order_before_the_writer_is_closed(journal: Writer, tmp_path: Path) -> None:
    """Points and records, each in their order."""
    loss, accuracy = journal.next_series_number(), journal.next_series_number()
    journal.append_point(loss, 0, 0.5)
    journal.append_point(accuracy, 0, 1)
    journal.append(1, b"first")
    journal.append(2, b"")

    content = read_only_writer(tmp_path, ended=False)

    assert content.points == [(loss, 0, 0.5), (accuracy, 0, 1.0)]
    assert content.frames == [(1, b"first"), (2, b"")]
    assert content.damage == []


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e308, 5e-324, True])
@pytest.mark.parametrize("iteration", [0, -1, 2**63 - 1, -(2**63)])
def test_extreme_points_are_kept(journal: Writer, tmp_path: Path, iteration: int, value: float) -> None:
    """All of float64 and int64 fits."""
    journal.append_point(1, iteration, value)

    assert read_only_writer(tmp_path).points == [(1, iteration, float(value))]


def test_nan_is_kept(journal: Writer, tmp_path: Path) -> None:
    """NaN is a value like others."""
    journal.append_point(1, 0, math.nan)

    ((_, _, value),) = read_only_writer(tmp_path).points
    assert math.isnan(value)


@pytest.mark.parametrize(("iteration", "value"), [("1", 0.0), (1.5, 0.0), (2**63, 0.0), (1, "x"), (1, None)])
def test_what_is_no_number_is_refused_and_leaves_no_gap(
    journal: Writer, tmp_path: Path, iteration: Any, value: Any
) -> None:
    """The caller hears of it at once, and the points around it are not affected."""
    journal.append_point(1, 1, 1.0)
    with pytest.raises(TypeError, match="integer iteration and a number"):
        journal.append_point(1, iteration, value)
    journal.append_point(1, 2, 2.0)

    assert read_only_writer(tmp_path, ended=False).points == [(1, 1, 1.0), (1, 2, 2.0)]


@pytest.mark.usefixtures("small_segments")
def test_points_flow_over_from_file_to_file(journal: Writer, tmp_path: Path) -> None:
    """Order and positions go on across files, and no temporary file stays."""
    points = [(1, iteration, iteration / 7) for iteration in range(95)]
    for point in points:
        journal.append_point(*point)

    assert read_only_writer(tmp_path, limit=7).points == points
    assert journal.position().points == len(points)
    assert len(list(tmp_path.iterdir())) == 1 + 10


@pytest.mark.usefixtures("small_segments")
def test_threads_share_a_writer(journal: Writer, tmp_path: Path) -> None:
    """Nothing is lost, doubled or torn, and each thread's order is kept, even where files are opened all the time."""

    def report(number: int) -> None:
        for iteration in range(500):
            journal.append_point(number, iteration, 1.0)
            journal.append(number, str(iteration).encode())

    threads = [threading.Thread(target=report, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    content = read_only_writer(tmp_path, ended=False)
    for number in range(1, 5):
        assert [iteration for n, iteration, _ in content.points if n == number] == list(range(500))
        assert [int(payload) for n, payload in content.frames if n == number] == list(range(500))
    assert len(content.points) == len(content.frames) == 2000


def test_the_position_is_behind_the_last_record(journal: Writer) -> None:
    """It is in bytes of the file, and grows."""
    journal.append(1, b"x" * 100)
    first = journal.position().frames
    journal.append(1, b"")
    second = journal.position().frames

    assert 100 < first < second
    assert journal.position() == Position(points=0, frames=second)


def test_a_huge_record_is_refused(journal: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how much is too much."""
    monkeypatch.setattr(writer, "MAX_PAYLOAD", 10)
    with pytest.raises(UsageError, match="11 bytes are too many"):
        journal.append(1, b"x" * 11)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_loses_points_without_raising(
    journal: Writer, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are counted, told once, and reporting goes on when there is room again."""
    before = log.troubles().get("journal.points", 0)
    with caplog.at_level(logging.WARNING, "pellucid"):
        for iteration in range(5):
            journal.append_point(1, iteration, 0.0)

    assert log.troubles()["journal.points"] == before + 5
    assert len(caplog.records) <= 1
    assert not list(tmp_path.glob("*.points*"))
    assert not list(tmp_path.glob("*.new"))

    monkeypatch.undo()
    monkeypatch.setattr(journal, "_disk_pause_ends", 0.0)
    journal.append_point(1, 9, 9.0)
    assert read_only_writer(tmp_path).points == [(1, 9, 9.0)]


def test_after_close_nothing_raises_and_nothing_is_written(tmp_path: Path) -> None:
    """Closing twice is closing once; the position stays."""
    journal = Writer(tmp_path)
    journal.append_point(1, 0, 0.0)
    journal.append(1, b"last")
    end = journal.position().frames
    journal.close()
    journal.close()

    journal.append_point(1, 1, 1.0)

    journal.append(1, b"late")
    assert journal.position().frames == end
    assert journal.position() == Position(points=1, frames=end)
    content = read_only_writer(tmp_path)
    assert (len(content.points), content.frames) == (1, [(1, b"last")])


def test_writers_of_one_folder_have_names_of_their_own(tmp_path: Path) -> None:
    """Each process, and each run within a process, writes files of its own."""
    writers = [Writer(tmp_path) for _ in range(3)]
    for number, one in enumerate(writers):
        one.append(1, str(number).encode())
        one.close()

    assert set(read_journal(tmp_path)) == {one.name for one in writers}
    assert all(one.name.startswith(f"{os.getpid()}-") for one in writers)


@pytest.mark.usefixtures("small_segments")
def test_files_are_let_go_of(tmp_path: Path) -> None:
    """Neither descriptors nor mappings grow with the number of points."""

    def held() -> tuple[int, int]:
        maps = Path("/proc/self/maps").read_text()
        return len(os.listdir("/proc/self/fd")), maps.count(str(tmp_path))

    before = held()
    journal = Writer(tmp_path)
    for iteration in range(200):
        journal.append_point(1, iteration, 0.0)

    descriptors, maps = held()
    assert (descriptors - before[0], maps - before[1]) == (2, 1)  # the map holds a descriptor of its own
    journal.close()
    assert held() == before


def test_a_process_that_is_announced_counts_as_writing_until_it_is_gone(tmp_path: Path) -> None:
    """Though it has written nothing."""
    with subprocess.Popen(["sleep", "60"]) as process:
        announce_writer(tmp_path, process.pid)
        (name,) = list_writers(tmp_path)

        assert writer_pid(name) == process.pid
        assert is_writing(tmp_path, name)
        process.kill()
    assert not is_writing(tmp_path, name)


def test_a_process_that_is_gone_is_not_announced(tmp_path: Path) -> None:
    """Its number may be another's by now."""
    with subprocess.Popen(["true"]) as process:
        pass
    announce_writer(tmp_path, process.pid)

    assert list_writers(tmp_path) == []
