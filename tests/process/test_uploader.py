"""Real runs, real uploaders, a real server: what was reported arrives once, whatever dies on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pellucid.client.session import Client
from pellucid.testing.fault_proxy import fault_proxy
from pellucid.testing.run_folder import RecordedRun, connection_to, running_uploader, wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.uploader.sync import sync_folder
from pellucid.wire import events, scalars, tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import PROGRESS_FILE, Call, End

pytestmark = pytest.mark.process

_REPORTING_CHILD = """
import sys
from pathlib import Path
from pellucid.testing.run_folder import RecordedRun
run = RecordedRun(Path(sys.argv[1]))
loss, points = run.series("loss", "train"), int(sys.argv[2])
print(run.task, flush=True)
for iteration in range(points):
    run.writer.append_point(loss, iteration, iteration / 2)
    if iteration % 1000 == 0:
        run.line(f"at {iteration}")
print("reported", flush=True)
input()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server."""
    with running_server(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[Client]:
    """To look at what arrived."""
    client = Client(server.url, server.access_key, server.secret_key)
    yield client
    client.close()


def stored(client: Client, task: str) -> tuple[int, list[float | None]]:
    """Number of points of ``loss/train`` as counted by the server, and the curve's values."""
    summary = [
        series
        for by_series in client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task.last_metrics.values()
        for series in by_series.values()
    ]
    curves = client.send(scalars.SCALAR_HISTOGRAM, scalars.ScalarHistogram(task=task, samples=6000))
    return sum(series.count for series in summary), curves["loss"]["train"].y


def console(client: Client, task: str) -> list[str]:
    """The console lines."""
    page = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task, order="asc"))
    return [event["msg"] for event in page.events]


@pytest.mark.parametrize(
    ("number", "status", "reason"),
    [
        (signal.SIGKILL, TaskStatus.failed, "Killed (SIGKILL), possibly out of memory"),
        (signal.SIGTERM, TaskStatus.stopped, "Terminated (SIGTERM)"),
        (signal.SIGSEGV, TaskStatus.failed, "Crashed (SIGSEGV)"),
    ],
)
def test_a_killed_run_arrives_whole_with_its_cause_of_death(
    server: RunningServer, client: Client, tmp_path: Path, number: int, status: TaskStatus, reason: str
) -> None:
    """Ten thousand points, each once; then the folder goes."""
    folder = tmp_path / "run"
    child = subprocess.Popen(
        [sys.executable, "-c", _REPORTING_CHILD, str(folder), "10000"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    task = child.stdout.readline().strip()
    with running_uploader(folder, connection_to(server)) as uploader:
        assert child.stdout.readline() == "reported\n"
        wait_until((folder / PROGRESS_FILE).exists, "the uploader's first round")
        child.send_signal(number)
        child.wait()
        assert uploader.wait(30) == 0
    child.stdout.close()
    child.stdin.close()

    count, curve = stored(client, task)
    assert count == 10_000
    assert curve[0] is not None
    assert console(client, task) == [f"at {iteration}" for iteration in range(0, 10_000, 1000)]
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    assert (document.status, document.status_reason) == (status, reason)
    assert not folder.exists()


def test_a_server_that_comes_up_late_gets_everything(tmp_path: Path) -> None:
    """The run never notices; the uploader waits."""
    with running_server(tmp_path / "data") as server:
        connection, port = connection_to(server), int(server.url.rpartition(":")[2])
    run = RecordedRun(tmp_path / "run")
    loss = run.series("loss", "train")
    for iteration in range(1000):
        run.writer.append_point(loss, iteration, 0.5)

    with running_uploader(run.folder, connection) as uploader:
        log = run.folder / "uploader.log"
        wait_until(lambda: log.exists() and "nothing can be sent now" in log.read_text(), "the first failed attempt")
        run.end(End(TaskStatus.completed, "done"))
        with running_server(tmp_path / "data", port=port) as server:
            assert uploader.stdin is not None
            uploader.stdin.write(b"\n")
            assert uploader.wait(60) == 0
            client = Client(server.url, server.access_key, server.secret_key)
            assert stored(client, run.task)[0] == 1000
            assert client.send(tasks.GET_BY_ID, tasks.GetById(task=run.task)).task.status == TaskStatus.completed
            client.close()


@pytest.mark.parametrize(("fault", "after"), [("cut_request_after", 1000), ("cut_answer_after", 10)])
def test_connections_that_are_cut_double_nothing_and_lose_nothing(
    server: RunningServer, client: Client, tmp_path: Path, fault: str, after: int
) -> None:
    """A request that was lost half-way, and one that was carried out without an answer."""
    run = RecordedRun(tmp_path / "run")
    loss = run.series("loss", "train")
    with fault_proxy(server.url) as proxy, running_uploader(run.folder, connection_to(server, api_host=proxy.url)):
        wait_until(lambda: run.acknowledged().frames >= run.writer.position().frames, "the first records")
        setattr(proxy, fault, after)
        for iteration in range(20_000):
            run.writer.append_point(loss, iteration, iteration * 0.37)
        for number in range(20):
            run.line(f"line {number}")
        run.end(End(TaskStatus.completed))
        wait_until(lambda: proxy.resets >= 2, "two connections that are cut")
        setattr(proxy, fault, None)
        wait_until(lambda: not run.folder.exists(), "the end of the run")

    assert stored(client, run.task)[0] == 20_000
    assert console(client, run.task) == [f"line {number}" for number in range(20)]


def test_a_killed_uploader_is_replaced_without_loss_or_doubling(
    server: RunningServer, client: Client, tmp_path: Path
) -> None:
    """Whoever comes next goes on, be it an uploader or ``sync``."""
    run = RecordedRun(tmp_path / "run")
    loss = run.series("loss", "train")
    for part in range(3):
        with running_uploader(run.folder, connection_to(server)):
            for iteration in range(part * 5000, (part + 1) * 5000):
                run.writer.append_point(loss, iteration, 1.0)
            run.line(f"part {part}")
            wait_until(lambda: stored_points(client, run.task) > part * 5000, "some points of this part")  # noqa: B023
    run.end(End(TaskStatus.completed))
    progress = sync_folder(run.folder, connection_to(server))

    assert (progress.finished, progress.refused) == (True, [])
    assert stored(client, run.task)[0] == 15_000
    assert console(client, run.task) == ["part 0", "part 1", "part 2"]
    assert not run.folder.exists()


def test_only_one_uploader_ships_a_run(server: RunningServer, tmp_path: Path) -> None:
    """The second goes at once, and with success."""
    run = RecordedRun(tmp_path / "run")
    with running_uploader(run.folder, connection_to(server)) as first:
        wait_until(lambda: run.acknowledged().frames > 0, "the first uploader's first round")
        with running_uploader(run.folder, connection_to(server)) as second:
            assert second.wait(30) == 0
        assert first.poll() is None
        assert not sync_folder(run.folder, connection_to(server)).finished


def test_files_are_stored_and_announced(server: RunningServer, client: Client, tmp_path: Path) -> None:
    """The stored bytes are those of the copy in the folder, at the address that is announced."""
    run = RecordedRun(tmp_path / "run")
    content = b"model \x00" * 300_000
    (run.folder / "copy.bin").write_bytes(content)
    path = f"vision/first run.{run.task}/artifacts/model/copy.bin"
    artifact = tasks.Artifact(key="model", type="custom", uri=f"{server.url}/files/{path.replace(' ', '%20')}")
    announcement = tasks.AddOrUpdateArtifacts(task=run.task, artifacts=[artifact])
    run.upload("copy.bin", path, Call(tasks.ADD_OR_UPDATE_ARTIFACTS.name, msgspec.json.encode(announcement)))
    run.end(End(TaskStatus.completed))
    with running_uploader(run.folder, connection_to(server)) as uploader:
        assert uploader.wait(30) == 0

    (stored_artifact,) = client.send(tasks.GET_BY_ID, tasks.GetById(task=run.task)).task.execution["artifacts"]
    response = client.request("GET", stored_artifact["uri"])
    assert response.data == content


def stored_points(client: Client, task: str) -> int:
    """Number of points on the server, 0 while the task isn't there."""
    query = tasks.GetAll(id=[task], only_fields=["last_metrics"])
    found = client.send(tasks.GET_ALL, query).tasks
    metrics = found[0].get("last_metrics", {}) if found else {}
    return sum(series["count"] for by_series in metrics.values() for series in by_series.values())
