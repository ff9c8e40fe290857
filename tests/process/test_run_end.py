"""A script ends in every way there is: its exit status is its own, its task has the right status, and what it reported
is on the server exactly once."""

from __future__ import annotations

import os
import platform
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pellucid.client.session import Client
from pellucid.testing.processes import stop_uploaders
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import events, tasks
from pellucid.wire.enums import TaskStatus

pytestmark = pytest.mark.process

BEGIN = """
import sys, os, time
from pellucid import Task
task = Task.init("ends", "script", reuse_last_task_id=False)
print("ID", task.id, flush=True)
task.get_logger().report_scalar("loss", "train", 1.0, 0)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all scripts."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Client:
    """Sees what arrived."""
    return Client(server.url, server.access_key, server.secret_key)


@pytest.fixture
def environment(server: RunningServer, tmp_path: Path) -> dict[str, str]:
    """A script's environment: the server, and a home of its own."""
    return {
        **os.environ,
        "PELLUCID_HOME": str(tmp_path / "home"),
        "CLEARML_CONFIG_FILE": "/dev/null",
        "PELLUCID_API_HOST": server.url,
        "PELLUCID_API_ACCESS_KEY": server.access_key,
        "PELLUCID_API_SECRET_KEY": server.secret_key,
    }


@dataclass(frozen=True)
class Ended:
    """A script that has ended."""

    code: int
    task: str
    output: str


def start(code: str, environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    """Start a script that begins with ``BEGIN``."""
    script = folder / "script.py"
    script.write_text(BEGIN + code)
    return subprocess.Popen(
        [sys.executable, str(script)],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(code: str, environment: dict[str, str], folder: Path) -> Ended:
    """Run such a script to its end."""
    process = start(code, environment, folder)
    output, _ = process.communicate(timeout=60)
    return Ended(process.returncode, task_id(output), output)


def task_id(output: str) -> str:
    """The id that the script printed."""
    return next(line.split()[1] for line in output.splitlines() if line.startswith("ID "))


def final_task(client: Client, task: str) -> tasks.Task:
    """The task, when it has its final status."""

    def get() -> tasks.Task:
        return client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task

    wait_until(lambda: get().status != TaskStatus.in_progress, "the task has its final status")
    return get()


@pytest.mark.parametrize(
    ("code", "exit_code", "status", "reason"),
    [
        ("", 0, "completed", "completed"),
        ("raise ValueError('too bad')", 1, "failed", "Exception: ValueError: too bad"),
        ("sys.exit(3)", 3, "failed", "Exit code 3"),
        ("sys.exit(0)", 0, "completed", "completed"),
        ("sys.exit()", 0, "completed", "completed"),
        ("exit(3)", 3, "failed", "Exit code 3"),
        ("sys.exit('no data')", 1, "failed", "Exit code 1: no data"),
        ("try:\n    sys.exit(3)\nexcept SystemExit:\n    pass\nprint('goes on')", 0, "completed", "completed"),
        (
            "def main():\n    try:\n        sys.exit(3)\n    finally:\n        print('bye')\nmain()",
            3,
            "failed",
            "Exit code 3",
        ),
        ("raise KeyboardInterrupt", -signal.SIGINT, "stopped", "Interrupted (KeyboardInterrupt)"),
        ("os.kill(os.getpid(), 2); time.sleep(60)", -signal.SIGINT, "stopped", "Interrupted (KeyboardInterrupt)"),
        ("os.kill(os.getpid(), 15); time.sleep(60)", -signal.SIGTERM, "stopped", "Terminated (SIGTERM)"),
        (
            "import signal\nsignal.signal(15, lambda *_: sys.exit(7))\nos.kill(os.getpid(), 15); time.sleep(60)",
            7,
            "failed",
            "Exit code 7",
        ),
        ("task.close(); sys.exit(3)", 3, "completed", "completed"),
        ("task.mark_failed(status_reason='by hand')", 0, "failed", "by hand"),
    ],
)
def test_status_and_exit_code(
    client: Client,
    environment: dict[str, str],
    tmp_path: Path,
    code: str,
    exit_code: int,
    status: str,
    reason: str,
) -> None:
    """The shell sees what it would see without us (sdk-surface §4.22; pains 5)."""
    ended = run(code, environment, tmp_path)
    task = final_task(client, ended.task)

    assert (ended.code, task.status, task.status_reason) == (exit_code, status, reason), ended.output
    assert next(iter(next(iter(task.last_metrics.values())).values())).value == 1.0


@pytest.mark.skipif(
    tuple(map(int, re.findall(r"\d+", platform.release())[:2])) < (6, 15),
    reason="only newer kernels tell the exit code of a process that is not a child",
)
def test_an_exit_that_nobody_sees_is_found_out(client: Client, environment: dict[str, str], tmp_path: Path) -> None:
    """A ``SystemExit`` that the script raises itself passes our eyes; the kernel knows its code."""
    ended = run("raise SystemExit(4)", environment, tmp_path)

    def reason() -> str:
        return client.send(tasks.GET_BY_ID, tasks.GetById(task=ended.task)).task.status_reason

    assert ended.code == 4
    wait_until(lambda: reason() == "Exit code 4", "the task says how its process ended")
    assert final_task(client, ended.task).status == "failed"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, "failed"), (signal.SIGSEGV, "failed")])
def test_a_death_without_a_word_is_noticed(
    client: Client, environment: dict[str, str], tmp_path: Path, number: signal.Signals, status: str
) -> None:
    """The uploader outlives the process, and its whole group."""
    ended = run(f"os.killpg(os.getpgid(0), {number}) if os.setsid() is None else None", environment, tmp_path)

    assert ended.code == -number
    assert final_task(client, ended.task).status == status


def test_every_call_that_returned_is_on_the_server_once(
    client: Client, environment: dict[str, str], tmp_path: Path
) -> None:
    """SIGKILL in the middle of 10 000 calls in a tight loop."""
    process = start(
        """
log = task.get_logger()
done = os.open("done", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
for step in range(10_000):
    log.report_scalar("curve", "points", step, step)
    os.pwrite(done, b"%08d" % (step + 1), 0)
    if step == 5_000:
        print("HALF", flush=True)
time.sleep(60)
""",
        environment,
        tmp_path,
    )
    assert process.stdout is not None
    output = ""
    while "HALF" not in output:
        output += process.stdout.readline()
    process.kill()
    output += process.stdout.read()
    process.wait()
    process.stdout.close()
    returned = int((tmp_path / "done").read_bytes())
    task = task_id(output)
    final_task(client, task)

    request = events.GetTaskEvents(task=task, event_type="training_stats_scalar", batch_size=10_000)
    stored = [event for event in client.send(events.GET_TASK_EVENTS, request).events if event["metric"] == "curve"]
    values = [(event["iter"], event["value"]) for event in stored]
    assert values == [(step, float(step)) for step in range(len(values))]
    # The last call may have recorded its point without having returned.
    assert returned <= len(values) <= returned + 1
    assert returned > 5_000


def test_exit_has_a_deadline(environment: dict[str, str], tmp_path: Path) -> None:
    """With a server that is away: the script ends, the journal stays, one line says so (pains 1)."""
    environment |= {"PELLUCID_API_HOST": "http://127.0.0.1:9", "PELLUCID_EXIT_DEADLINE": "0.1"}

    ended = run("print('PID', os.getpid())", environment, tmp_path)

    folder = tmp_path / "home" / "runs" / ended.task
    assert ended.code == 0
    assert (folder / "run.json").exists()
    assert "still to be sent" in ended.output
    stop_uploaders(folder)


def test_forked_children_report_to_the_same_task(client: Client, environment: dict[str, str], tmp_path: Path) -> None:
    """With a journal of their own; their end is not the task's, and os.fork is the system's own (pains 3)."""
    code = """
import multiprocessing, types
assert isinstance(os.fork, types.BuiltinFunctionType)

def work(number):
    task.get_logger().report_scalar("work", str(number), number, 1)
    print("child", number)
    sys.exit(number)

context = multiprocessing.get_context("fork")
children = [context.Process(target=work, args=(number,)) for number in range(3)]
for child in children: child.start()
for child in children: child.join()
pid = os.fork()
if pid == 0:
    task.get_logger().report_scalar("work", "fork", 9, 1)
    raise SystemExit(5)
assert os.waitpid(pid, 0)[1] >> 8 == 5
try:
    os.wait()
except ChildProcessError:
    print("no other child")
"""
    ended = run(code, environment, tmp_path)
    task = final_task(client, ended.task)

    assert (ended.code, task.status) == (0, "completed"), ended.output
    reported = {one.variant: one.value for series in task.last_metrics.values() for one in series.values()}
    assert reported == {"train": 1.0, "0": 0.0, "1": 1.0, "2": 2.0, "fork": 9.0}
    assert "no other child" in ended.output
    log = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=ended.task))
    assert {f"child {number}" for number in range(3)} <= {str(event["msg"]) for event in log.events}
