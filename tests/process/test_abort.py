"""A local run whose task is aborted on the server, as a person would do it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.client.session import Client
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import task_life, tasks

pytestmark = pytest.mark.process

TRAINING = """
import sys, time
from pellucid import Task

task = Task.init("tests", "aborted", auto_resource_monitoring=False)
if sys.argv[1] == "prepares":
    task.register_abort_callback(lambda: print("saved the last checkpoint", flush=True))
print("id", task.id, flush=True)
if sys.argv[1] == "ends its task":
    task.mark_stopped()
    task.flush(wait_for_uploads=True)
    sys.stdin.read()
while True:
    time.sleep(0.1)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The server."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


def start(server: RunningServer, home: Path, way: str) -> tuple[subprocess.Popen[str], str]:
    """Start a training; returns it and the id of its task."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PELLUCID_", "CLEARML_"))}
    environment |= {
        "PELLUCID_HOME": str(home),
        "PELLUCID_API_HOST": server.url,
        "PELLUCID_API_ACCESS_KEY": server.access_key,
        "PELLUCID_API_SECRET_KEY": server.secret_key,
        "PELLUCID_DETECT_SCRIPT": "0",
        "CLEARML_CONFIG_FILE": "/dev/null",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINING, way],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("id "):
            return process, line.split()[1]
    raise AssertionError(f"the training ended early: {process.wait()}")


@pytest.mark.parametrize(("way", "last_words"), [("goes on", ""), ("prepares", "saved the last checkpoint")])
def test_an_aborted_training_ends(server: RunningServer, tmp_path: Path, way: str, last_words: str) -> None:
    """Asked by SIGTERM, once it has prepared for it; its task says who wanted it."""
    client = Client.to(server.connection)
    process, task = start(server, tmp_path / "home", way)
    client.send(task_life.STOP, tasks.ChangeStatus(task=task, status_reason="enough"))
    said, _ = process.communicate(timeout=60)
    wait_until(lambda: not any((tmp_path / "home" / "runs").glob("*/")), "the run is shipped")
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task

    assert process.returncode == -signal.SIGTERM
    assert last_words in said
    assert (document.status, document.status_reason) == ("stopped", "enough")


def test_a_training_that_ends_its_own_task_goes_on(server: RunningServer, tmp_path: Path) -> None:
    """That is its own affair."""
    client = Client.to(server.connection)
    process, task = start(server, tmp_path / "home", "ends its task")
    wait_until(lambda: client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task.status == "stopped", "the status")
    # The question is asked every five seconds; the answer is not to be acted on.
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(6)
    process.kill()
    process.communicate()
