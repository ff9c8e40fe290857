"""Tests of ``pellucid.hooks.weights``, with a small library that writes files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import pytest

from pellucid.hooks import guard
from pellucid.hooks.weights import File, loads, saves
from pellucid.testing.reports import RecordedReports


def save(value: str, target: str | Path | IO[str]) -> None:
    """Write a text."""
    if isinstance(target, str | Path):
        Path(target).write_text(value)
    else:
        target.write(value)


def save_twice(value: str, folder: Path) -> None:
    """Write a folder of two files, by the library's own function."""
    library.save(value, folder / "one")
    library.save(value, folder / "two")


def load(source: str | Path) -> str:
    """Read a text."""
    return Path(source).read_text()


library: Any = ModuleType("library")
vars(library).update(save=save, save_twice=save_twice, load=load)


@pytest.fixture
def reports() -> Iterator[RecordedReports]:
    """A run that the library reports to; our own errors are heard."""
    reports = RecordedReports()
    undo = [
        saves("library", library, "save", File(1, "target"), lambda: reports, "Library"),
        saves("library", library, "save_twice", File(1, "folder"), lambda: reports, lambda args, _: args[0]),
        loads("library", library, "load", File(0, "source"), lambda: reports, None),
    ]
    with guard.loud_errors():
        yield reports
    for each in undo:
        each()


def test_files_by_path_or_open(reports: RecordedReports, tmp_path: Path) -> None:
    """What is written to an open file is on the disk when it is reported; a buffer is no file."""
    library.save("a", tmp_path / "path")
    library.save("a", target=str(tmp_path / "name"))
    with (tmp_path / "open").open("w") as file:
        library.save("a", file)
        assert (tmp_path / "open").read_text() == "a"
    library.save("a", io.StringIO())

    assert reports.saved == [(tmp_path / name, "Library") for name in ("path", "name", "open")]


def test_what_is_written_on_the_way_is_part_of_it(reports: RecordedReports, tmp_path: Path) -> None:
    """One model, whose framework is told by what was saved."""
    library.save_twice("Net", tmp_path)
    library.save("a", tmp_path / "three")

    assert reports.saved == [(tmp_path, "Net"), (tmp_path / "three", "Library")]


def test_files_that_are_read(reports: RecordedReports, tmp_path: Path) -> None:
    """The program gets what it gets; a file that is not there is its own matter."""
    (tmp_path / "file").write_text("a")
    assert library.load(tmp_path / "file") == "a"
    with pytest.raises(FileNotFoundError):
        library.load(tmp_path / "missing")

    assert reports.loaded == [(tmp_path / "file", None)]


def test_without_a_run(tmp_path: Path) -> None:
    """Nothing happens beside."""
    sink: Any = None
    undo = saves("library", library, "save", File(1, "target"), lambda: sink, None)
    library.save("a", tmp_path / "file")
    undo()

    assert library.save is save
