"""What was acknowledged is there once: after the server was killed, the disk was full, the database was away."""

from __future__ import annotations

import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from pellucid.base.errors import ServerUnavailableError
from pellucid.base.points import POINT
from pellucid.client.session import Client
from pellucid.testing.postgresql import running_cluster
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire.events import Event
from pellucid.wire.ingest import Append, EventsBatch, PointsBatch

pytestmark = pytest.mark.process

_WAIT_SECONDS = 60


class Reporter:
    """A run that reports steps, each of which is a point and a console line, and counts what was acknowledged."""

    def __init__(self, server: RunningServer, *, padding: int = 0) -> None:
        self.client = Client(server.url, server.access_key, server.secret_key)
        self.padding = "." * padding
        self.acknowledged = 0
        self.task = str(self.call("tasks.create", name="t", type="training")["id"])
        self.call("tasks.started", task=self.task)

    def call(self, name: str, /, **body: Any) -> dict[str, Any]:
        """The data of an answer that must be good."""
        return dict(msgspec.json.decode(self.client.send_raw(name, msgspec.json.encode(body))))

    def line(self, step: int) -> str:
        """What a step says."""
        return f"step {step} {self.padding}"

    def report(self) -> None:
        """Report the next step. Raises ServerUnavailableError; then the step may be reported again."""
        step = self.acknowledged
        slot = POINT.pack(step, step, float(step), 1)
        points = PointsBatch(
            writer="points", offset=step, count=1, series={1: ("loss", "train")}, data=zstandard.compress(slot)
        )
        line = Event(type="log", task=self.task, timestamp=step, msg=self.line(step))
        lines = EventsBatch(writer="lines", events=[(step + 1, line)])
        self.client.append(Append(task=self.task, batches=[points, lines]))
        self.acknowledged += 1

    def report_for_ever(self) -> None:
        """Report steps until that fails."""
        while True:
            self.report()

    def report_at_last(self) -> None:
        """Report the next step, again and again until it is acknowledged."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                return self.report()
            except ServerUnavailableError:
                assert time.monotonic() < deadline
                time.sleep(0.01)

    def check(self) -> None:
        """What was acknowledged is stored, once, and nothing else is."""
        curves = self.call("events.scalar_metrics_iter_histogram", task=self.task, samples=10_000)
        assert curves["loss"]["train"]["y"] == list(map(float, range(self.acknowledged)))
        lines = self.call("events.get_task_log", task=self.task, batch_size=10_000, order="asc")["events"]
        assert [line["msg"] for line in lines] == [self.line(step) for step in range(self.acknowledged)]


@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 10), ("postgresql", 2)])
def test_a_killed_server_has_what_it_acknowledged(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, kills: int
) -> None:
    """Three runs report all the time, and repeat what was not acknowledged, while server after server is killed."""
    database = request.getfixturevalue("database") if kind == "postgresql" else None
    enough = threading.Event()

    def report_for_long(reporter: Reporter) -> None:
        while not enough.is_set():
            reporter.report_at_last()

    with running_server(tmp_path, database=database) as server:
        port = int(server.url.rpartition(":")[2])
        reporters = [Reporter(server) for _ in range(3)]
    with ThreadPoolExecutor(len(reporters)) as threads:
        reports = [threads.submit(report_for_long, reporter) for reporter in reporters]
        try:
            for _ in range(kills):
                with running_server(tmp_path, port=port, database=database) as server:
                    _wait_for_progress(reporters)
                    server.process.kill()
                    server.wait()
        finally:
            enough.set()
        with running_server(tmp_path, port=port, database=database):
            for report in reports:
                report.result(_WAIT_SECONDS)
            for reporter in reporters:
                reporter.check()
                reporter.client.close()


def _wait_for_progress(reporters: list[Reporter]) -> None:
    """Until each has reported a few more steps."""
    goals = [reporter.acknowledged + 5 for reporter in reporters]
    deadline = time.monotonic() + _WAIT_SECONDS
    while any(reporter.acknowledged < goal for reporter, goal in zip(reporters, goals, strict=True)):
        assert time.monotonic() < deadline, "nothing is acknowledged"
        time.sleep(0.005)


def test_a_database_that_stops_and_starts_again(tmp_path: Path) -> None:
    """Meanwhile the server says to try again later; then it goes on by itself, with all that was stored."""
    with (
        running_cluster(durable=True) as cluster,
        cluster.a_database() as database,
        running_server(tmp_path, database=database) as server,
    ):
        reporter = Reporter(server)
        for _ in range(3):
            for _ in range(5):
                reporter.report_at_last()
            cluster.stop()
            with pytest.raises(ServerUnavailableError):
                reporter.report()
            answer = reporter.client.request("POST", f"{server.url}/tasks.get_all")
            assert (answer.status, answer.json()["meta"]["result_code"]) == (503, 503)
            assert "password" not in answer.json()["meta"]["result_msg"]
            assert reporter.client.request("GET", f"{server.url}/", authorize=False).status == 200
            cluster.start()
        reporter.report_at_last()
        reporter.check()
        reporter.client.close()


@contextmanager
def _limited_files(server: RunningServer, folder: Path) -> Iterator[None]:
    """No file of the server may grow beyond what the largest is now."""
    largest = max(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (largest + (1 << 16), hard))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def _full_disk(server: RunningServer, folder: Path) -> Iterator[None]:
    """Something else takes all the room that there is."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 16 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no right to mount a file system here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize(("fixture", "limited"), [("tmp_path", _limited_files), ("small_disk", _full_disk)])
def test_a_full_disk(
    request: pytest.FixtureRequest, fixture: str, limited: Callable[[RunningServer, Path], Any]
) -> None:
    """Writing is refused so that it may be tried again, reading goes on; with room again, writing does, too."""
    folder = Path(request.getfixturevalue(fixture))
    with running_server(folder / "data") as server:
        reporter = Reporter(server, padding=50_000)
        for _ in range(20):
            reporter.report()
        with limited(server, folder):
            with pytest.raises(ServerUnavailableError, match="503"):
                reporter.report_for_ever()
            reporter.check()
            with pytest.raises(ServerUnavailableError, match="503"):
                reporter.report()
            login = Client(server.url, server.access_key, server.secret_key)
            login.send_raw("tasks.get_all", b"{}")
            login.close()
        reporter.report_at_last()
        reporter.check()
        reporter.client.close()
