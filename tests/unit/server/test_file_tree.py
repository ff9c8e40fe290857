"""Files under one root that no path can leave."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.server.file_tree import BadPathError, FileTree


def put(tree: FileTree, path: str, content: bytes) -> None:
    """Store a file."""
    with tree.replacing(path) as file:
        file.write(content)


def get(tree: FileTree, path: str) -> bytes:
    """Read a file."""
    with tree.open(path) as file:
        return file.read()


@pytest.mark.parametrize("path", ["a", "a/b/c.txt", "with space/#%?.txt", "ünïcode/名前", "%2e%2e/x", "a//b/"])
def test_a_file_is_stored_replaced_and_deleted(tmp_path: Path, path: str) -> None:
    """Any name that is a name; nothing is decoded a second time."""
    tree = FileTree(tmp_path / "root")

    put(tree, path, b"first")
    put(tree, path, b"second")

    assert get(tree, path) == b"second"
    tree.delete(path)
    with pytest.raises(FileNotFoundError):
        tree.open(path)


@pytest.mark.parametrize("path", ["", "/", "..", "../canary", "a/../../canary", "./a", "a\0b", "a\\b", "x" * 300])
def test_what_is_no_path_here_is_refused(tmp_path: Path, path: str) -> None:
    """For reading, writing and deleting alike."""
    (tmp_path / "canary").write_text("alive")
    tree = FileTree(tmp_path / "root")

    with pytest.raises(BadPathError):
        put(tree, path, b"x")
    with pytest.raises((BadPathError, FileNotFoundError)):
        tree.open(path)
    with pytest.raises((BadPathError, FileNotFoundError)):
        tree.delete(path)
    assert (tmp_path / "canary").read_text() == "alive"


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Neither as folders nor as files."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "canary").write_text("alive")
    tree = FileTree(tmp_path / "root")
    (tmp_path / "root" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "root" / "file").symlink_to(tmp_path / "outside" / "canary")

    with pytest.raises(BadPathError):
        put(tree, "folder/canary", b"dead")
    with pytest.raises((BadPathError, FileNotFoundError)):
        tree.open("folder/canary")
    with pytest.raises(FileNotFoundError):
        tree.open("file")
    put(tree, "file", b"replaces the link itself")
    assert (tmp_path / "outside" / "canary").read_text() == "alive"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """An upload that breaks off has not happened."""
    tree = FileTree(tmp_path / "root")
    put(tree, "a/b", b"old")

    def break_off() -> None:
        with tree.replacing("a/b") as file:
            file.write(b"new, but")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        break_off()

    assert get(tree, "a/b") == b"old"
    assert os.listdir(tmp_path / "root" / "a") == ["b"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """It cannot be read, replaced or deleted."""
    tree = FileTree(tmp_path / "root")
    put(tree, "a/b", b"x")

    with pytest.raises(FileNotFoundError):
        tree.open("a")
    with pytest.raises(BadPathError):
        put(tree, "a", b"x")
    with pytest.raises(BadPathError):
        put(tree, "a/b/c", b"x")
    with pytest.raises(FileNotFoundError):
        tree.delete("a")


@given(path=st.text(max_size=60) | st.lists(st.sampled_from(["..", ".", "a", "", "canary", "root"])).map("/".join))
def test_nothing_outside_is_ever_touched(tmp_path_factory: pytest.TempPathFactory, path: str) -> None:
    """Whatever a path is made of."""
    base = tmp_path_factory.mktemp("tree")
    (base / "canary").write_text("alive")
    tree = FileTree(base / "root")

    try:
        put(tree, path, b"x")
    except (BadPathError, OSError, UnicodeEncodeError):
        pass  # refused, as it should be

    assert sorted(os.listdir(base)) == ["canary", "root"]
    assert (base / "canary").read_text() == "alive"
