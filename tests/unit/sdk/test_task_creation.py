"""Tests of ``pellucid.sdk.task_creation``: drafts of all kinds, on a real server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pellucid import Task, TaskTypes, UsageError
from pellucid.base.errors import ServerUnavailableError
from pellucid.client.session import Client
from pellucid.testing.git import git, new_repository
from pellucid.wire import projects, tasks

pytestmark = pytest.mark.usefixtures("configured")

PROJECT = "creation tests"
SCRIPT = "import numpy\nprint(numpy.pi)\n"
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script in the current folder, which is in no repository."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "train.py").write_text(SCRIPT)
    return folder / "train.py"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder is a repository with a change in it."""
    root = new_repository(tmp_path / "repo", {"src/train.py": SCRIPT, "src/model.py": "LAYERS = 2\n"})
    git(root, "remote", "add", "origin", "https://token@git.example/x.git")
    (root / "src/model.py").write_text("LAYERS = 3\n")
    monkeypatch.chdir(root)
    return root


def test_m71_m72_in_a_repository() -> None:
    """As the guide has it: everything is said, nothing is looked at, nothing runs."""
    running = Task.init(PROJECT, "runs meanwhile", reuse_last_task_id=False)
    task = Task.create(
        project_name=PROJECT,
        task_name="task template",
        repo="https://git.example/team/x.git",
        branch="master",
        script="examples/reporting/html_reporting.py",
        working_directory=".",
        docker=None,
    )

    assert (task.status, task.task_type, task.name, task.get_project_name()) == (
        "created",
        "training",
        "task template",
        PROJECT,
    )
    assert task.get_script() == {
        "repository": "https://git.example/team/x.git",
        "branch": "master",
        "version_num": "",
        "working_dir": ".",
        "entry_point": "examples/reporting/html_reporting.py",
        "binary": "python",
        "diff": "",
    }
    assert (task.get_base_docker(), task.get_requirements(), task.get_parameters()) == ("", {}, {})
    assert Task.current_task() is running
    assert not task.is_current_task()


def test_the_same_names_make_another_task() -> None:
    """Drafts are not reused."""
    first, second = (Task.create(PROJECT, "twice") for _ in range(2))

    assert first.id != second.id
    assert first.get_script()["entry_point"] == second.get_script()["entry_point"] == ""


@pytest.mark.parametrize("add_task_init_call", [True, False])
def test_m72_a_script_that_is_in_no_repository(script: Path, add_task_init_call: bool) -> None:
    """Its text is kept, with what it imports; made to be tracked unless somebody says no."""
    task = Task.create(PROJECT, script="train.py", add_task_init_call=add_task_init_call)

    found = task.get_script()
    assert task.name == "train"
    assert (found["repository"], found["entry_point"], found["working_dir"]) == ("", "train.py", ".")
    assert found["diff"] is not None
    assert found["diff"].endswith(SCRIPT)
    assert ("Task.init()" in found["diff"]) is add_task_init_call
    assert "numpy == " in task.get_requirements()["pip"]


def test_m72_a_script_in_a_repository(checkout: Path) -> None:
    """Commit and changes are found out."""
    task = Task.create(PROJECT, "in a repository", script="src/train.py", add_task_init_call=False)

    assert task.get_script() == {
        "repository": "https://git.example/x.git",
        "branch": "main",
        "version_num": git(checkout, "rev-parse", "HEAD"),
        "working_dir": ".",
        "entry_point": "src/train.py",
        "binary": PYTHON,
        "diff": git(checkout, "diff", "HEAD") + "\n",
    }


def test_the_call_goes_into_the_changes(checkout: Path, tmp_path: Path) -> None:
    """What an agent gets is a tracked script; the file itself is left alone."""
    task = Task.create(PROJECT, "in a repository", script=checkout / "src/train.py", working_directory="src")
    found = task.get_script()

    assert (found["working_dir"], found["entry_point"]) == ("src", "train.py")
    assert (checkout / "src/train.py").read_text() == SCRIPT
    git(tmp_path, "clone", "-q", str(checkout), "copy")
    (tmp_path / "changes").write_text(found["diff"] or "")
    git(tmp_path / "copy", "apply", str(tmp_path / "changes"))
    assert "Task.init()" in (tmp_path / "copy/src/train.py").read_text()
    assert (tmp_path / "copy/src/model.py").read_text() == "LAYERS = 3\n"


@pytest.mark.parametrize("how", [{"force_single_script_file": True}, {"detect_repository": False}])
def test_a_file_by_itself(checkout: Path, how: dict[str, Any]) -> None:
    """Without the repository that it is in."""
    found = Task.create(PROJECT, "by itself", script="src/train.py", add_task_init_call=False, **how).get_script()

    assert (found["repository"], found["entry_point"], found["diff"]) == ("", "train.py", SCRIPT)


def test_a_module(checkout: Path) -> None:
    """Of a repository, here or elsewhere, with arguments."""
    here = Task.create(PROJECT, module="package.train --fast").get_script()
    there = Task.create(PROJECT, repo="git@git.example:x.git", commit="c" * 40, module="package.train").get_script()

    assert (here["entry_point"], here["repository"]) == ("-m package.train --fast", "https://git.example/x.git")
    assert here["version_num"] == git(checkout, "rev-parse", "HEAD")
    assert "LAYERS = 3" in (here["diff"] or "")
    assert (there["entry_point"], there["version_num"], there["diff"]) == ("-m package.train", "c" * 40, "")


def test_the_folder_of_a_repository(checkout: Path) -> None:
    """Stands for its remote, as it is checked out."""
    found = Task.create(PROJECT, "by folder", repo=str(checkout), script="src/train.py").get_script()

    assert found["repository"] == "https://git.example/x.git"
    assert (found["branch"], found["version_num"]) == ("main", git(checkout, "rev-parse", "HEAD"))


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"packages": ["torch>=2.1", "-e git+https://git.example/y.git#egg=y"]}, ["torch>=2.1", "-e git+https"]),
        ({"packages": False}, []),
        ({"requirements_file": "needs.txt"}, ["numpy<2"]),
        ({"packages": True}, ["numpy == "]),
        ({}, ["numpy == "]),
    ],
)
def test_m74_packages(script: Path, how: dict[str, Any], expected: list[str]) -> None:
    """Said, in a file, or found out."""
    script.with_name("needs.txt").write_text("numpy<2\n")

    text = Task.create(PROJECT, script="train.py", **how).get_requirements()["pip"]

    assert text == "" if not expected else all(line in text for line in expected)


def test_m74_container_arguments_and_more() -> None:
    """All that a draft may have."""
    task = Task.create(
        PROJECT,
        "with everything",
        task_type=TaskTypes.testing,
        script=None,
        docker="python:3.12 --ipc=host",
        docker_args=["-e", "A=1"],
        docker_bash_setup_script=["apt-get update", "echo ready"],
        argparse_args=[("lr", "0.1"), ("epochs", 3)],
        binary="python3.12",
    )

    assert task.task_type == "testing"
    assert task.get_base_docker() == "python:3.12 --ipc=host -e A=1"
    assert task.data.container["setup_shell_script"] == "apt-get update\necho ready"
    assert task.get_parameters() == {"Args/lr": "0.1", "Args/epochs": "3"}
    assert task.get_script()["binary"] == "python3.12"


def test_m74_a_copy(client: Client) -> None:
    """Of another task, with what is given in place of what that has."""
    base = Task.create(
        PROJECT,
        "the base",
        repo="https://git.example/x.git",
        script="a.py",
        packages=["numpy"],
        argparse_args={"lr": 0.1, "n": 1},
    )
    same = Task.create(base_task_id=base.id)
    other = Task.create(
        f"{PROJECT}/copies",
        "another",
        base_task_id=base.id,
        task_type="testing",
        docker="image",
        argparse_args=[("lr", 0.5)],
        packages=["torch"],
    )

    assert (same.name, same.get_script(), same.get_project_name()) == ("Clone Of the base", base.get_script(), PROJECT)
    assert (same.get_parameters(), same.data.parent) == ({"Args/lr": "0.1", "Args/n": "1"}, base.id)
    assert (other.name, other.task_type, other.get_base_docker()) == ("another", "testing", "image")
    assert other.get_script() == base.get_script()
    assert other.get_project_name() == f"{PROJECT}/copies"
    assert other.get_parameters() == {"Args/lr": "0.5", "Args/n": "1"}
    assert other.get_requirements() == {"pip": "torch"}


def test_the_project_of_the_current_task() -> None:
    """Unless another one is named."""
    with pytest.raises(UsageError, match="project_name is None, and no task is running"):
        Task.create(task_name="nowhere to be put")
    Task.init(f"{PROJECT}/running", "runs", reuse_last_task_id=False)

    assert Task.create(task_name="beside it").get_project_name() == f"{PROJECT}/running"


def test_m73_m145_offline() -> None:
    """There is nothing that a draft could be in."""
    Task.set_offline(True)

    with pytest.raises(UsageError, match=r"Task\.create: offline mode is on"):
        Task.create(PROJECT, "offline")


def test_without_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that says so."""
    monkeypatch.setenv("PELLUCID_API_HOST", "http://127.0.0.1:9")

    with pytest.raises(ServerUnavailableError):
        Task.create(PROJECT, "no server")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task_name": "ab"}, "task_name is 'ab'"),
        ({"project_name": "ab"}, "project_name is 'ab'"),
        ({"task_type": "zzz"}, "task_type is 'zzz'; allowed are training"),
        ({"script": "a.py", "module": "a"}, "script is 'a.py' and module 'a'; only one"),
        ({"script": "missing.py"}, "script is 'missing.py'; there is no such file here, and no repo is given"),
        ({"repo": "https://git.example/x.git"}, "script is None; give the file"),
        ({"branch": "main"}, "branch is 'main', but no repo is given"),
        ({"commit": "c0ffee"}, "commit is 'c0ffee', but no repo is given"),
        ({"repo": 3, "script": "a.py"}, "repo is 3"),
        ({"packages": "numpy"}, "packages is 'numpy'; allowed is True, False, or a list"),
        ({"packages": [3]}, "packages has 3"),
        ({"packages": ["a\nb"]}, "packages has 'a\\\\nb'"),
        ({"requirements_file": "missing.txt"}, "requirements_file is 'missing.txt'; there is no such file"),
        ({"packages": ["a"], "requirements_file": "x"}, "packages and requirements_file are both given"),
        ({"docker": 3}, "docker is 3"),
        ({"docker_args": 3}, "docker_args is 3"),
        ({"argparse_args": ["lr"]}, r"argparse_args is \['lr'\]; allowed are pairs"),
        ({"argparse_args": [(3, 4)]}, "a name in argparse_args is 3"),
        ({"base_task_id": "0" * 32}, "base_task_id is '0000"),
        ({"add_task_init_call": "no"}, "add_task_init_call is 'no'"),
    ],
)
def test_a_wrong_argument_makes_nothing(client: Client, script: Path, arguments: dict[str, Any], message: str) -> None:
    """No project either."""
    with pytest.raises(UsageError, match=message):
        Task.create(**{"project_name": "never made", "task_name": "never made", **arguments})

    assert client.send(projects.GET_ALL, projects.GetAll(name="never made")).projects == []
    assert client.send(tasks.GET_ALL, tasks.GetAll(name="never made")).tasks == []


CHANGES: list[tuple[str, Callable[[Task], object], Callable[[Task], object], object]] = [
    (
        "m115, a branch",
        lambda task: task.set_repo(repo="https://git.example/y.git", branch="next"),
        lambda task: [task.get_script()[key] for key in ("repository", "branch", "version_num")],
        ["https://git.example/y.git", "next", ""],
    ),
    (
        "m115, a commit",
        lambda task: task.set_repo(commit="d" * 40),
        lambda task: [task.get_script()[key] for key in ("repository", "branch", "version_num", "diff")],
        ["https://git.example/x.git", "main", "d" * 40, ""],
    ),
    (
        "script",
        lambda task: task.set_script(working_dir="sub", entry_point="-m b", diff="text", binary="bash", branch=""),
        lambda task: [task.get_script()[key] for key in ("working_dir", "entry_point", "diff", "binary", "branch")],
        ["sub", "-m b", "text", "bash", ""],
    ),
    ("packages", lambda task: task.set_packages(["a", "b>1"]), lambda task: task.get_requirements()["pip"], "a\nb>1"),
    ("no packages", lambda task: task.set_packages(""), lambda task: task.get_requirements()["pip"], ""),
    (
        "container",
        lambda task: task.set_base_docker("image:1 --rm", docker_arguments="-v /a:/b"),
        Task.get_base_docker,
        "image:1 --rm -v /a:/b",
    ),
    (
        "container in parts",
        lambda task: task.set_base_docker(docker_image="image:2", docker_setup_bash_script="echo 1"),
        lambda task: task.data.container,
        {"image": "image:2", "setup_shell_script": "echo 1"},
    ),
    ("no container", lambda task: task.set_base_docker(""), Task.get_base_docker, ""),
]


@pytest.mark.parametrize(("change", "read", "expected"), [entry[1:] for entry in CHANGES], ids=[e[0] for e in CHANGES])
def test_drafts_are_edited(change: Callable[[Task], object], read: Callable[[Task], object], expected: object) -> None:
    """What is not named stays; seen by everybody else at once."""
    task = Task.create(
        PROJECT,
        "to be edited",
        repo="https://git.example/x.git",
        branch="main",
        commit="c" * 40,
        script="a.py",
        packages=["numpy"],
        docker="image:0",
    )

    change(task)

    assert read(task) == read(Task.get_task(task_id=task.id)) == expected


def test_m115_the_running_task_is_edited(client: Client) -> None:
    """By the same calls."""
    task = Task.init(PROJECT, "edits itself", reuse_last_task_id=False)
    task.set_repo("https://git.example/z.git", "main", "e" * 40)
    task.set_packages(["numpy"])
    task.set_base_docker("image:3")
    task.flush(wait_for_uploads=True)

    for seen in (task.data, client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task):
        assert seen.script["repository"] == "https://git.example/z.git"
        assert seen.script["entry_point"]
        assert seen.script["requirements"] == {"pip": "numpy"}
        assert seen.container == {"image": "image:3"}


def test_a_task_that_is_over_is_not_edited() -> None:
    """It is what was executed."""
    task = Task.init(PROJECT, "over", reuse_last_task_id=False)
    task.close()

    changes: list[Callable[[], object]] = [
        lambda: task.set_repo("https://git.example/z.git"),
        lambda: task.set_packages(["numpy"]),
        lambda: task.set_base_docker("image"),
    ]
    for change in changes:
        with pytest.raises(UsageError, match=r"is completed; .* can be changed while a task is created or in_progress"):
            change()


def test_what_an_agent_runs_is_not_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs already, and the server's word counts."""
    draft = Task.create(PROJECT, "of an agent", repo="https://git.example/x.git", script="a.py", packages=["numpy"])
    monkeypatch.setenv("CLEARML_TASK_ID", draft.id)
    task = Task.init(PROJECT, "ignored")
    task.set_repo("https://git.example/z.git")
    task.set_packages([])
    task.set_base_docker("image")
    task.close()

    assert draft.get_script()["repository"] == "https://git.example/x.git"
    assert (draft.get_requirements(), draft.get_base_docker()) == ({"pip": "numpy"}, "")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda task: task.set_script(repository=3), "repository is 3; allowed is a text"),
        (lambda task: task.set_packages("missing.txt"), "packages is 'missing.txt', which can't be read"),
        (lambda task: task.set_packages(3), "packages is 3"),
        (lambda task: task.set_base_docker(3), "docker_cmd is 3"),
        (lambda task: task.set_base_docker("a", docker_image="b"), "docker_cmd is 'a' and docker_image 'b'"),
        (lambda task: task.set_base_docker("a", docker_arguments=[3]), r"docker_arguments is \[3\]"),
    ],
)
def test_wrong_edits_are_told_at_once(call: Callable[[Task], object], message: str) -> None:
    """By argument and value."""
    task = Task.create(PROJECT, "wrongly edited")

    with pytest.raises(UsageError, match=message):
        call(task)
