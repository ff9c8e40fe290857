"""A private Ray cluster for tests, of one node.

Import the fixture ``ray_cluster`` (one for the session) where it is needed; tests that use it are skipped, by name,
where Ray is not installed, which ``make test`` does in an environment of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
import urllib3


def _without_blanks(folder: Path) -> Path:
    """The same folder by another path if need be: Ray takes a blank in a path for the end of it."""
    if " " not in str(folder):
        return folder
    link = Path(tempfile.gettempdir()) / f"pellucid-ray-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    with suppress(FileExistsError):
        link.symlink_to(folder)
    return link


PYTHON: Final = _without_blanks(Path(__file__).parents[3] / ".venv-ray") / "bin" / "python"
"""The one that has Ray."""

CPUS: Final = 4
_WORKER_PORTS: Final = 100
_START_SECONDS: Final = 120.0


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[str]:
    """The address of the dashboard of a Ray cluster."""
    if not PYTHON.exists():
        pytest.skip("Ray is not installed; make test does it")
    with running_ray() as address:
        yield address


@contextmanager
def running_ray() -> Iterator[str]:
    """Start a cluster, and end it with the block."""
    # Paths of sockets must be short.
    folder = Path(tempfile.mkdtemp(prefix="pellucid-ray-"))
    head, dashboard, *others = _free_ports(7)
    # Below those that are handed out to whoever asks; another cluster of tests has others.
    first = 20_000 + os.getpid() % 100 * _WORKER_PORTS
    options = {
        "port": head,
        "dashboard-host": "127.0.0.1",
        "dashboard-port": dashboard,
        "node-ip-address": "127.0.0.1",
        "num-cpus": CPUS,
        "object-store-memory": 100_000_000,
        "temp-dir": folder,
        "ray-client-server-port": others[0],
        "dashboard-agent-listen-port": others[1],
        "dashboard-agent-grpc-port": others[2],
        "runtime-env-agent-port": others[3],
        "metrics-export-port": others[4],
        "min-worker-port": first,
        "max-worker-port": first + _WORKER_PORTS - 1,
    }
    words = [f"--{name}={value}" for name, value in options.items()]
    environ = {
        "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(folder),
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    try:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    "setpriv",
                    "--pdeathsig",
                    "TERM",
                    PYTHON,
                    "-m",
                    "ray.scripts.scripts",
                    "start",
                    "--head",
                    "--block",
                    *words,
                ],
                env=environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            _await(f"http://127.0.0.1:{dashboard}/api/version", process, folder / "log")
            yield f"http://127.0.0.1:{dashboard}"
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            if urllib3.request("GET", url, retries=False, timeout=5).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            pass  # not yet
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Ray did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """All that it has started is in its group; asked to end, it takes its time."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as sockets:
        bound = [sockets.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in bound]
