"""The agent runs a task's script for real: a real server, a real process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.agent.execute import execute_task
from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.client.session import Client
from pellucid.engines.local import LocalEngine
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import events, tasks
from pellucid.wire.enums import TaskStatus


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real server."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def connection(server: RunningServer) -> Connection:
    """How to reach it."""
    return Connection(
        api_host=server.url,
        web_host=server.url,
        files_host=f"{server.url}/files",
        access_key=server.access_key,
        secret_key=server.secret_key,
    )


@pytest.fixture
def client(connection: Connection) -> Client:
    """A client of it."""
    return Client(connection.api_host, connection.access_key, connection.secret_key)


def create(client: Client, **script: str) -> str:
    """A draft task with a script section."""
    return client.send(tasks.CREATE, tasks.Create(name="a script", type="training", script=dict(script))).id


def run(task: str, client: Client, connection: Connection, folder: Path) -> int:
    """Run a task on this machine."""
    return execute_task(task, client=client, connection=connection, engine=LocalEngine(), folder=folder)


def test_a_script_runs_with_its_task_s_id_and_completes(client: Client, connection: Connection, tmp_path: Path) -> None:
    """The console is on the server, and the exit code became the status."""
    task = create(client, entry_point="train.py", diff="import os; print('running', os.environ['PELLUCID_TASK_ID'])")

    assert run(task, client, connection, tmp_path) == 0

    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    assert document.status == TaskStatus.completed
    log = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task)).events
    assert [event["msg"] for event in log] == [f"running {task}"]


def test_a_failing_script_fails_the_task(client: Client, connection: Connection, tmp_path: Path) -> None:
    """The reason names the exit code."""
    task = create(client, entry_point="train.py", diff="raise SystemExit(3)")

    assert run(task, client, connection, tmp_path) == 3

    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    assert (document.status, document.status_reason) == (TaskStatus.failed, "Exit code 3")


def test_the_entry_point_stays_in_the_folder(client: Client, connection: Connection, tmp_path: Path) -> None:
    """A task cannot make the agent write elsewhere."""
    task = create(client, entry_point="../../escaped.py", diff="print('contained')")
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)

    assert run(task, client, connection, folder) == 0

    assert [path.name for path in tmp_path.rglob("*.py")] == ["escaped.py"]
    assert (folder / "escaped.py").exists()


@pytest.mark.parametrize(
    ("script", "sentence"),
    [({}, "carries no script"), ({"repository": "https://example.com/r.git"}, "comes from a repository")],
)
def test_what_cannot_run_is_refused(
    client: Client, connection: Connection, tmp_path: Path, script: dict[str, str], sentence: str
) -> None:
    """At once, and the task stays a draft."""
    task = create(client, **script)

    with pytest.raises(UsageError, match=sentence):
        run(task, client, connection, tmp_path)

    assert client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task.status == TaskStatus.created
