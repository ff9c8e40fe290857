"""Which model a file of this machine is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pellucid.sdk.models import known_files
from pellucid.sdk.models.known_files import KnownFiles


@pytest.fixture
def known(tmp_path: Path) -> KnownFiles:
    """The notes, for one server."""
    return KnownFiles(tmp_path / "home", "http://a")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file."""
    file = tmp_path / "net.pt"
    file.write_bytes(b"weights")
    return file


def test_a_file_is_known_until_it_is_written_to(known: KnownFiles, weights: Path, tmp_path: Path) -> None:
    """By its path, size and time."""
    assert known.find(weights) is None
    known.remember(weights, "model")
    assert known.find(weights) == KnownFiles(tmp_path / "home", "http://a").find(weights) == "model"

    os.utime(weights, ns=(1, 1))
    assert known.find(weights) is None
    weights.unlink()
    assert known.find(weights) is None


def test_files_that_were_moved_or_copied(known: KnownFiles, weights: Path) -> None:
    """By where they are on the disk, or by their content; others are not known."""
    known.remember(weights, "model")
    copy, other = weights.with_name("copy.pt"), weights.with_name("other.pt")
    shutil.copy(weights, copy)
    other.write_bytes(b"WEIGHTS")
    assert [known.find_twin(file) for file in (copy, other)] == ["model", None]

    moved = weights.rename(weights.with_name("moved.pt"))
    assert known.find(moved) is None
    assert [known.find_twin(file) for file in (moved, copy, weights)] == ["model", None, None]
    assert KnownFiles(weights.parent / "home", "http://b").find_twin(moved) is None


def test_a_folder_is_known_too(known: KnownFiles, tmp_path: Path) -> None:
    """By all that is in it."""
    folder = tmp_path / "saved"
    folder.mkdir()
    known.remember(folder, "model")
    assert known.find(folder) is None  # there is nothing in it
    (folder / "a").write_text("a")
    known.remember(folder, "model")
    assert known.find(folder) == "model"
    (folder / "b").write_text("b")
    assert known.find(folder) is None


def test_other_servers_have_other_models(known: KnownFiles, weights: Path, tmp_path: Path) -> None:
    """Also no server at all."""
    known.remember(weights, "model")

    assert KnownFiles(tmp_path / "home", "http://b").find(weights) is None
    assert KnownFiles(tmp_path / "home", None).find(weights) is None


def test_relative_paths_are_the_same_files(known: KnownFiles, weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the program is."""
    known.remember(weights, "model")
    monkeypatch.chdir(weights.parent)

    assert known.find(Path("net.pt")) == "model"


def test_notes_do_not_pile_up(known: KnownFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go."""
    monkeypatch.setattr(known_files, "_LIMIT", 3)
    files = [tmp_path / f"{number}.pt" for number in range(5)]
    for number, file in enumerate(files):
        file.write_text("x")
        known.remember(file, "model")
        for note in (tmp_path / "home" / "model_files").iterdir():
            if note.stat().st_mtime > 1e6:
                os.utime(note, (number, number))

    assert [known.find(file) for file in files] == [None, None, "model", "model", "model"]


def test_damaged_notes_and_full_disks_harm_nobody(known: KnownFiles, weights: Path, tmp_path: Path) -> None:
    """The file is just not known."""
    known.remember(weights, "model")
    (note,) = (tmp_path / "home" / "model_files").iterdir()
    note.write_text("{")
    assert known.find(weights) is None

    (tmp_path / "a file").touch()
    KnownFiles(tmp_path / "a file", None).remember(weights, "model")
