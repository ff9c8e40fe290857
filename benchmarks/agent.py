"""Agents: how soon a task's own code runs, beside the published agent; many short tasks; many agents that wait."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import psutil

from benchmarks.table import median_of, print_rows
from pellucid.base.ids import new_id
from pellucid.client.session import Client
from pellucid.testing.published_client import client_environment
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import events, queues, task_queueing, tasks
from pellucid.wire.enums import TaskStatus

_THEIRS: Final = Path(".venv-clearml-agent") / "bin" / "python"
_CODE: Final = "import time\nprint('begun', time.time(), flush=True)\n"
_SECONDS: Final = 1200.0
_FIRST_SECONDS: Final = 180.0
_ROUNDS: Final = 3
_AGENTS: Final = 4
_POLLERS: Final = 200
_POLL_SECONDS: Final = 10.0
_PAGE: Final = 500
"""Tasks in one answer, the most that there can be."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=1000, help="how many short tasks (default: %(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, running_server(Path(scratch) / "server") as server:
        client = Client.to(server.connection)
        folder = Path(scratch)
        firsts = [["pellucid agent", *_first_lines(client, _ours(server, folder / "ours"))]]
        if _THEIRS.exists():
            firsts.append(["clearml-agent 3.0.3", *_first_lines(client, _theirs(server, folder / "theirs"))])
        print_rows(["enqueue to the first line of user code, s", "environment to be made", "the same again"], firsts)
        print(flush=True)
        rows = [
            ["tasks a second, 4 agents", f"{_throughput(server, client, folder, arguments.tasks):.1f}"],
            [f"{_POLLERS} agents that wait: processor of the server, %", f"{_idle_load(server, client):.0f}"],
        ]
        print_rows(["what", "measured"], rows)


Command = tuple[list[str], dict[str, str]]


def _ours(server: RunningServer, home: Path) -> Command:
    home.mkdir(parents=True)
    environment = client_environment(home, server) | {"PELLUCID_HOME": str(home), "CLEARML_WORKER_NAME": home.name}
    return [sys.executable, "-P", "-m", "pellucid", "agent"], _with_indexes(environment)


def _theirs(server: RunningServer, home: Path) -> Command:
    home.mkdir(parents=True)
    environment = client_environment(home, server) | {"CLEARML_WORKER_ID": "theirs:0", "TMPDIR": str(home)}
    return [str(_THEIRS.absolute()), "-m", "clearml_agent", "daemon", "--foreground", "--cpu-only"], _with_indexes(
        environment
    )


def _with_indexes(environment: dict[str, str]) -> dict[str, str]:
    """Packages come from where this machine's come from."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
    return {name: value for name, value in environment.items() if name != "HTTPS_PROXY"} | kept


@contextmanager
def _serving(command: Command, queue: str, client: Client) -> Iterator[None]:
    """An agent, from its registration on."""
    words, environment = command
    known = len(client.send(queues.GET_ALL_EX, queues.GetAll(name=f"^{queue}$")).queues[0]["workers"])
    process = subprocess.Popen(
        [*words, "--queue", queue], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + _FIRST_SECONDS
        while len(client.send(queues.GET_ALL_EX, queues.GetAll(name=f"^{queue}$")).queues[0]["workers"]) <= known:
            if time.monotonic() > deadline:
                raise TimeoutError("no agent came")
            time.sleep(0.1)
        yield
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        process.wait()


def _first_lines(client: Client, command: Command) -> list[str]:
    """Seconds: the first time, and the median of the next times; no number where it takes minutes."""
    queue = f"bench-{new_id()[:8]}"
    client.send(queues.CREATE, queues.Create(name=queue))
    try:
        with _serving(command, queue, client):
            first = _seconds_to_begin(client, queue)
            again = median_of(lambda: _seconds_to_begin(client, queue), _ROUNDS)
    except TimeoutError as error:
        return [str(error), ""]
    return [f"{first:.1f}", f"{again:.2f}"]


def _task(client: Client, queue: str, code: str, pip: str) -> str:
    script = {"entry_point": "train.py", "diff": code, "requirements": {"pip": pip}, "binary": "python3.11"}
    task = client.send(tasks.CREATE, tasks.Create(name="a script", type="training", script=script)).id
    client.send(task_queueing.ENQUEUE, task_queueing.Enqueue(task=task, queue_name=queue))
    return task


def _seconds_to_begin(client: Client, queue: str) -> float:
    begun = time.time()
    task = _task(client, queue, _CODE, "six==1.17.0\n")
    _await_end(client, [task], _FIRST_SECONDS)
    log = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task, batch_size=1000)).events
    lines = [line for event in log for line in str(event["msg"]).splitlines() if line.startswith("begun ")]
    return float(lines[0].split()[1]) - begun


def _await_end(client: Client, waited: list[str], seconds: float = _SECONDS) -> None:
    deadline = time.monotonic() + seconds
    running = waited
    while running:
        page = running[:_PAGE]
        query = tasks.GetAll(id=[*page], only_fields=["status"])
        states = {task["id"]: task["status"] for task in client.send(tasks.GET_ALL, query).tasks}
        if bad := [task for task, status in states.items() if status in (TaskStatus.failed, TaskStatus.stopped)]:
            raise RuntimeError(f"task {bad[0]} has not ended well")
        running = [task for task in page if states[task] != TaskStatus.completed] + running[_PAGE:]
        if time.monotonic() > deadline:
            raise TimeoutError(f"more than {seconds:.0f}")
        time.sleep(0.1)


def _throughput(server: RunningServer, client: Client, folder: Path, count: int) -> float:
    """Tasks a second, in an environment that is there."""
    queue = f"bench-{new_id()[:8]}"
    client.send(queues.CREATE, queues.Create(name=queue))
    with ExitStack() as agents:
        for number in range(_AGENTS):
            words, environment = _ours(server, folder / f"agent{number}")
            environment["PELLUCID_AGENT_SKIP_PYTHON_ENV_INSTALL"] = "1"
            agents.enter_context(_serving((words, environment), queue, client))
        begun = time.perf_counter()
        _await_end(client, [_task(client, queue, "print('done')", "") for _ in range(count)])
        return count / (time.perf_counter() - begun)


def _idle_load(server: RunningServer, client: Client) -> float:
    """Percent of one core that the server takes to tell agents, which ask once a second, that nothing waits."""
    queue = client.send(queues.CREATE, queues.Create(name=new_id())).id
    stop = threading.Event()

    def poll() -> None:
        poller = Client.to(server.connection, worker=new_id())
        while not stop.wait(1.0):
            poller.send(queues.GET_NEXT_TASK, queues.GetNextTask(queue=queue))
        poller.close()

    threads = [threading.Thread(target=poll) for _ in range(_POLLERS)]
    for thread in threads:
        thread.start()
    process = psutil.Process(server.pid)
    time.sleep(2.0)  # all have logged in by then
    before, begun = process.cpu_times(), time.perf_counter()
    time.sleep(_POLL_SECONDS)
    after, seconds = process.cpu_times(), time.perf_counter() - begun
    stop.set()
    for thread in threads:
        thread.join()
    return 100.0 * (after.user + after.system - before.user - before.system) / seconds


if __name__ == "__main__":
    main()
