"""Tests of ``pellucid.sdk.repository``, with real repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pellucid.sdk.repository import find_repository, without_credentials
from pellucid.testing.git import commit_all, git, new_repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one file, published nowhere yet."""
    return new_repository(tmp_path / "work tree", {"pkg/train.py": "print(1)\n", "notes.txt": "a\n"})


def test_m2_m3_what_git_says(root: Path) -> None:
    """Remote without credentials, the branch's name on the remote, the commit; from any folder of the work tree."""
    git(root, "remote", "add", "origin", "https://ada:secret@git.example/team/x.git")
    git(root, "switch", "-q", "-c", "local-name")
    git(root, "update-ref", "refs/remotes/origin/theirs", "HEAD")
    git(root, "config", "branch.local-name.remote", "origin")
    git(root, "config", "branch.local-name.merge", "refs/heads/theirs")
    git(root, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")

    found = find_repository(root / "pkg")
    assert found is not None
    assert (found.root, found.url, found.branch) == (root, "https://git.example/team/x.git", "theirs")
    assert found.commit == git(root, "rev-parse", "HEAD")
    assert found.diff() == ""


def test_m4_changes_can_be_applied(root: Path, tmp_path: Path) -> None:
    """Staged and not, of tracked files only, binary ones too."""
    (root / "image.bin").write_bytes(bytes(range(256)))
    commit_all(root, "a picture")
    (root / "pkg/train.py").write_text("print(2)\n")
    (root / "notes.txt").write_text("staged\n")
    git(root, "add", "notes.txt")
    (root / "image.bin").write_bytes(bytes(reversed(range(256))))
    (root / "new.txt").write_text("untracked\n")

    found = find_repository(root)
    assert found is not None
    diff = found.diff()

    assert "new.txt" not in diff
    git(tmp_path, "clone", "-q", str(root), "copy")
    subprocess.run(["git", "apply"], input=diff.encode(), check=True, cwd=tmp_path / "copy")
    for name in ("pkg/train.py", "notes.txt", "image.bin"):
        assert (tmp_path / "copy" / name).read_bytes() == (root / name).read_bytes()


@pytest.mark.parametrize("name", ["pkg/train.py", "pkg/new file.py"])
def test_a_file_as_a_text_says(root: Path, tmp_path: Path, name: str) -> None:
    """Whether the commit has it or not, and whatever stands on disk, beside the changes of other files."""
    (root / "notes.txt").write_text("b\n")
    (root / name).write_text("on disk\n")
    found = find_repository(root)
    assert found is not None

    diff = found.diff(but=Path(name)) + found.diff_of(Path(name), "text without an end of line")

    git(tmp_path, "clone", "-q", str(root), "copy")
    subprocess.run(["git", "apply"], input=diff.encode(), check=True, cwd=tmp_path / "copy")
    assert (tmp_path / "copy" / name).read_text() == "text without an end of line"
    assert (tmp_path / "copy" / "notes.txt").read_text() == "b\n"


def test_a_repository_without_a_commit_or_remote(tmp_path: Path) -> None:
    """Is found by its folder."""
    git(tmp_path, "init", "-q", "-b", "main", ".")

    found = find_repository(tmp_path)
    assert found is not None
    assert (found.url, found.branch, found.commit, found.diff()) == (str(tmp_path), "main", "", "")


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor git, perhaps."""
    assert find_repository(tmp_path) is None
    assert find_repository(tmp_path / "missing") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_repository(Path.cwd()) is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://token@host/x.git", "https://host/x.git"),
        ("https://u:p%40@host:8443/x.git", "https://host:8443/x.git"),
        ("git@host:team/x.git", "git@host:team/x.git"),
        ("ssh://git@host/x.git", "ssh://git@host/x.git"),
        ("/srv/x", "/srv/x"),
    ],
)
def test_credentials_are_left_out(url: str, shown: str) -> None:
    """The name that SSH logs in with is none."""
    assert without_credentials(url) == shown
