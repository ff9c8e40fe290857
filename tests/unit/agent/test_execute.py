"""The agent runs tasks for real: a real server, real processes."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pellucid.agent.execute import Execution
from pellucid.agent.settings import AgentSettings
from pellucid.base.clock import now_milliseconds
from pellucid.base.connection import Connection
from pellucid.base.process import identify
from pellucid.client.session import Client
from pellucid.engines.local import LocalEngine
from pellucid.testing.run_folder import wait_until
from pellucid.wire import events, task_life, tasks, workers
from pellucid.wire.enums import TaskStatus

Run = Callable[[str], Execution]


@pytest.fixture
def execution(client: Client, connection: Connection, settings: AgentSettings, tmp_path: Path) -> Run:
    """Prepares to run a task."""

    def prepare(task: str) -> Execution:
        folder = tmp_path / "work"
        folder.mkdir()
        return Execution(
            task,
            client=client,
            connection=connection,
            engine=LocalEngine(),
            folder=folder,
            settings=settings,
            worker="test:0",
        )

    return prepare


def create(client: Client, code: str, **fields: Any) -> str:
    """A draft that carries its script."""
    script = {"entry_point": "train.py", "diff": code}
    return client.send(tasks.CREATE, tasks.Create(name="a script", type="training", script=script, **fields)).id


def document(client: Client, task: str) -> tasks.Task:
    """The task."""
    return client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task


def console(client: Client, task: str) -> list[str]:
    """Its lines, but for the agent's own at the beginning."""
    found = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task, order="asc", batch_size=1000)).events
    lines = [str(event["msg"]) for event in found]
    return [line for line in lines if not line.startswith("Starting ")]


def test_a_script_runs_with_its_task_s_id_and_completes(client: Client, execution: Run) -> None:
    """The console is on the server, and the exit code became the status; no window is opened."""
    task = create(client, "import os; print('running', os.environ['PELLUCID_TASK_ID'], os.environ['MPLBACKEND'])")

    assert execution(task).run() == 0

    assert document(client, task).status == TaskStatus.completed
    assert console(client, task) == [f"running {task} agg"]


@pytest.mark.parametrize(
    ("code", "status", "reason", "message"),
    [
        ("raise SystemExit(3)", 3, "Exit code 3", "The program ended with exit code 3"),
        (
            "import os; os.kill(os.getpid(), 9)",
            -9,
            "Exit code -9",
            "The program ended with signal 9, possibly out of memory",
        ),
    ],
)
def test_a_failing_script_fails_the_task(
    client: Client, execution: Run, code: str, status: int, reason: str, message: str
) -> None:
    """The reason names the exit code."""
    task = create(client, code)

    assert execution(task).run() == status

    found = document(client, task)
    assert (found.status, found.status_reason, found.status_message) == (TaskStatus.failed, reason, message)


def test_what_cannot_run_fails_with_a_sentence(client: Client, execution: Run) -> None:
    """In its status, and at the end of its console."""
    script = {"repository": "/nowhere", "entry_point": "train.py"}
    task = client.send(tasks.CREATE, tasks.Create(name="nowhere", type="training", script=script)).id

    assert execution(task).run() == 1

    found = document(client, task)
    assert found.status == TaskStatus.failed
    assert (found.status_message or "").startswith("/nowhere can't be fetched: check its address")
    assert console(client, task)[-1] == f"Pellucid agent: {found.status_message}"


def test_the_task_s_own_variables_and_set_up(client: Client, execution: Run) -> None:
    """The section ``Environment``, and a shell script that comes first."""
    task = create(
        client,
        "import os; print(os.environ['MINE'], os.environ['SET_UP'])",
        hyperparams={"Environment": {"MINE": tasks.Parameter(section="Environment", name="MINE", value="1")}},
        container={"setup_shell_script": "export SET_UP=2"},
    )

    assert execution(task).run() == 0
    assert console(client, task) == ["1 2"]


def test_what_nobody_has_thought_of(client: Client, execution: Run) -> None:
    """Fails the task, here by a variable that can't be one, and nothing else."""
    variable = tasks.Parameter(section="Environment", name="A=B", value="c")
    task = create(client, "pass", hyperparams={"Environment": {"A=B": variable}})
    assert execution(task).run() == 1
    found = document(client, task)
    assert found.status == TaskStatus.failed
    assert found.status_message.startswith("the task can't be run as it is (ValueError): ")
    assert console(client, task)[-1] == f"Pellucid agent: {found.status_message}"


def test_a_set_up_that_fails(client: Client, execution: Run) -> None:
    """Is the end of it."""
    task = create(client, "print('never')", container={"setup_shell_script": "echo trouble; false"})
    assert execution(task).run() == 1
    assert console(client, task) == ["trouble"]


def test_secrets_are_not_printed(client: Client, connection: Connection, execution: Run) -> None:
    """Neither the agent's keys nor passwords in addresses."""
    task = create(client, "import os; print(os.environ['PELLUCID_API_SECRET_KEY'], 'https://me:pass@host/x')")
    execution(task).run()
    assert console(client, task) == ["**** https://****@host/x"]


def test_a_bar_is_one_line(client: Client, execution: Run) -> None:
    """Its last state."""
    task = create(client, "import sys\nfor i in range(1000): sys.stdout.write(f'\\r{i}')\nprint()\nprint('done')")
    execution(task).run()
    assert console(client, task) == ["999", "done"]


SLEEPS = """
import signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("child", child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("way", ["stop", "delete"])
def test_a_task_that_is_aborted(client: Client, execution: Run, way: str) -> None:
    """Its process ends, with all that it has started, wherever they are."""
    task = create(client, SLEEPS)
    running = execution(task)
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(running.run()))
    thread.start()
    wait_until(lambda: any(line.startswith("child") for line in console(client, task)), "it runs")
    pid = int(console(client, task)[-1].split()[1])

    if way == "stop":
        # A worker that the server hears of is asked; for one that is silent, the task would be stopped at once.
        report = workers.StatusReport(worker="test:0", timestamp=now_milliseconds(), task=task)
        client.send(workers.STATUS_REPORT, report)
        client.send(task_life.STOP, tasks.ChangeStatus(task=task, status_reason="enough"))
    else:
        client.send(task_life.DELETE, task_life.Delete(task=task, force=True))
    thread.join(60)

    assert codes
    assert codes != [0]
    wait_until(lambda: identify(pid) is None, "what it has started is gone")
    if way == "stop":
        assert document(client, task).status == TaskStatus.stopped


@pytest.fixture
def slow_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that fetches for ever, as it does from a server that does not answer."""
    program = tmp_path / "programs" / "git"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("slow_git")
@pytest.mark.parametrize("way", ["user", "agent"])
def test_a_task_that_is_stopped_while_it_is_prepared(client: Client, execution: Run, way: str) -> None:
    """Is stopped at once, and never begins."""
    script = {"repository": "https://nowhere.invalid/x.git", "entry_point": "train.py"}
    task = client.send(tasks.CREATE, tasks.Create(name="slow", type="training", script=script)).id
    running = execution(task)
    thread = threading.Thread(target=running.run)
    thread.start()
    wait_until(lambda: any(line.startswith("Fetching") for line in console(client, task)), "it is fetched")

    if way == "user":
        report = workers.StatusReport(worker="test:0", timestamp=now_milliseconds(), task=task)
        client.send(workers.STATUS_REPORT, report)
        client.send(task_life.STOP, tasks.ChangeStatus(task=task, status_reason="enough"))
    else:
        running.stopping.stop("the agent goes")
    thread.join(30)

    assert not thread.is_alive()
    found = document(client, task)
    assert (found.status, found.status_reason) == (
        TaskStatus.stopped,
        "aborted by a user" if way == "user" else "the agent goes",
    )


def test_gpus(client: Client, connection: Connection, settings: AgentSettings, tmp_path: Path) -> None:
    """Those that it may use."""
    task = create(client, "import os; print(os.environ['CUDA_VISIBLE_DEVICES'])")
    execution = Execution(
        task,
        client=client,
        connection=connection,
        engine=LocalEngine(),
        folder=tmp_path,
        settings=msgspec.structs.replace(settings),
        worker="test:0",
        gpus="1,2",
    )
    execution.run()
    assert console(client, task) == ["1,2"]


def test_more_gpus_than_there_are(
    client: Client, connection: Connection, settings: AgentSettings, tmp_path: Path
) -> None:
    """Fails the task before anything else is made ready."""
    wish = tasks.Parameter(section="Resources", name="gpus", value="2")
    task = create(client, "print('never')", hyperparams={"Resources": {"gpus": wish}})
    execution = Execution(
        task,
        client=client,
        connection=connection,
        engine=LocalEngine(),
        folder=tmp_path,
        settings=settings,
        worker="test:0",
        gpu_count=1,
    )
    assert execution.run() == 1
    assert document(client, task).status_message == console(client, task)[-1].removeprefix("Pellucid agent: ")
    assert "asks for 2 GPUs, and this worker has 1: enqueue it for another one" in console(client, task)[-1]


def test_a_disk_that_is_full(client: Client, execution: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the task with what to do; a full disk is played by the call that meets it."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pellucid.agent.execute.place_code", full)
    task = create(client, "print('never')")

    assert execution(task).run() == 1
    assert (document(client, task).status_message or "").startswith("no space is left on the worker's disk: free some")
