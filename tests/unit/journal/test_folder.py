"""Who writes into a run's folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pellucid.journal.folder import is_writing, list_writers, writer_pid, writer_process
from pellucid.journal.format import FRAMES_HEADER, frames_file
from pellucid.journal.writer import Writer

_WRITE = (
    "import sys, pathlib; from pellucid.journal.writer import Writer; print(Writer(pathlib.Path(sys.argv[1])).name)"
)


def test_a_writer_of_this_process_is_writing(tmp_path: Path) -> None:
    """It is listed, and its process is found."""
    journal = Writer(tmp_path)

    assert list_writers(tmp_path) == [journal.name]
    assert is_writing(tmp_path, journal.name)
    process = writer_process(tmp_path, journal.name)
    assert process is not None
    assert process.pid == writer_pid(journal.name) == os.getpid()


def test_a_writer_whose_process_has_ended_is_not(tmp_path: Path) -> None:
    """Its files stay."""
    name = subprocess.check_output([sys.executable, "-c", _WRITE, str(tmp_path)], text=True).strip()

    assert list_writers(tmp_path) == [name]
    assert not is_writing(tmp_path, name)


def test_a_process_that_was_given_the_same_pid_later_is_another_one(tmp_path: Path) -> None:
    """The start time tells them apart."""
    journal = Writer(tmp_path)
    path = frames_file(tmp_path, journal.name)
    magic, version, pid, start, boot = FRAMES_HEADER.unpack(path.read_bytes())
    path.write_bytes(FRAMES_HEADER.pack(magic, version, pid, start - 1, boot))

    assert not is_writing(tmp_path, journal.name)


def test_a_writer_that_is_just_starting_counts_as_writing(tmp_path: Path) -> None:
    """Its file has no header yet, but its pid runs."""
    frames_file(tmp_path, f"{os.getpid()}-0").touch()

    assert is_writing(tmp_path, f"{os.getpid()}-0")
