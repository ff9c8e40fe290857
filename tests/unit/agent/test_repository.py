"""Repositories of tasks, with real ones on this disk."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pellucid.agent.code import place_code
from pellucid.agent.commands import Commands
from pellucid.agent.errors import PreparationError
from pellucid.agent.repository import is_diff
from pellucid.agent.settings import AgentSettings

CHANGES_OF_NOTHING = "diff --git a/src/no.py b/src/no.py\n--- a/src/no.py\n+++ b/src/no.py\n@@ -1 +1 @@\n-a\n+b\n"


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: the second one changes the script."""
    folder = tmp_path / "origin"
    (folder / "src").mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for text in ("print('first')\n", "print('second')\n"):
        (folder / "src" / "train.py").write_text(text)
        (folder / "data.bin").write_bytes(b"\0\1" + text.encode())
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--message", text)
    return folder


def place(origin: Path, folder: Path, settings: AgentSettings, **script: str) -> Path:
    """Check a task's code out; returns where it is."""
    folder.mkdir()
    wanted = {"repository": str(origin), "entry_point": "train.py", "working_dir": "src", **script}
    code = place_code(wanted, folder, settings, Commands(print))
    assert code.folder == code.root / "src"
    return code.root


def test_a_commit(repository: Path, tmp_path: Path, settings: AgentSettings) -> None:
    """Or a branch, or what is there; from the cache, where what is new is fetched."""
    first = git(repository, "rev-parse", "HEAD~1").strip()
    assert (
        place(repository, tmp_path / "1", settings, version_num=first) / "src/train.py"
    ).read_text() == "print('first')\n"
    assert "second" in (place(repository, tmp_path / "2", settings, branch="main") / "src/train.py").read_text()
    (repository / "src" / "train.py").write_text("print('third')\n")
    git(repository, "commit", "--quiet", "--all", "--message", "third")
    third = git(repository, "rev-parse", "HEAD").strip()
    root = place(repository, tmp_path / "3", settings, version_num=third)
    assert "third" in (root / "src/train.py").read_text()
    assert git(root, "remote", "get-url", "origin").strip() == str(repository)


def test_uncommitted_changes(repository: Path, tmp_path: Path, settings: AgentSettings) -> None:
    """Of texts, of binary files, of names."""
    commit = git(repository, "rev-parse", "HEAD").strip()
    (repository / "src" / "train.py").write_text("print('changed')\n")
    (repository / "data.bin").write_bytes(b"\0\2changed")
    git(repository, "mv", "data.bin", "renamed.bin")
    changes = git(repository, "diff", "--binary", "HEAD")
    git(repository, "checkout", "--quiet", "--force", "HEAD")

    root = place(repository, tmp_path / "task", settings, version_num=commit, diff=changes)

    assert (root / "src/train.py").read_text() == "print('changed')\n"
    assert (root / "renamed.bin").read_bytes() == b"\0\2changed"
    assert not (root / "data.bin").exists()


def test_a_script_in_a_repository(repository: Path, tmp_path: Path, settings: AgentSettings) -> None:
    """Takes the place of the file."""
    root = place(repository, tmp_path / "task", settings, diff="print('whole')")
    assert (root / "src/train.py").read_text() == "print('whole')"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ({"version_num": "0" * 40}, "commit 0000.* is not in .*origin"),
        ({"branch": "nowhere"}, "nowhere is not in"),
        ({"repository": "/nowhere/at/all"}, "/nowhere/at/all can't be fetched"),
        ({"diff": CHANGES_OF_NOTHING}, "do not apply"),
        ({"entry_point": "missing.py"}, "entry point missing.py is not there"),
    ],
)
def test_what_cannot_be_had(
    repository: Path, tmp_path: Path, settings: AgentSettings, script: dict[str, str], sentence: str
) -> None:
    """Says what to do about it."""
    with pytest.raises(PreparationError, match=sentence):
        place(repository, tmp_path / "task", settings, **script)


def test_texts_that_are_changes() -> None:
    """And those that are scripts."""
    assert is_diff("\ndiff --git a/a b/a\n")
    assert not is_diff("import difflib\n")
