"""``pellucid task``."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid import Task
from pellucid.cli.main import main
from pellucid.client.session import Client
from pellucid.testing.server import RunningServer
from pellucid.wire import queues, tasks

pytestmark = pytest.mark.usefixtures("leaves_nothing")


@pytest.fixture
def session() -> Path:
    """The zip file of an offline session with one point."""
    Task.set_offline(True)
    task = Task.init("cli tests", "offline", auto_connect_arg_parser=False, auto_connect_streams=False)
    task.get_logger().report_scalar("loss", "train", 1.0, 3)
    folder = task.get_offline_mode_folder()
    task.close()
    Task.set_offline(False)
    assert folder is not None
    return folder.with_suffix(".zip")


def test_importing(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the verb and by the option of existing scripts, which are the same (sdk-surface M150)."""
    assert main(["task", "--import-offline-session", str(session)]) == 0
    assert main(["task", "import", str(session)]) == 0
    assert main(["task", "import", str(session), "--previous-task-id", session.stem, "--iteration-offset", "10"]) == 0

    printed = capsys.readouterr().out
    assert printed.count(f"importing offline session from {session}") == 3
    assert printed.count(f"/tasks/{session.stem}/output/log") == 3


def test_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to do, or nothing there."""
    assert main(["task"]) == 2
    assert main(["task", "import", str(tmp_path / "gone")]) == 2

    words = capsys.readouterr()
    assert "usage: pellucid task" in words.out
    assert "gone" in words.err


@pytest.fixture
def client(server: RunningServer) -> Client:
    """The server by the side door."""
    return Client(server.url, server.access_key, server.secret_key)


@pytest.fixture
def draft(client: Client, request: pytest.FixtureRequest) -> str:
    """The id of a draft whose name is the test's."""
    return client.send(tasks.CREATE, tasks.Create(name=request.node.name, type="training")).id


def status(client: Client, task: str) -> str:
    """A task's status."""
    return str(client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task.status)


def test_the_life_of_a_task(client: Client, draft: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Into a queue and out of it, started and stopped, published or a draft again, put away and deleted."""
    client.send(queues.CREATE, queues.Create(name="life"))
    steps = [
        (["enqueue", "test_the_life_of_a_task", "--queue", "life"], "queued"),
        (["dequeue", draft], "created"),
        (["reset", draft, "--force"], "created"),
    ]
    for words, expected in steps:
        assert main(["task", *words]) == 0
        assert status(client, draft) == expected
    client.send(tasks.STARTED, tasks.ChangeStatus(task=draft))
    assert main(["task", "abort", draft]) == 0
    client.send(tasks.STOPPED, tasks.ChangeStatus(task=draft))
    assert main(["task", "archive", draft]) == 0
    assert main(["task", "unarchive", draft]) == 0
    assert main(["task", "publish", draft]) == 0
    assert status(client, draft) == "published"
    assert main(["task", "rm", draft]) == 2
    assert "is published; only with --force" in capsys.readouterr().err
    assert main(["task", "rm", draft, "--force"]) == 0
    assert client.send(tasks.GET_ALL, tasks.GetAll(id=[draft])).tasks == []


def test_cloning(client: Client, finished_task: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Prints the draft's id, so that it can be given to the next command."""
    assert main(["task", "clone", "vision/first", "--project", "cli/clones"]) == 0
    first = capsys.readouterr().out.strip()
    assert main(["task", "clone", first, "--name", "another"]) == 0
    second = capsys.readouterr().out.strip()

    found = [client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task for task in (first, second)]
    assert [task.name for task in found] == ["Clone Of first", "another"]
    assert [task.parent for task in found] == [finished_task, first]
    assert found[0].project == found[1].project


def test_looking(finished_task: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The same as ``pellucid ls`` and ``pellucid show``."""
    assert main(["task", "ls", "vision", "--name", "^first$"]) == 0
    assert main(["task", "show", finished_task]) == 0

    printed = capsys.readouterr().out
    assert printed.count(finished_task) >= 2


def test_tasks_and_queues_that_are_not_there(draft: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Are told by name."""
    assert main(["task", "abort", "no such task"]) == 2
    assert main(["task", "enqueue", draft, "--queue", "no such queue"]) == 2

    words = capsys.readouterr().err
    assert "no task 'no such task'" in words
    assert "no queue 'no such queue'" in words
