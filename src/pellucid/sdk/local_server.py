"""The user's local server: finding it, or starting it, when none is configured."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from pellucid.base.connection import Connection
from pellucid.base.paths import server_folder, server_notice
from pellucid.base.process import identify
from pellucid.sdk.detach import start_detached

USUAL_PORT: Final = 8008

_START_SECONDS: Final = 10.0
_NEEDED: Final = ("starlette", "uvicorn", "sqlalchemy", "alembic", "numpy", "jwt")
"""What the extra ``server`` brings along, by import name."""


class NoLocalServerError(Exception):
    """There is no local server; the text says why, as the second half of a sentence."""


def find_local_server(home: Path) -> Connection | None:
    """The user's local server, if it runs. Takes a millisecond.

    Args:
        home: Pellucid's folder.
    """
    try:
        notice = server_notice(server_folder(home)).read_bytes()
        connection = msgspec.json.decode(notice, type=Connection)
    except (OSError, msgspec.DecodeError):
        return None
    return connection if _answers(connection.api_host) else None


def ensure_local_server(home: Path, *, seconds: float = _START_SECONDS) -> Connection:
    """The user's local server, started if it does not run.

    Args:
        home: Pellucid's folder.
        seconds: how long to wait for it at most.

    Raises:
        NoLocalServerError: what a server needs is not installed, or it did not answer in time.
    """
    found = find_local_server(home)
    if found is not None:
        return found
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise NoLocalServerError(f"{missing[0]} is not installed (pip install 'pellucid[server]')")
    if not sys.executable:
        raise NoLocalServerError("this program does not say where its Python is")
    deadline = time.monotonic() + seconds
    data = server_folder(home)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _only_starter(data / "start.lock", deadline):
            return find_local_server(home) or _start(home, data, deadline)
    except OSError as error:
        raise NoLocalServerError(str(error)) from error


def _start(home: Path, data: Path, deadline: float) -> Connection:
    log = data / "server.log"
    pid = start_detached(
        [sys.executable, "-P", "-m", "pellucid", "server", "--port", str(_free_port()), "--data", str(data)], log=log
    )
    while time.monotonic() < deadline:
        # Asked in this order: a server that has just ended may have been told that another one runs.
        alive = identify(pid) is not None
        found = find_local_server(home)
        if found is not None:
            return found
        if not alive:
            raise NoLocalServerError(f"it ended at once, see {log}")
        time.sleep(0.02)
    raise NoLocalServerError(f"it did not answer in time, see {log}")


@contextmanager
def _only_starter(path: Path, deadline: float) -> Iterator[None]:
    """Hold a lock, so that of many scripts that begin at once only one starts a server. Past the deadline go on without
    it: the server itself lets no second one use its data."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    break
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _free_port() -> int:
    """The usual port if nobody has it, else 0, which means any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return 0
    return USUAL_PORT


def _answers(host: str) -> bool:
    """Whether a server of ours is there: one request by hand, as an HTTP library takes longer to import than this."""
    address = urlsplit(host)
    try:
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=1.0) as connection:
            connection.sendall(
                f"GET /debug.ping HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n".encode()
            )
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except (OSError, ValueError):
        return False
