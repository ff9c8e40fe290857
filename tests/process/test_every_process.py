"""Whatever processes a program is made of, all of them report to its one task, without a word of the user's."""

from __future__ import annotations

import os
import platform
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.client.session import Client
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import events, tasks
from pellucid.wire.enums import TaskStatus

pytestmark = pytest.mark.process

WATCHDOG_SECONDS = 90

# Not guarded by ``if __name__ == "__main__"``: children that import the main module again call Task.init again, under a
# name of their own.
BEGIN = """
import os, sys, time
from pellucid import Logger, Task
task = Task.init("every/process", f"script {time.time_ns()}", reuse_last_task_id=False)

def work(number):
    logger = Logger.current_logger()
    for step in range(3):
        logger.report_scalar("work", f"process {number}", number, step)
    # In one piece: those of several threads mix anywhere else, too.
    print(f"worker {number} was here\\n", end="")
    return number
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all programs."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[Client]:
    """Sees what arrived."""
    client = Client(server.url, server.access_key, server.secret_key)
    yield client
    client.close()


@pytest.fixture
def environment(server: RunningServer, tmp_path: Path) -> dict[str, str]:
    """A program's environment: the server, and a home of its own."""
    return {
        **{name: value for name, value in os.environ.items() if name != "PELLUCID_RUN"},
        "PELLUCID_HOME": str(tmp_path / "home"),
        "CLEARML_CONFIG_FILE": "/dev/null",
        "PELLUCID_API_HOST": server.url,
        "PELLUCID_API_ACCESS_KEY": server.access_key,
        "PELLUCID_API_SECRET_KEY": server.secret_key,
        "OMP_NUM_THREADS": "1",
    }


def run(code: str, environment: dict[str, str], folder: Path, *launcher: str) -> str:
    """Run a program to its good end; returns what it printed."""
    script = folder / "program.py"
    script.write_text(code)
    command = [sys.executable, *launcher, str(script)]
    ended = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=WATCHDOG_SECONDS, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def finished_tasks(client: Client, project: str, count: int) -> list[tasks.Task]:
    """The last tasks of a project, newest first, when each has its final status and no run has anything left."""

    def found() -> list[tasks.Task]:
        query = tasks.GetAll(order_by=["-started"], page_size=count, page=0, only_fields=["id", "project.name"])
        ids = [str(one["id"]) for one in client.send(tasks.GET_ALL, query).tasks]
        return [client.send(tasks.GET_BY_ID, tasks.GetById(task=one)).task for one in ids]

    wait_until(lambda: all(one.status != TaskStatus.in_progress for one in found()), "final statuses")
    return found()


def number_of_tasks(client: Client) -> int:
    """How many tasks there are on the server."""
    return len(client.send(tasks.GET_ALL, tasks.GetAll(only_fields=["id"], page_size=500, page=0)).tasks)


def curves(client: Client, task: str) -> dict[str, tuple[int, float | None]]:
    """For each series of ``work``: number of points, and the last value."""
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    return {
        one.variant: (one.count, one.value)
        for by_series in document.last_metrics.values()
        for one in by_series.values()
        if one.metric == "work"
    }


def console(client: Client, task: str) -> list[str]:
    """The console's lines, of all processes."""
    page = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task, order="asc", batch_size=1000))
    return [line for event in page.events for line in str(event["msg"]).splitlines()]


def only_new_task(client: Client, environment: dict[str, str], before: int) -> str:
    """The id of the one task that was made, when all is on the server."""
    runs = Path(environment["PELLUCID_HOME"]) / "runs"
    wait_until(lambda: not any(runs.iterdir()), "the run is shipped")
    assert number_of_tasks(client) == before + 1
    (task,) = finished_tasks(client, "every/process", 1)
    assert task.status == TaskStatus.completed
    return task.id


MULTIPROCESSING = """
import multiprocessing
if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    children = [context.Process(target=work, args=(number,)) for number in range(3)]
    for child in children: child.start()
    for child in children: child.join()
"""

POOL = """
import multiprocessing
if __name__ == "__main__":
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        assert pool.map(work, range(3)) == [0, 1, 2]
        pool.close()
        pool.join()
"""

LOADER = """
import torch.utils.data

class Numbers(torch.utils.data.Dataset):
    def __len__(self):
        return 3

    def __getitem__(self, number):
        return work(number)

if __name__ == "__main__":
    loader = torch.utils.data.DataLoader(Numbers(), num_workers=2, multiprocessing_context={method!r})
    assert [int(batch) for batch in loader] == [0, 1, 2]
"""

JOBLIB = """
import joblib
if __name__ == "__main__":
    jobs = [joblib.delayed(work)(number) for number in range(3)]
    assert joblib.Parallel(n_jobs=2, backend={method!r})(jobs) == [0, 1, 2]
"""

EXECUTOR = """
import concurrent.futures
with concurrent.futures.ThreadPoolExecutor(3) as pool:
    assert list(pool.map(work, range(3))) == [0, 1, 2]
"""

FORK = """
for number in range(3):
    if os.fork() == 0:
        work(number)
        os._exit(0)
for _ in range(3):
    os.wait()
"""

# A script of its own, which asks for the current task, for the same task, or for any.
SUBPROCESS = """
import subprocess
code = '''
import sys
from pellucid import Logger, Task
number = int(sys.argv[1])
found = [Task.current_task, lambda: Task.init("every/process", sys.argv[2]), Task.init][number]()
assert found.id == sys.argv[3] == Task.current_task().id, found.id
for step in range(3):
    found.get_logger().report_scalar("work", f"process {number}", number, step)
print("worker", number, "was here")
'''
for number in range(3):
    subprocess.run([sys.executable, "-c", code, str(number), task.name, task.id], check=True)
"""


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(FORK, id="fork"),
        pytest.param(MULTIPROCESSING.format(method="fork"), id="multiprocessing-fork"),
        pytest.param(MULTIPROCESSING.format(method="spawn"), id="multiprocessing-spawn"),
        pytest.param(MULTIPROCESSING.format(method="forkserver"), id="multiprocessing-forkserver"),
        pytest.param(POOL.format(method="fork"), id="pool-fork"),
        pytest.param(POOL.format(method="spawn"), id="pool-spawn"),
        pytest.param(LOADER.format(method="fork"), id="loader-fork"),
        pytest.param(LOADER.format(method="spawn"), id="loader-spawn"),
        pytest.param(JOBLIB.format(method="loky"), id="joblib-loky"),
        pytest.param(JOBLIB.format(method="multiprocessing"), id="joblib-multiprocessing"),
        pytest.param(EXECUTOR, id="threads"),
        pytest.param(SUBPROCESS, id="subprocess"),
    ],
)
def test_all_processes_report_to_one_task(
    client: Client, environment: dict[str, str], tmp_path: Path, code: str
) -> None:
    """Each point once, and what each printed (pains 3)."""
    before = number_of_tasks(client)
    run(BEGIN + code, environment, tmp_path)

    task = only_new_task(client, environment, before)
    assert curves(client, task) == {f"process {number}": (3, float(number)) for number in range(3)}
    lines = console(client, task)
    assert [lines.count(f"worker {number} was here") for number in range(3)] == [1, 1, 1], lines


RANK = """
import os
from pellucid import Logger, Task
task = Task.init("every/process", f"rank {os.getpid()}", reuse_last_task_id=False)
rank = int(os.environ["RANK"])
for step in range(3):
    Logger.current_logger().report_scalar("work", f"process {rank}", rank, step)
print("worker", rank, "was here", flush=True)
"""


def test_the_ranks_of_torchrun_report_to_one_task(client: Client, environment: dict[str, str], tmp_path: Path) -> None:
    """All ask for a task, none knows of the others, each has a name of its own (pains 9)."""
    before = number_of_tasks(client)
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "4"]
    run(RANK, environment, tmp_path, *launcher)

    task = only_new_task(client, environment, before)
    assert curves(client, task) == {f"process {rank}": (3, float(rank)) for rank in range(4)}
    page = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task, batch_size=1000))
    by_rank = {event["worker"] for event in page.events if "was here" in str(event["msg"])}
    name = os.uname().nodename
    assert by_rank == {name, f"{name}:rank1", f"{name}:rank2", f"{name}:rank3"}


# What is reported after the first has arrived arrives with a later look at who is there.
SEEN = """
import time
for word in ("first", "second"):
    print(word, flush=True)
    task.flush(wait_for_uploads=True)
"""


@pytest.mark.parametrize(
    ("failure", "exit_code", "reason"),
    [
        pytest.param("raise ValueError('bad')", 1, "Rank 1: Exception: ValueError: bad", id="exception"),
        pytest.param(
            "os.kill(os.getpid(), 9)",
            -9,
            "Rank 1: Killed (SIGKILL), possibly out of memory",
            id="SIGKILL",
            marks=pytest.mark.skipif(
                tuple(map(int, re.findall(r"\d+", platform.release())[:2])) < (6, 15),
                reason="older kernels do not tell the exit code of a process that is not one's child",
            ),
        ),
    ],
)
def test_a_rank_that_fails_names_its_reason_on_the_task(
    client: Client, environment: dict[str, str], tmp_path: Path, failure: str, exit_code: int, reason: str
) -> None:
    """The launcher, which is this test, then ends the others by SIGTERM, which is not what went wrong."""
    program = f"{RANK}{SEEN}if rank == 1:\n    {failure}\ntime.sleep({WATCHDOG_SECONDS})\n"
    ranks = []
    for rank in ("0", "1"):
        place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": "2", "MASTER_ADDR": "here", "MASTER_PORT": "29500"}
        ranks.append(subprocess.Popen([sys.executable, "-c", program], env=environment | place, stderr=subprocess.PIPE))
    first, second = ranks
    second.communicate(timeout=WATCHDOG_SECONDS)
    first.terminate()
    first.communicate(timeout=WATCHDOG_SECONDS)
    assert (second.returncode, first.returncode) == (exit_code, -signal.SIGTERM)

    wait_until(lambda: not any((tmp_path / "home" / "runs").iterdir()), "the run is shipped")
    (task,) = finished_tasks(client, "every/process", 1)
    assert (task.status, task.status_reason) == (TaskStatus.failed, reason)


def test_a_script_that_asks_for_another_task_gets_it(
    client: Client, environment: dict[str, str], tmp_path: Path
) -> None:
    """A sweep starts experiments; each is a task, and its own children report to it."""
    code = """
import subprocess
inner = '''
import os, subprocess, sys
from pellucid import Logger, Task
assert Task.current_task().name.startswith("script")  # still the sweep
Logger.current_logger().report_scalar("work", "process 7", 7, 1)
own = Task.init("every/process", "experiment", reuse_last_task_id=False)
ask = "from pellucid import Task; task = Task.current_task(); print('found', task and task.name)"
subprocess.run([sys.executable, "-c", ask], check=True)
own.close()
assert Task.current_task() is None
subprocess.run([sys.executable, "-c", ask], check=True)
'''
found = subprocess.run([sys.executable, "-c", inner], check=True, capture_output=True, text=True).stdout
assert "found experiment" in found, found
assert f"found {task.name}" in found, found
task.close()
ask = "from pellucid import Task; assert Task.current_task() is None"
subprocess.run([sys.executable, "-c", ask], check=True)
"""
    before = number_of_tasks(client)
    run(BEGIN + code, environment, tmp_path)

    wait_until(lambda: not any((Path(environment["PELLUCID_HOME"]) / "runs").iterdir()), "the runs are shipped")
    assert number_of_tasks(client) == before + 2
    experiment, sweep = finished_tasks(client, "every/process", 2)
    assert (experiment.name, sweep.name.partition(" ")[0]) == ("experiment", "script")
    assert curves(client, sweep.id) == {"process 7": (1, 7.0)}


# A hundred forks while four threads report, print and ask all the time, so that each lock of ours is held at some.
FORKING_AMONG_THREADS = """
import signal, threading
stop = threading.Event()
logger = task.get_logger()

def report(number):
    step = 0
    while not stop.is_set():
        step += 1
        logger.report_scalar("busy", str(number), step, step)
        logger.report_text("busy", print_console=False)
        print("busy", end="\\r")
        if step % 1000 == 0:
            task.set_parameter("General/step", step)  # a request each

threads = [threading.Thread(target=report, args=(number,), daemon=True) for number in range(4)]
for thread in threads: thread.start()
for number in range(100):
    pid = os.fork()
    if pid == 0:
        signal.alarm(30)  # a child that hangs dies of this
        logger.report_scalar("work", "forked", number, number)
        print("worker", number, "was here")
        assert Task.init() is task
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
stop.set()
for thread in threads: thread.join()
"""


def test_forking_among_reporting_threads_never_hangs(
    client: Client, environment: dict[str, str], tmp_path: Path
) -> None:
    """Hundreds of children, each of which reports (pains 3)."""
    before = number_of_tasks(client)
    for _ in range(2):
        run(BEGIN + FORKING_AMONG_THREADS, environment, tmp_path)
        before += 1
        task = only_new_task(client, environment, before - 1)
        assert curves(client, task) == {"forked": (100, 99.0)}


def test_ranks_on_several_machines_report_to_one_task(
    client: Client, environment: dict[str, str], tmp_path: Path
) -> None:
    """The machines are homes of their own here: all that the ranks share is the server (pains 9)."""
    before = number_of_tasks(client)
    processes = []
    for rank in range(4):
        place = {"RANK": rank, "LOCAL_RANK": rank % 2, "WORLD_SIZE": 4, "MASTER_ADDR": "first", "MASTER_PORT": 29500}
        home = {"PELLUCID_HOME": str(tmp_path / f"home{rank // 2}")}
        launched = {**environment, **{name: str(value) for name, value in place.items()}, **home}
        processes.append(
            subprocess.Popen(
                [sys.executable, "-c", f"{RANK}\nimport sys; sys.stdin.read()"], env=launched, stdin=subprocess.PIPE
            )
        )

    def complete() -> bool:
        if number_of_tasks(client) == before:
            return False
        task = client.send(tasks.GET_ALL, tasks.GetAll(order_by=["-started"], page_size=1, page=0)).tasks[0]["id"]
        return curves(client, str(task)) == {f"process {rank}": (3, float(rank)) for rank in range(4)}

    wait_until(complete, "the points of all ranks")
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    for machine in ("home0", "home1"):
        wait_until(lambda: not any((tmp_path / machine / "runs").iterdir()), "the run is shipped")  # noqa: B023
    assert number_of_tasks(client) == before + 1
    (task,) = finished_tasks(client, "every/process", 1)
    assert task.status == TaskStatus.completed
