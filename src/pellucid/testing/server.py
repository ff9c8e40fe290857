"""A real server in a process of its own, for tests and benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pellucid.base.paths import server_notice

_STOP_SECONDS = 20


@dataclass(frozen=True)
class RunningServer:
    """Where a server listens, and how to log in."""

    url: str
    access_key: str
    secret_key: str
    data: Path
    pid: int


@contextmanager
def running_server(data: Path, *, port: int = 0, environ: Mapping[str, str] | None = None) -> Iterator[RunningServer]:
    """Start ``pellucid server`` on a loopback port and stop it at the end.

    Args:
        data: its data folder; an earlier one is gone on with.
        port: 0 for any free port.
        environ: more environment variables for it.
    """
    command = [sys.executable, "-P", "-m", "pellucid", "server", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environ or {})}, start_new_session=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if "ready" not in line:
            raise RuntimeError(f"the server did not start: exit code {process.wait()}")
        notice = msgspec.json.decode(server_notice(data).read_bytes())
        yield RunningServer(
            url=notice["api_host"],
            access_key=notice["access_key"],
            secret_key=notice["secret_key"],
            data=data,
            pid=process.pid,
        )
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
