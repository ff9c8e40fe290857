"""Running the server as a process: checks before it touches anything, says when it is ready, ends politely."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import ipaddress
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
import uvicorn

from pellucid.base.clock import utc_now
from pellucid.server.app import create_app
from pellucid.server.auth.configured import (
    ACCESS_VARIABLE,
    SECRET_VARIABLE,
    ConfigurationError,
    apply_users,
    chosen_pair,
    read_users_file,
)
from pellucid.server.auth.credentials import KeyPair
from pellucid.server.compactor import compacting
from pellucid.server.default_queue import ensure_default_queue
from pellucid.server.notice import ADMIN, announce, credentials_file, ensure_admin, someone_chose, withdraw
from pellucid.server.watchdog import chosen_patience, watching
from pellucid.store.api import Store
from pellucid.store.errors import NewerSchemaError, UnavailableError
from pellucid.store.opening import FILE_NAME, open_store

_GRACE_SECONDS: Final = 10
_LONGEST_MESSAGE: Final = 1 << 20


CompatPorts: TypeAlias = tuple[int, int]
"""Where the web page and the files are, besides: 8080 and 8081 in set-ups of the reference server."""


class ServeError(Exception):
    """The server cannot start; the text says why, and nothing was changed."""


def run_server(
    *,
    host: str,
    port: int,
    data: Path,
    database: str | None = None,
    users: Path | None = None,
    compat_ports: CompatPorts | None = None,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Serve until SIGTERM or SIGINT, then finish the requests in flight.

    Args:
        host: address to listen on.
        port: port to listen on; 0 for any free one.
        data: folder for all data; made if it is missing.
        database: address of a PostgreSQL database for all but the files; then several servers may share it, and the
            folder with it.
        users: file of users and keys (``pellucid.server.auth.configured``); by default the one in the data folder, if
            there is one.
        compat_ports: more ports to listen on, as existing set-ups expect them.
        environ: where the administrator's key pair may be given, and how long a running task may be silent.

    Returns:
        0, the exit code of a server that was told to stop.

    Raises:
        ServeError: a port is taken, the folder or the database cannot be used, the folder is in use, the data is from
            a newer release, the configured users are wrong, or the address is open to others and nobody has chosen
            credentials.
    """
    try:
        chosen, configured = chosen_pair(environ), read_users_file(users, data)
        patience = chosen_patience(environ)
    except ConfigurationError as error:
        raise ServeError(str(error)) from error
    loopback = _is_loopback(host)
    with ExitStack() as stack:
        listeners = [stack.enter_context(_listen(host, number)) for number in (port, *(compat_ports or ()))]
        if not loopback and not chosen and not configured and database is None and not (data / FILE_NAME).exists():
            raise _open_door(host)
        stack.enter_context(_claimed(data, shared=database is not None))
        store = stack.enter_context(closing(_opened(data, database)))
        with _usable(data):
            apply_users(store, configured, utc_now())
            if not loopback and not chosen and not someone_chose(store):
                raise _open_door(host)
            pair = ensure_admin(store, data, chosen)
            ensure_default_queue(store, utc_now())
            app = create_app(
                store,
                data,
                owner=ADMIN if loopback else None,
                hosts=frozenset({"127.0.0.1", "localhost", "[::1]", host}) if loopback else None,
                files_port=listeners[-1].getsockname()[1] if compat_ports else None,
            )
        url = _url(host, listeners[0].getsockname()[1])
        _collect_seldom()
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=_LONGEST_MESSAGE,
            server_header=False,
            # Who is at the other end decides who is let in, so no header may say it.
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        try:
            with (
                watching(store, utc_now, patience),
                compacting(store, utc_now),
                asyncio.Runner(loop_factory=config.get_loop_factory()) as runner,
            ):
                runner.run(_serve(config, listeners, lambda: _ready(url, data, pair, chosen=chosen is not None)))
        finally:
            withdraw(data)
    return 0


def _collect_seldom() -> None:
    """A batch is a hundred thousand objects without a cycle among them: looking for one took a third of its time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


async def _serve(config: uvicorn.Config, listeners: list[socket.socket], ready: Callable[[], None]) -> None:
    server = _PoliteServer(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    serving = asyncio.create_task(server.serve(sockets=listeners))
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


def _ready(url: str, data: Path, pair: KeyPair, *, chosen: bool) -> None:
    with _usable(data):
        announce(data, url, pair)
    where = f"from {ACCESS_VARIABLE}" if chosen else f"in {credentials_file(data)}"
    print(f"Pellucid is ready at {url} (data in {data}, credentials {where})", flush=True)


def _open_door(host: str) -> ServeError:
    return ServeError(
        f"{host} is open to other machines and nobody has chosen credentials: set {ACCESS_VARIABLE} and "
        f"{SECRET_VARIABLE}, give a users file, or add a user with: pellucid user add --data DIR"
    )


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
    path = data / "server.lock"
    with _usable(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not path.exists()
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise ServeError(f"another server uses the data folder {data}") from None
    try:
        yield
    except ServeError:
        # Data that this server refuses is left as it was.
        if is_new:
            path.unlink(missing_ok=True)
        raise
    finally:
        os.close(lock)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
