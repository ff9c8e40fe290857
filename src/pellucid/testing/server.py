"""A real server in a process of its own, for tests and benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pellucid.base.connection import Connection
from pellucid.base.paths import server_notice

_STOP_SECONDS = 20


@dataclass(frozen=True)
class RunningServer:
    """Where a server listens, and how to log in.

    Attributes:
        connection: addresses and keys.
        data: its data folder.
        line: what it printed when it was ready.
        process: the process.
        database: address of its PostgreSQL database; ``None`` for SQLite in the data folder.
    """

    connection: Connection
    data: Path
    line: str
    process: subprocess.Popen[str]
    database: str | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return self.connection.api_host

    @property
    def access_key(self) -> str:
        """Half of the administrator's key pair."""
        return self.connection.access_key or ""

    @property
    def secret_key(self) -> str:
        """The other half."""
        return self.connection.secret_key or ""

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def wait(self) -> int:
        """Wait for its end, and return its exit code."""
        return self.process.wait(_STOP_SECONDS)


@contextmanager
def running_server(
    data: Path,
    *,
    port: int = 0,
    database: str | None = None,
    options: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> Iterator[RunningServer]:
    """Start ``pellucid server`` on a loopback port and stop it at the end.

    Args:
        data: its data folder; an earlier one is gone on with.
        port: 0 for any free port.
        database: address of a PostgreSQL database, instead of SQLite.
        options: more words for its command line.
        environ: more environment variables for it.
    """
    command = [sys.executable, "-P", "-m", "pellucid", "server", "--port", str(port), "--data", str(data)]
    command += [*(["--db", database] if database else []), *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environ or {})}, start_new_session=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if "ready" not in line:
            raise RuntimeError(f"the server did not start: exit code {process.wait()}")
        connection = msgspec.json.decode(server_notice(data).read_bytes(), type=Connection)
        yield RunningServer(connection=connection, data=data, line=line, process=process, database=database)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
