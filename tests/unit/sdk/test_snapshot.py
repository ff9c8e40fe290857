"""Copies of what is to be uploaded."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from pellucid.sdk.snapshot import Snapshot, file_sha256, snapshot_file, snapshot_text


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The program's file."""
    path = tmp_path / "weights.pt"
    path.write_bytes(b"first")
    return path


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run's folder."""
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


def content(run: Path, snapshot: Snapshot) -> bytes:
    """What was kept."""
    return (run / snapshot.source).read_bytes()


@pytest.mark.parametrize("rewrite", [lambda path: path.write_bytes(b"other"), Path.unlink])
def test_what_becomes_of_the_file_does_not_matter(run: Path, file: Path, rewrite: object) -> None:
    """Written into in its place, or deleted."""
    snapshot = snapshot_file(run, file.name, file)
    assert callable(rewrite)
    rewrite(file)

    assert content(run, snapshot) == b"first"
    assert (snapshot.size, snapshot.sha256) == (5, hashlib.sha256(b"first").hexdigest())
    assert Path(snapshot.source).name == "weights.pt"


def test_a_file_that_is_given_away_is_moved(run: Path, file: Path) -> None:
    """Which costs nothing; its inode is the same."""
    inode = file.stat().st_ino
    snapshot = snapshot_file(run, file.name, file, give_away=True)

    assert not file.exists()
    assert (run / snapshot.source).stat().st_ino == inode
    assert snapshot.sha256 == hashlib.sha256(b"first").hexdigest()


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_a_file_with_other_names_is_copied(run: Path, file: Path, tmp_path: Path, link: object) -> None:
    """As it can be written to by them; only the name that was given is gone."""
    other = tmp_path / "other"
    assert callable(link)
    link(file, other)
    given, left = (other, file)
    snapshot = snapshot_file(run, "weights.pt", given, give_away=True)
    left.write_bytes(b"changed")

    assert content(run, snapshot) == b"first"
    assert not given.exists()


def test_the_same_content_is_kept_once(run: Path, file: Path) -> None:
    """Under two names, each of which can be deleted by itself."""
    first = snapshot_file(run, "a.bin", file)
    second = snapshot_text(run, "b.txt", "first")

    assert first.sha256 == second.sha256
    assert (run / first.source).stat().st_ino == (run / second.source).stat().st_ino
    (run / first.source).unlink()
    assert content(run, second) == b"first"


def test_what_fails_leaves_nothing(run: Path, tmp_path: Path) -> None:
    """The disk gets its room back."""
    with pytest.raises(FileNotFoundError):
        snapshot_file(run, "x", tmp_path / "gone")

    assert list((run / "files").iterdir()) == []


def test_the_hash_of_a_long_file(tmp_path: Path) -> None:
    """Read piece by piece."""
    path = tmp_path / "long"
    path.write_bytes(b"x" * 3_000_000)

    assert file_sha256(path) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
