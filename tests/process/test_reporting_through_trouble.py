"""A script reports while its server is in every kind of trouble: it neither waits nor fails, and everything is on the
server once when the trouble is over."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from mmap import mmap
from pathlib import Path

import pytest

from pellucid.client.session import Client
from pellucid.testing.fault_proxy import FaultProxy, fault_proxy
from pellucid.testing.processes import stop_uploaders
from pellucid.testing.run_folder import connection_to, wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.uploader.sync import sync_folder
from pellucid.wire import events, tasks

pytestmark = pytest.mark.process

# Reports a thousand steps a second until its standard input ends; counts them where the test sees it.
SCRIPT = """
import os, select, struct, sys, time
from mmap import mmap
from pellucid import Task
task = Task.init("trouble", "script", reuse_last_task_id=False)
print("ID", task.id, flush=True)
log = task.get_logger()
file = open("steps", "r+b")
shared = mmap(file.fileno(), 8)
step = 0
while not select.select([0], [], [], 0.001)[0]:
    step += 1
    log.report_scalar("curve", "points", step, step)
    if step % 20 == 0:
        log.report_text(f"line {step // 20}", print_console=False)
    struct.pack_into("<Q", shared, 0, step)
print("STEPS", step, flush=True)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all scripts."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def proxy(server: RunningServer) -> Iterator[FaultProxy]:
    """What stands between."""
    with fault_proxy(server.url) as proxy:
        yield proxy


@pytest.fixture
def environment(server: RunningServer, proxy: FaultProxy, tmp_path: Path) -> dict[str, str]:
    """A script's environment: the server behind the proxy, and a home of its own."""
    return {
        **os.environ,
        "PELLUCID_HOME": str(tmp_path / "home"),
        "CLEARML_CONFIG_FILE": "/dev/null",
        "PELLUCID_API_HOST": proxy.url,
        "PELLUCID_API_ACCESS_KEY": server.access_key,
        "PELLUCID_API_SECRET_KEY": server.secret_key,
    }


def _refuse(proxy: FaultProxy) -> None:
    proxy.target = "http://127.0.0.1:9"


def _say_nothing(proxy: FaultProxy) -> None:
    proxy.silent = True


def _answer(status: str, body: bytes) -> Callable[[FaultProxy], None]:
    def begin(proxy: FaultProxy) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        proxy.answer_instead = head.encode() + body

    return begin


def _be_slow(proxy: FaultProxy) -> None:
    proxy.delay = 30.0


def _reset_requests(proxy: FaultProxy) -> None:
    proxy.cut_request_after = 500


def _reset_answers(proxy: FaultProxy) -> None:
    proxy.cut_answer_after = 10


_SAID_BY_SERVER = b'{"meta": {"result_code": %d, "result_subcode": 0, "result_msg": "General error"}, "data": {}}'

TROUBLES = [
    pytest.param(_refuse, id="refused"),
    pytest.param(_say_nothing, id="black-hole"),
    pytest.param(_answer("500 Internal Server Error", _SAID_BY_SERVER % 500), id="500"),
    pytest.param(_answer("502 Bad Gateway", b"<html>a proxy's page</html>"), id="502"),
    pytest.param(_answer("507 Insufficient Storage", _SAID_BY_SERVER % 507), id="full"),
    pytest.param(_be_slow, id="slow"),
    pytest.param(_reset_requests, id="reset-in-request"),
    pytest.param(_reset_answers, id="reset-in-answer"),
]


@pytest.mark.parametrize("begin_trouble", TROUBLES)
def test_a_script_neither_waits_nor_loses_anything(
    server: RunningServer,
    proxy: FaultProxy,
    environment: dict[str, str],
    tmp_path: Path,
    begin_trouble: Callable[[FaultProxy], None],
) -> None:
    """Steps go on throughout; the script's exit waits no longer than its deadline; nothing is missing, nothing doubled
    (pains 2)."""
    (tmp_path / "steps").write_bytes(bytes(8))
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env={**environment, "PELLUCID_EXIT_DEADLINE": "0.2"},
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with (tmp_path / "steps").open("r+b") as file, mmap(file.fileno(), 8) as shared:

        def steps() -> int:
            return int(struct.unpack_from("<Q", shared)[0])

        wait_until(lambda: steps() > 100, "steps before the trouble")
        begin_trouble(proxy)
        wait_until(lambda: proxy.troubles > 0, "trouble")
        before = steps()
        wait_until(lambda: steps() > before + 300, "steps during the trouble")
        output, _ = process.communicate("end\n", timeout=60)

    assert process.returncode == 0
    words = output.split()
    task, count = words[words.index("ID") + 1], int(words[words.index("STEPS") + 1])
    proxy.heal()
    proxy.target = server.url
    folder = tmp_path / "home" / "runs" / task
    # The uploader would be back by itself, but may just have begun to wait for half a minute.
    stop_uploaders(folder)
    wait_until(lambda: not folder.exists() or sync_folder(folder, connection_to(server)).finished, "the rest is sent")
    assert not folder.exists()  # so nothing was refused
    _check(server, task, count)


def _check(server: RunningServer, task: str, steps: int) -> None:
    client = Client(server.url, server.access_key, server.secret_key)
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    reported = [one for by_series in document.last_metrics.values() for one in by_series.values()]
    # A run that takes longer tells of its machine as well.
    (series,) = [one for one in reported if not one.metric.startswith(":monitor:")]
    assert (series.count, series.value) == (steps, float(steps))
    request = events.GetTaskEvents(task=task, event_type="log", batch_size=10_000)
    said = [str(event["msg"]) for event in client.send(events.GET_TASK_EVENTS, request).events]
    lines = [line for line in said if line.startswith("line ")]
    assert sorted(lines) == sorted(f"line {number}" for number in range(1, steps // 20 + 1))
    assert document.status == "completed"
    client.close()
