"""Tests of ``pellucid.sdk.task_detection``: what a task says of the script that is executed, by real repositories."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from pellucid import Task
from pellucid.testing.git import commit_all, git, new_repository

pytestmark = pytest.mark.usefixtures("configured")

SCRIPT = """\
import json
import numpy
from pellucid import Task
task = Task.init("detection tests", "detected", reuse_last_task_id=False, auto_resource_monitoring=False{more})
print("TASK", task.id)
"""


@pytest.fixture(autouse=True)
def detecting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests do without."""
    monkeypatch.setenv("PELLUCID_DETECT_SCRIPT", "1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a script."""
    root = new_repository(tmp_path / "work tree", {"sub/train.py": SCRIPT.format(more=""), "notes.txt": "a\n"})
    git(root, "remote", "add", "origin", "https://ada:secret@git.example/x.git")
    return root


def run(*command: str | Path, cwd: Path, **environ: str) -> Task:
    """Execute a program, and look at its task."""
    environment = {**os.environ, "PYTHONPATH": str(cwd), **environ}
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    task = Task.get_task(task_id=next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("TASK")))
    assert task.status == "completed"
    return task


@pytest.mark.parametrize(
    ("folder", "script", "place"),
    [("sub", "train.py", ("sub", "train.py")), (".", "sub/train.py", (".", "sub/train.py"))],
)
def test_m2_m3_m5_m34_a_script_of_a_repository(root: Path, folder: str, script: str, place: tuple[str, str]) -> None:
    """However short it is: where it is, which commit, what it imports."""
    task = run(script, cwd=root / folder)
    found = task.get_script()

    assert (found["working_dir"], found["entry_point"]) == place
    assert (found["repository"], found["branch"]) == ("https://git.example/x.git", "main")
    assert (found["version_num"], found["diff"]) == (git(root, "rev-parse", "HEAD"), "")
    lines = task.get_requirements()["pip"].splitlines()
    assert lines[0].startswith("# Python 3.")
    assert f"numpy == {metadata.version('numpy')}" in lines
    assert not any(line.startswith(("json", "pytest")) for line in lines)
    assert f"pytest == {metadata.version('pytest')}" in task.get_requirements()["freeze"].splitlines()


def test_m2_from_elsewhere(root: Path, tmp_path: Path) -> None:
    """The place is that in the repository."""
    found = run(root / "sub/train.py", cwd=tmp_path).get_script()

    assert (found["working_dir"], found["entry_point"]) == (".", "sub/train.py")


def test_m4_changes(root: Path, tmp_path: Path) -> None:
    """Of what git tracks, and the script itself if it does not."""
    (root / "notes.txt").write_text("changed\n")
    (root / "untracked.txt").write_text("x\n")
    assert "+changed" in (run("sub/train.py", cwd=root).get_script()["diff"] or "")
    (root / "new.py").write_text(SCRIPT.format(more=""))
    diff = run("new.py", cwd=root).get_script()["diff"] or ""

    assert "untracked.txt" not in diff
    git(tmp_path, "clone", "-q", str(root), "copy")
    subprocess.run(["git", "apply"], input=diff.encode(), check=True, cwd=tmp_path / "copy")
    assert (tmp_path / "copy/new.py").read_text() == SCRIPT.format(more="")
    assert run("sub/train.py", cwd=root, CLEARML_STORE_UNCOMMITTED_CODE_DIFF="0").get_script()["diff"] == ""


def test_m4_many_changes(root: Path) -> None:
    """Are an artifact."""
    (root / "notes.txt").write_text("changed\n" * 70_000)
    task = run("sub/train.py", cwd=root)

    assert "the artifact auxiliary_git_diff" in (task.get_script()["diff"] or "")
    assert str(task.artifacts["auxiliary_git_diff"].get()).count("+changed\n") == 70_000


def test_m35_a_script_by_itself(tmp_path: Path) -> None:
    """Is kept wholly, with what it imports; in a repository too, if it wants to."""
    (tmp_path / "alone.py").write_text(SCRIPT.format(more=""))
    task = run("alone.py", cwd=tmp_path)
    found = task.get_script()

    assert (found["repository"], found["entry_point"], found["working_dir"]) == ("", "alone.py", ".")
    assert found["diff"] == SCRIPT.format(more="")
    assert "numpy == " in task.get_requirements()["pip"]


def test_m36_what_the_program_wishes(root: Path) -> None:
    """Packages that it names or leaves out; its text in place of the repository."""
    wishing = (
        "from pellucid import Task\nTask.add_requirements('torch', '>=2')\nTask.ignore_requirements('numpy')\n"
        "Task.force_store_standalone_script()\n" + SCRIPT.format(more="")
    )
    (root / "wishing.py").write_text(wishing)
    commit_all(root, "wishing")
    task = run("wishing.py", cwd=root)
    names = [line.split(" ")[0] for line in task.get_requirements()["pip"].splitlines()[2:]]

    assert names == ["pellucid", "torch"]
    assert (task.get_script()["repository"], task.get_script()["diff"]) == ("", wishing)


def test_m36_m37_what_the_environment_wishes(root: Path) -> None:
    """All packages, and some of its variables; facts about the machine are there in any case."""
    wishes = {"PELLUCID_DETECT_WITH_PIP_FREEZE": "1", "CLEARML_LOG_ENVIRONMENT": "LANGUAGE, MY_*"}
    task = run("sub/train.py", cwd=root, MY_SEED="7", LANGUAGE="la", OTHER="x", **wishes)

    assert f"pytest == {metadata.version('pytest')}" in task.get_requirements()["pip"].splitlines()
    assert task.get_parameters_as_dict()["Environment"] == {"LANGUAGE": "la", "MY_SEED": "7"}
    runtime = task.data.runtime
    assert runtime["CLI"] == "sub/train.py"
    assert {"hostname", "cpu_cores", "memory_gb", "python_version"} <= set(runtime)


def test_a_module(root: Path) -> None:
    """Is executed by its name, in the folder that it was."""
    (root / "pkg").mkdir()
    (root / "pkg/__init__.py").write_text("")
    (root / "pkg/train.py").write_text(SCRIPT.format(more=""))
    commit_all(root, "package")
    found = run("-m", "pkg.train", cwd=root).get_script()

    assert (found["entry_point"], found["working_dir"]) == ("-m pkg.train", ".")
    assert found["version_num"] == git(root, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("more", "environ"),
    [(", auto_connect_frameworks={'detect_repository': False}", {}), ("", {"PELLUCID_DETECT_SCRIPT": "0"})],
)
def test_m43_it_can_be_left_alone(root: Path, more: str, environ: dict[str, str]) -> None:
    """By the program, and by the environment."""
    (root / "sub/train.py").write_text(SCRIPT.format(more=more))
    task = run("sub/train.py", cwd=root, **environ)

    assert (task.get_script()["repository"], task.get_requirements()) == ("", {})


def test_what_the_program_says_holds(root: Path) -> None:
    """Over what is found out meanwhile."""
    (root / "sub/train.py").write_text(
        SCRIPT.format(more="") + "task.set_repo('https://git.example/own.git', 'own')\ntask.set_packages(['own'])\n"
    )
    task = run("sub/train.py", cwd=root)
    found = task.get_script()

    assert (found["repository"], found["branch"], task.get_requirements()) == (
        "https://git.example/own.git",
        "own",
        {"pip": "own"},
    )


def test_what_the_environment_says_holds(tmp_path: Path) -> None:
    """Where there is no repository, as in a container."""
    (tmp_path / "alone.py").write_text(SCRIPT.format(more=""))
    said: dict[str, Any] = {
        "CLEARML_VCS_REPO_URL": "https://git.example/y.git",
        "CLEARML_VCS_COMMIT_ID": "c" * 40,
        "CLEARML_VCS_BRANCH": "theirs",
        "CLEARML_VCS_WORK_DIR": "src",
        "CLEARML_VCS_ENTRY_POINT": "main.py",
        "CLEARML_VCS_DIFF": base64.b64encode(b"a diff").decode(),
    }
    found = run("alone.py", cwd=tmp_path, **said).get_script()

    assert {
        key: found[key] for key in ("repository", "version_num", "branch", "working_dir", "entry_point", "diff")
    } == {
        "repository": "https://git.example/y.git",
        "version_num": "c" * 40,
        "branch": "theirs",
        "working_dir": "src",
        "entry_point": "main.py",
        "diff": "a diff",
    }


def test_in_a_folder_that_is_gone(root: Path, tmp_path: Path) -> None:
    """The script's own counts."""
    (tmp_path / "gone").mkdir()
    (root / "sub/train.py").write_text("import os\nos.rmdir(os.getcwd())\n" + SCRIPT.format(more=""))
    found = run(root / "sub/train.py", cwd=tmp_path / "gone").get_script()

    assert (found["working_dir"], found["entry_point"]) == ("sub", "train.py")


def test_without_git(root: Path, tmp_path: Path) -> None:
    """The rest is found out all the same."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sh").symlink_to("/bin/sh")
    task = run("sub/train.py", cwd=root, PATH=str(tmp_path / "bin"))

    assert task.get_script()["repository"] == ""
    assert "numpy == " in task.get_requirements()["pip"]


def test_offline_too(root: Path) -> None:
    """It is a part of the session."""
    environment = {**os.environ, "PELLUCID_OFFLINE_MODE": "1"}
    done = subprocess.run(
        [sys.executable, "sub/train.py"], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    (stored,) = [line.split()[-1] for line in done.stdout.splitlines() if "session stored in" in line]
    task = Task.get_task(task_id=Task.import_offline_session(stored))

    assert task.get_script()["version_num"] == git(root, "rev-parse", "HEAD")
