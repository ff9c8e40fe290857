"""An agent that is killed with all of its group in the middle of a task, as the kernel does it when memory is short."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from pellucid.base.clock import utc_now
from pellucid.base.ids import new_id
from pellucid.base.process import identify
from pellucid.client.session import Client
from pellucid.server.watchdog import Patience, watching
from pellucid.store.opening import open_store
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import events, queues, task_queueing, tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.metadata import MetadataItem

pytestmark = pytest.mark.process

TRAINING = """
import os, subprocess, sys
from pathlib import Path
from pellucid import Task

task = Task.init(auto_resource_monitoring=False)
mark = Path(os.environ["PELLUCID_HOME"]) / task.id
if mark.exists():
    print("the second time", flush=True)
else:
    worker = subprocess.Popen(["sleep", "600"], start_new_session=True)
    mark.write_text(f"{os.getpid()} {worker.pid}")
    print("the first time", flush=True)
    worker.wait()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server, and a watchdog over its data that looks more often than the server's own."""
    data = tmp_path_factory.mktemp("server")
    with running_server(data) as server:
        store = open_store(data)
        with watching(store, utc_now, Patience(interval=timedelta(seconds=0.2))):
            yield server
        store.close()


@pytest.fixture
def client(server: RunningServer) -> Iterator[Client]:
    """A client of it."""
    client = Client.to(server.connection)
    yield client
    client.close()


@contextmanager
def agent(server: RunningServer, home: Path, queue: str, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """An agent whose signs of life are missed after two seconds."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PELLUCID_", "CLEARML_"))}
    environment |= {
        "PELLUCID_HOME": str(home),
        "PELLUCID_API_HOST": server.url,
        "PELLUCID_API_ACCESS_KEY": server.access_key,
        "PELLUCID_API_SECRET_KEY": server.secret_key,
        "PELLUCID_WORKER_NAME": name,
        "PELLUCID_AGENT_STATUS_REPORT_FREQ_SEC": "0.3",
        "PELLUCID_AGENT_QUEUE_POLL_FREQ_SEC": "0.1",
        "PELLUCID_AGENT_SKIP_PYTHON_ENV_INSTALL": "1",
        "CLEARML_CONFIG_FILE": "/dev/null",
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "pellucid", "agent", "--queue", queue],
        env=environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(60)


def document(client: Client, task: str) -> tasks.Task:
    """The task."""
    return client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task


def console(client: Client, task: str) -> list[str]:
    """Its lines."""
    found = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task, order="asc")).events
    return [str(event["msg"]) for event in found]


def waiting_task(client: Client, retries: int) -> tuple[str, str]:
    """A queue that allows some retries, and a task in it."""
    name = new_id()
    queue = client.send(queues.CREATE, queues.Create(name=name)).id
    wish = MetadataItem(key=queues.RETRIES_KEY, value=str(retries))
    client.send(queues.ADD_OR_UPDATE_METADATA, queues.AddOrUpdateMetadata(queue=queue, metadata=[wish]))
    script = {"entry_point": "train.py", "diff": TRAINING}
    task = client.send(tasks.CREATE, tasks.Create(name="a script", type="training", script=script)).id
    client.send(task_queueing.ENQUEUE, task_queueing.Enqueue(task=task, queue=queue))
    return name, task


def kill_in_the_middle(process: subprocess.Popen[bytes], client: Client, task: str, home: Path) -> None:
    """Kill an agent and its group while the task runs; what the task has started ends."""
    wait_until(lambda: "the first time" in console(client, task), "the task runs", 60)
    started = [int(pid) for pid in (home / task).read_text().split()]
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    wait_until(lambda: not any(map(identify, started)), "what the task has started has ended")


def test_its_task_is_stopped(server: RunningServer, client: Client, tmp_path: Path) -> None:
    """And says why; it stays so, as its queue wants no retries."""
    queue, task = waiting_task(client, retries=0)
    with agent(server, tmp_path, queue, new_id()) as process:
        kill_in_the_middle(process, client, task, tmp_path)
    wait_until(lambda: document(client, task).status != TaskStatus.in_progress, "it is marked")
    found = document(client, task)
    assert found.status == TaskStatus.stopped
    assert "is gone, and nothing has been heard of it since" in found.status_message


@pytest.mark.parametrize("way", ["by another agent", "by the same one, started anew"])
def test_its_task_runs_again(server: RunningServer, client: Client, tmp_path: Path, way: str) -> None:
    """Once, on whichever agent is there, and comes to its end."""
    queue, task = waiting_task(client, retries=1)
    first = new_id()
    with agent(server, tmp_path, queue, first) as process:
        kill_in_the_middle(process, client, task, tmp_path)
    with agent(server, tmp_path, queue, new_id() if "another" in way else first):
        wait_until(lambda: document(client, task).status == TaskStatus.completed, "it is done", 60)
    lines = console(client, task)
    assert [line for line in lines if line.endswith("time")] == ["the first time", "the second time"]
    assert document(client, task).runtime["pellucid_retries"] == "1"
