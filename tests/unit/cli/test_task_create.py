"""``pellucid task create``, and ``clearml-task`` over the same code."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pellucid.cli import clearml_task
from pellucid.cli.main import main
from pellucid.client.session import Client
from pellucid.testing.server import RunningServer
from pellucid.wire import queues, tasks

pytestmark = pytest.mark.usefixtures("leaves_nothing")


@pytest.fixture
def client(server: RunningServer) -> Client:
    """The server by the side door."""
    return Client(server.url, server.access_key, server.secret_key)


@pytest.fixture
def queue(client: Client) -> str:
    """Name of a queue."""
    if not client.send(queues.GET_ALL, queues.GetAll(name="^cli tests$")).queues:
        client.send(queues.CREATE, queues.Create(name="cli tests"))
    return "cli tests"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a script, a module, and a change that is not committed."""
    folder = tmp_path / "checkout"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "train.py").write_text("print('first')\n")
    (folder / "requirements.txt").write_text("torch>=2.1\n")
    identity = ["-c", "user.name=Tests", "-c", "user.email=tests@example.com"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], [*identity, "commit", "-q", "-m", "First"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    subprocess.run(["git", "remote", "add", "origin", "https://git.example/repo.git"], cwd=folder, check=True)
    (folder / "src" / "train.py").write_text("print('second')\n")
    return folder


def created(client: Client, printed: str) -> tasks.Task:
    """The task that was printed."""
    task = printed.partition("New task created id=")[2].split()[0]
    return client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task


def test_a_repository(client: Client, queue: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With everything that can be said, into a queue."""
    words = [
        *["--project", "cli tests", "--name", "from a repository", "--task-type", "testing", "--tags", "a", "b"],
        *["--repo", "https://git.example/repo.git", "--branch", "dev", "--script", "train.py", "--cwd", "src"],
        *["--args", "lr=0.1", "name=a=b", "--packages", "torch>=2.1", "numpy", "--binary", "python3.12"],
        *["--docker", "image", "--docker_args=--ipc=host", "--docker_bash_setup_script", "apt-get update"],
        *["--skip-python-env-install", "--output-uri", "s3://theirs/out", "--queue", queue],
    ]
    assert clearml_task.main(words) == 0
    printed = capsys.readouterr().out
    task = created(client, printed)

    assert (task.name, task.type, task.tags, task.status) == ("from a repository", "testing", ["a", "b"], "queued")
    assert {key: task.script[key] for key in ("repository", "branch", "working_dir", "entry_point", "binary")} == {
        "repository": "https://git.example/repo.git",
        "branch": "dev",
        "working_dir": "src",
        "entry_point": "train.py",
        "binary": "python3.12",
    }
    assert task.script["requirements"]["pip"].split() == ["torch>=2.1", "numpy"]
    assert {name: one.value for name, one in task.hyperparams["Args"].items()} == {"lr": "0.1", "name": "a=b"}
    assert task.container == {
        "image": "image",
        "arguments": "--ipc=host -e CLEARML_AGENT_SKIP_PYTHON_ENV_INSTALL=1",
        "setup_shell_script": "apt-get update",
    }
    assert task.output["destination"] == "s3://theirs/out", "whose keys only the agent's machine has"
    assert "It waits in the queue cli tests" in printed
    assert "Execution log at: " in printed
    assert f"/tasks/{task.id}/output/log" in printed


def test_a_folder(client: Client, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its remote, its commit, what is not committed, and its own requirements."""
    words = ["--project", "cli tests", "--name", "from a folder", "--folder", str(checkout), "--script", "src/train.py"]
    assert main(["task", "create", *words, "--skip-task-init"]) == 0
    printed = capsys.readouterr().out
    task = created(client, printed)

    assert task.script["repository"] == "https://git.example/repo.git"
    assert (task.script["working_dir"], task.script["entry_point"]) == (".", "src/train.py")
    assert "+print('second')" in task.script["diff"]
    assert task.script["requirements"]["pip"].strip() == "torch>=2.1"
    assert "It is a draft" in printed


def test_a_copy(client: Client, finished_task: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a task, with other arguments."""
    assert (
        main(["task", "create", "--base-task-id", finished_task, "--project", "cli/copies", "--args", "epochs=5"]) == 0
    )
    task = created(client, capsys.readouterr().out)

    assert (task.name, task.status) == ("Clone Of first", "created")
    assert task.hyperparams["Args"]["epochs"].value == "5"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--name", "a name", "--script", "x.py"], "--project is missing"),
        (["--project", "cli tests", "--script", "x.py"], "--name is missing"),
        (["--project", "cli tests", "--name", "a name"], "--script or --module is missing"),
        (["--base-task-id", "x", "--branch", "a", "--commit", "b"], "--branch is 'a' and --commit 'b'"),
        (["--base-task-id", "x", "--folder", "a", "--repo", "b"], "--folder is 'a' and --repo 'b'"),
        (["--base-task-id", "x", "--folder", "/no/such"], "--folder is '/no/such', which is no folder"),
        (["--base-task-id", "x", "--queue", "no such"], "no queue 'no such'; there are"),
        (["--base-task-id", "x", "--output-uri", "ftp://x"], "--output-uri is 'ftp://x'; allowed are"),
        (["--base-task-id", "x", "--args", "lr"], "--args has 'lr'; allowed is NAME=VALUE"),
        (["--base-task-id", "x", "--script", "a.py", "--module", "b"], "script is 'a.py' and module 'b'"),
    ],
)
def test_wrong_usage(
    client: Client, queue: str, words: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is told, and nothing is made."""
    before = len(client.send(tasks.GET_ALL, tasks.GetAll()).tasks)

    assert main(["task", "create", *words]) == 2
    assert clearml_task.main(words) == 2
    captured = capsys.readouterr().err
    assert f"pellucid task: {problem}" in captured
    assert f"clearml-task: {problem}" in captured
    assert len(client.send(tasks.GET_ALL, tasks.GetAll()).tasks) == before
