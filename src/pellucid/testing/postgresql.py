"""A private PostgreSQL for tests and benchmarks: a cluster in a temporary folder, and a database for each test.

Import the fixtures ``postgresql`` (the cluster, one for the session) and ``database`` (the address of a new database)
where they are needed; tests that use them are skipped, by name, where PostgreSQL is not installed.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
import pytest

from pellucid.store import opening
from pellucid.store.api import Store

ADDRESS_VARIABLE: Final = "PELLUCID_TESTING_DATABASE"
"""Tells the processes that a test starts which database is the test's."""

_USER: Final = "postgres"
"""PostgreSQL refuses to run as root, who runs it as this user, which Debian's package makes."""

TEMPLATE: Final = "with_tables"

_START_SECONDS: Final = 60

_ENVIRON: Final = {"LANG": "C.UTF-8", "PATH": os.defpath}

_SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}


class Cluster:
    """A PostgreSQL server of our own."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """Make the files of a new cluster.

        Args:
            folder: an empty folder that belongs to the user that runs PostgreSQL.
            durable: whether commits go to the disk; tests that don't pull the plug are quicker without.
        """
        self._folder = folder
        self._data = folder / "data"
        self._numbers = count()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        _run("initdb", "-D", self._data, "-U", "test", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        settings = {**_SETTINGS, "port": str(self.port), "unix_socket_directories": str(folder)}
        if not durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        self._options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes connections. It ends when this process does, however that is."""
        with (self._folder / "log").open("ab") as log:
            command = [*_as_user("--pdeathsig", "QUIT"), _program("postgres"), "-D", str(self._data), *self._options]
            self._process = subprocess.Popen(command, env=_ENVIRON, cwd="/", stdout=log, stderr=log)
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                return self._execute("SELECT 1")
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def address(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://test@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def a_database(self, *, template: str = "template0") -> Iterator[str]:
        """A new database, empty or with the content of another, until the end of the block; yields its address."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.address(name)
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def create_template(self) -> None:
        """Make a database with this release's tables, which databases of tests are made from."""
        self._execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        opening.open_store(self._data, self.address(TEMPLATE)).close()

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A cluster that runs until the end of the block. Raises LookupError where PostgreSQL is not installed."""
    _program("initdb")
    # Not in a folder of pytest's, which only its own user may enter.
    with tempfile.TemporaryDirectory(prefix="pellucid-postgresql-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, _USER, _USER)
        cluster = Cluster(folder, durable=durable)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A cluster with the tables of this release in a template."""
    try:
        _program("initdb")
    except LookupError as reason:
        pytest.skip(str(reason))
    with running_cluster() as cluster:
        cluster.create_template()
        yield cluster


@pytest.fixture
def empty_database(postgresql: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a database with nothing in it."""
    with postgresql.a_database() as address:
        monkeypatch.setenv(ADDRESS_VARIABLE, address)
        yield address


@pytest.fixture
def database(postgresql: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a database with empty tables."""
    with postgresql.a_database(template=TEMPLATE) as address:
        monkeypatch.setenv(ADDRESS_VARIABLE, address)
        yield address


def open_store(data: Path) -> Store:
    """Open the database of the test at hand; other processes import this function by its name."""
    return opening.open_store(data, os.environ[ADDRESS_VARIABLE])


def _program(name: str) -> str:
    """The newest version of one of PostgreSQL's programs. Raises LookupError."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(installed[-1]) if installed else shutil.which(name)
    if found is None:
        raise LookupError("no PostgreSQL here")
    return found


def _run(name: str, *arguments: str | Path) -> None:
    command = [*_as_user(), _program(name), *arguments]
    finished = subprocess.run(command, env=_ENVIRON, cwd="/", capture_output=True, text=True)
    if finished.returncode != 0:
        raise RuntimeError(f"{name} failed: {finished.stdout}{finished.stderr}")


def _as_user(*options: str) -> list[str]:
    """The beginning of a command that is to be run by a user whom PostgreSQL accepts."""
    if os.geteuid() == 0:
        options = (*options, "--reuid", _USER, "--regid", _USER, "--clear-groups")
    return ["setpriv", *options]
