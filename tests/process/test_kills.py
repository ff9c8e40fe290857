"""A hundred runs are killed at random moments, alone or with their whole process group: whatever their calls had
returned for is on the server once, after the uploader or a later sync."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.client.session import Client
from pellucid.testing.run_folder import connection_to, wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.uploader.sync import sync_folder
from pellucid.wire import events, scalars, tasks

pytestmark = pytest.mark.process

VICTIMS = 100
TOGETHER = 10

# Per victim: the task's id, and how many calls have returned: of points, lines, parameters, and of its child's points.
COUNTS = struct.Struct("<32s4Q")

# Every fifth has an uploader; every second has a child that reports too, and is killed with it. Each is forked off one
# process that has imported everything, which kills it when it has reported so many points.
KILLER = """
import os, random, signal, struct, sys
from mmap import mmap
from pellucid import Task

COUNTS, path, seed, together = struct.Struct("<32s4Q"), sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
file = open(path, "r+b")
shared = mmap(file.fileno(), 0)
words = memoryview(shared).cast("Q")

def count(victim, field, number):
    # One store of a machine word: struct would write zeros first, and be killed there once in a while.
    words[(victim * COUNTS.size + 32) // 8 + field] = number

def live(victim):
    os.setsid()
    if victim % 5:
        os.environ["PELLUCID_OFFLINE_MODE"] = "1"
    sys.stdout = open(os.devnull, "w")
    task = Task.init("kills", f"victim {victim}", reuse_last_task_id=False)
    shared[victim * COUNTS.size : victim * COUNTS.size + 32] = task.id.removeprefix("offline-").encode()
    log = task.get_logger()
    field, series = (3, "child") if victim % 2 and os.fork() == 0 else (0, "first")
    for step in range(1, 1 << 30):
        if step > 3000:
            signal.pause()
        log.report_scalar("curve", series, step, step)
        count(victim, field, step)
        if series == "first" and step % 10 == 0:
            print("line", step // 10)
            count(victim, 1, step // 10)
        if series == "first" and step % 100 == 0:
            task.set_parameter(f"General/{step // 100}", step)
            count(victim, 2, step // 100)

moments = random.Random(seed)
victims = len(shared) // COUNTS.size
for batch in range(0, victims, together):
    alive = {}
    for victim in range(batch, batch + together):
        pid = os.fork()
        if pid == 0:
            live(victim)
        alive[victim] = pid, moments.randrange(1500)
    while alive:
        for victim, (pid, moment) in list(alive.items()):
            if struct.unpack_from("<Q", shared, victim * COUNTS.size + 32)[0] >= moment:
                try:
                    (os.killpg if victim % 2 else os.kill)(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue  # it has no group of its own yet
                os.waitpid(pid, 0)
                del alive[victim]
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server."""
    with running_server(tmp_path / "server") as server:
        yield server


def _environment(server: RunningServer, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PELLUCID_HOME": str(folder / "home"),
        "CLEARML_CONFIG_FILE": "/dev/null",
        "PELLUCID_API_HOST": server.url,
        "PELLUCID_API_ACCESS_KEY": server.access_key,
        "PELLUCID_API_SECRET_KEY": server.secret_key,
    }


def test_what_a_hundred_killed_runs_had_reported_is_on_the_server_once(server: RunningServer, tmp_path: Path) -> None:
    """Points, lines of the console and parameters (pains 4). The one call that was under way may be there or not."""
    counts = tmp_path / "counts"
    counts.write_bytes(bytes(COUNTS.size * VICTIMS))
    seed = random.randrange(1_000_000)
    print("seed", seed)
    command = [sys.executable, "-c", KILLER, str(counts), str(seed), str(TOGETHER)]
    subprocess.run(command, env=_environment(server, tmp_path), check=True, timeout=120)

    _bring_to_server(server, tmp_path / "home")
    client = Client(server.url, server.access_key, server.secret_key)
    returned = list(COUNTS.iter_unpack(counts.read_bytes()))
    assert sum(1 for task, *_ in returned if task.strip(b"\0")) > VICTIMS * 0.9
    for task, points, lines, parameters, child_points in returned:
        if task.strip(b"\0"):
            _check(client, task.decode(), points=points, lines=lines, parameters=parameters, child_points=child_points)
    client.close()


def _bring_to_server(server: RunningServer, home: Path) -> None:
    """Let the uploaders finish, and send what has none."""
    runs = home / "runs"
    for folder in sorted(runs.iterdir()):
        if (folder / "uploader.lock").exists():
            wait_until(lambda: not folder.exists(), "the run is shipped")  # noqa: B023
        elif (folder / "run.json").exists():
            progress = sync_folder(folder, connection_to(server))
            assert progress.finished
            # What a kill tore is passed over, and said to be.
            assert all("damaged bytes passed over" in sentence for sentence in progress.refused)


def _check(client: Client, task: str, *, points: int, lines: int, parameters: int, child_points: int) -> None:
    curves = client.send(scalars.SCALAR_HISTOGRAM, scalars.ScalarHistogram(task=task, samples=5_000))
    for series, count in (("first", points), ("child", child_points)):
        stored = curves.get("curve", {}).get(series)
        values = [] if stored is None else stored.y
        assert values == [float(step) for step in range(1, len(values) + 1)]
        assert count <= len(values) <= count + 1

    request = events.GetTaskEvents(task=task, event_type="log", batch_size=10_000)
    said = [str(event["msg"]) for event in client.send(events.GET_TASK_EVENTS, request).events]
    assert sorted(said) == sorted(f"line {number}" for number in range(1, len(said) + 1))
    assert lines <= len(said) <= lines + 1

    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    assert parameters <= len(document.hyperparams.get("General", {})) <= parameters + 1
    assert document.status == "failed"


HUGE = """
from pellucid import Task
task = Task.init("kills", "huge", reuse_last_task_id=False, auto_connect_streams=False)
log = task.get_logger()
for number in range(9_999):
    log.report_text(f"event {number}", print_console=False)
    if number == 5_000:
        log.report_plotly("plots", "huge", {"data": [{"x": ["x" * 50_000_000]}], "layout": {}}, iteration=0)
        log.report_plotly("plots", "small", {"data": [], "layout": {}}, iteration=0)
assert task.flush(wait_for_uploads=True)
print(task.id, task.pending())
"""


def test_one_huge_event_among_many_harms_only_itself(server: RunningServer, tmp_path: Path) -> None:
    """A plot of 50 MB among ten thousand small events (pains 4): it is missing, and the task and ``pending`` say so."""
    ended = subprocess.run(
        [sys.executable, "-c", HUGE], env=_environment(server, tmp_path), capture_output=True, text=True, check=True
    )
    print(ended.stdout, ended.stderr)
    task, pending = ended.stdout.splitlines()[-1].split(maxsplit=1)
    client = Client(server.url, server.access_key, server.secret_key)

    assert pending == "Pending(points=0, bytes=0, lost_files=0, refused=1)"
    request = events.GetTaskEvents(task=task, event_type="log", batch_size=10_000)
    said = [str(event["msg"]) for event in client.send(events.GET_TASK_EVENTS, request).events]
    assert sorted(said) == sorted([*(f"event {number}" for number in range(9_999)), _complaint(said)])
    plots = events.GetTaskEvents(task=task, event_type="plot", batch_size=10)
    assert [event["variant"] for event in client.send(events.GET_TASK_EVENTS, plots).events] == ["small"]
    client.close()


def _complaint(said: list[str]) -> str:
    (complaint,) = [line for line in said if "is too big to be sent" in line]
    return complaint
