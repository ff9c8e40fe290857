"""Every end, with and without handlers of the program's own, online and offline: what the shell sees is what it would
see without us, and the task says what happened."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.client.session import Client
from pellucid.testing.run_folder import connection_to, wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.uploader.sync import sync_folder
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(
        tuple(map(int, re.findall(r"\d+", platform.release())[:2])) < (6, 15),
        reason="only newer kernels tell the exit code of a process that is not a child",
    ),
]

HANDLERS = """
def handle(number, frame):
    print("handled", number, flush=True)
    sys.exit(7)

def hook(kind, error, trace):
    print("hooked", kind.__name__, flush=True)

signal.signal(signal.SIGINT, handle)
signal.signal(signal.SIGTERM, handle)
sys.excepthook = hook
"""

TASK = """
from pellucid import Task
task = Task.init("ends", "matrix", reuse_last_task_id=False)
print("ID", task.id, flush=True)
"""

UNSAID = "The process ended without saying how"
"""What is found out later, on another day."""

# How the program ends, and for a run of its own kind: status and reason; with handlers; when it is synced later.
ENDS = {
    "normal": ("", "completed: completed", "completed: completed", None),
    "exit": ("sys.exit(3)", "failed: Exit code 3", "failed: Exit code 3", None),
    "exception": ("1 / 0", "failed: Exception: ZeroDivisionError: division by zero", None, None),
    "SIGINT": ("die(signal.SIGINT)", "stopped: Interrupted (KeyboardInterrupt)", "failed: Exit code 7", None),
    "SIGTERM": ("die(signal.SIGTERM)", "stopped: Terminated (SIGTERM)", "failed: Exit code 7", None),
    "SIGKILL": ("die(signal.SIGKILL)", "failed: Killed (SIGKILL), possibly out of memory", None, f"failed: {UNSAID}"),
    "SIGSEGV": ("die(signal.SIGSEGV)", "failed: Crashed (SIGSEGV)", None, f"failed: {UNSAID}"),
    "_exit": ("os._exit(4)", "failed: Exit code 4", None, f"failed: {UNSAID}"),
}

BEGIN = """
import os, signal, sys, time

def die(number):
    os.kill(os.getpid(), number)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[Client]:
    """Sees what arrived."""
    client = Client(server.url, server.access_key, server.secret_key)
    yield client
    client.close()


def _run(code: str, server: RunningServer, folder: Path, *, offline: bool) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PELLUCID_HOME": str(folder / "home"),
        "CLEARML_CONFIG_FILE": "/dev/null",
        "PELLUCID_API_HOST": server.url,
        "PELLUCID_API_ACCESS_KEY": server.access_key,
        "PELLUCID_API_SECRET_KEY": server.secret_key,
        "PELLUCID_OFFLINE_MODE": str(int(offline)),
    }
    return subprocess.run(
        [sys.executable, "-c", BEGIN + code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
@pytest.mark.parametrize("handlers", [False, True], ids=["plain", "handlers"])
@pytest.mark.parametrize("end", ENDS)
def test_every_end(
    server: RunningServer, client: Client, tmp_path: Path, end: str, handlers: bool, offline: bool
) -> None:
    """The program's handlers run as ever, before or after ours (sdk-surface §4.22; pains 5)."""
    code, plain, handled, synced = ENDS[end]
    own = HANDLERS if handlers else ""
    alone = _run(own + code, server, tmp_path, offline=offline)
    watched = _run(own + TASK + code, server, tmp_path, offline=offline)

    assert watched.returncode == alone.returncode, watched.stdout + watched.stderr
    said = [line for line in watched.stdout.splitlines() if not line.startswith(("ID", "Pellucid"))]
    assert said == alone.stdout.splitlines()

    (words,) = [line.split() for line in watched.stdout.splitlines() if line.startswith("ID")]
    task = words[1].removeprefix("offline-")
    folder = tmp_path / "home" / "runs" / task
    if offline:
        assert sync_folder(folder, connection_to(server)).finished

    def final() -> str:
        document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
        return "" if document.status is TaskStatus.in_progress else f"{document.status}: {document.status_reason}"

    expected = (synced if offline else None) or (handled if handlers else None) or plain
    wait_until(lambda: final() == expected, f"{expected}, not {final()}")
