"""Running the server as a process: checks before it touches anything, says when it is ready, ends politely."""

from __future__ import annotations

import asyncio
import fcntl
import ipaddress
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec
import uvicorn

from pellucid.base.clock import utc_now
from pellucid.server.app import create_app
from pellucid.server.auth.credentials import KeyPair
from pellucid.server.default_queue import ensure_default_queue
from pellucid.server.notice import ADMIN, announce, credentials_file, ensure_admin, withdraw
from pellucid.store.api import Store
from pellucid.store.errors import NewerSchemaError, UnavailableError
from pellucid.store.opening import open_store

_ACCESS_VARIABLE: Final = "PELLUCID_ADMIN_ACCESS_KEY"
_SECRET_VARIABLE: Final = "PELLUCID_ADMIN_SECRET_KEY"
_SHORTEST_SECRET: Final = 16
_GRACE_SECONDS: Final = 10


class ServeError(Exception):
    """The server cannot start; the text says why, and nothing was changed."""


def run_server(
    *, host: str, port: int, data: Path, database: str | None = None, environ: Mapping[str, str] = os.environ
) -> int:
    """Serve until SIGTERM or SIGINT, then finish the requests in flight.

    Args:
        host: address to listen on.
        port: port to listen on; 0 for any free one.
        data: folder for all data; made if it is missing.
        database: address of a PostgreSQL database for all but the files; then several servers may share it, and the
            folder with it.
        environ: where the administrator's key pair may be given.

    Returns:
        0, the exit code of a server that was told to stop.

    Raises:
        ServeError: the port is taken, the folder or the database cannot be used, the folder is in use, the data is from
            a newer release, or the address is open to others and nobody has chosen credentials.
    """
    chosen = _chosen_pair(environ)
    if not _is_loopback(host) and chosen is None and not credentials_file(data).exists():
        raise ServeError(
            f"{host} is open to other machines: choose the first credentials, "
            f"with {_ACCESS_VARIABLE} and {_SECRET_VARIABLE}"
        )
    with (
        _listen(host, port) as listener,
        _claimed(data, shared=database is not None),
        closing(_opened(data, database)) as store,
    ):
        loopback = _is_loopback(host)
        with _usable(data):
            pair = ensure_admin(store, data, chosen)
            ensure_default_queue(store, utc_now())
            app = create_app(
                store,
                data,
                owner=ADMIN if loopback else None,
                hosts=frozenset({"127.0.0.1", "localhost", "[::1]", host}) if loopback else None,
            )
        url = _url(host, listener.getsockname()[1])
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            # Who is at the other end decides who is let in, so no header may say it.
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        try:
            with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
                runner.run(_serve(config, listener, lambda: _ready(url, data, pair)))
        finally:
            withdraw(data)
    return 0


async def _serve(config: uvicorn.Config, listener: socket.socket, ready: Callable[[], None]) -> None:
    server = _PoliteServer(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.002)
    if server.started:
        ready()
    await serving


class _PoliteServer(uvicorn.Server):
    """A server that ends with exit code 0 when told to: uvicorn's own raises the signal again once it has finished."""

    def stop(self) -> None:
        """Finish the requests in flight and return; asked a second time, return at once."""
        self.force_exit = self.should_exit
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours."""
        yield


def _ready(url: str, data: Path, pair: KeyPair) -> None:
    with _usable(data):
        announce(data, url, pair)
    print(f"Pellucid is ready at {url} (data in {data}, credentials in {credentials_file(data)})", flush=True)


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    with listener:
        # A server that is started anew must not wait for the old connections to be forgotten.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by the connections: head and body of an answer are two writes, and the second must not wait 40 ms
        # for the other end to say that it got the first.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            listener.bind((host, port))
            listener.listen(1024)
        except (OSError, OverflowError) as error:
            raise ServeError(f"cannot listen on {host}:{port}: {error}") from error
        yield listener


@contextmanager
def _usable(data: Path) -> Iterator[None]:
    """Say in one sentence what is wrong with the data folder."""
    try:
        yield
    except (OSError, msgspec.DecodeError, NewerSchemaError, UnavailableError) as error:
        raise ServeError(f"cannot use the data folder {data}: {error}") from error


def _opened(data: Path, database: str | None) -> Store:
    if database is None:
        with _usable(data):
            return open_store(data)
    try:
        return open_store(data, database)
    except ModuleNotFoundError as error:
        raise ServeError(f"{error}; install it with: pip install 'pellucid[postgresql]'") from error
    except (ValueError, NewerSchemaError, UnavailableError) as error:
        raise ServeError(str(error)) from error


@contextmanager
def _claimed(data: Path, *, shared: bool) -> Iterator[None]:
    """Hold the data folder, so that a second server on it is told, unless both share it."""
    with _usable(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise ServeError(f"another server uses the data folder {data}") from None
    try:
        yield
    finally:
        os.close(lock)


def _chosen_pair(environ: Mapping[str, str]) -> KeyPair | None:
    access_key, secret_key = environ.get(_ACCESS_VARIABLE), environ.get(_SECRET_VARIABLE)
    if not access_key and not secret_key:
        return None
    if not access_key or not secret_key or ":" in access_key:
        raise ServeError(f"{_ACCESS_VARIABLE} and {_SECRET_VARIABLE} must both be set, the key without a colon")
    if len(secret_key) < _SHORTEST_SECRET:
        raise ServeError(f"{_SECRET_VARIABLE} has {len(secret_key)} characters; it needs {_SHORTEST_SECRET} or more")
    return KeyPair(access_key, secret_key)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
