"""A folder as the database: SQLite in WAL mode, one writer at a time, any number of readers beside it."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from pellucid.store.errors import UnavailableError
from pellucid.store.patterns import found

BUSY_SECONDS: Final = 30.0
"""How long a transaction waits for the writer of another process."""

_LOOK_AGAIN: Final = 0.01

_TROUBLE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
"""Result codes that are the world's trouble and not a mistake in a statement."""


class SqliteDatabase:
    """Transactions on one SQLite file, which other processes may have open as well.

    A write takes SQLite's lock when it begins (``BEGIN IMMEDIATE``), so that it never finds out at its first change
    that what it has read is stale. Threads of this process queue for it on a lock of our own, which wakes the next one
    at once where SQLite would sleep and look again.
    """

    def __init__(self, path: Path) -> None:
        """Does not touch the file before the first transaction."""
        self.path = path
        self._readers = _engine(path, begin="BEGIN", pragmas=("query_only=ON",))
        self._writers = _engine(path, begin="BEGIN IMMEDIATE", pragmas=("synchronous=FULL",))
        event.listen(self._writers, "connect", _use_wal)
        self._writer: Connection | None = None
        self._lock = threading.RLock()
        self._closed = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction on a connection of the pool."""
        with self._trouble_named():
            self._refuse_if_closed()
            with self._readers.connect() as connection:
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction on the one connection that writes.

        Beginning one inside another, in the same thread, is a mistake that SQLAlchemy names; that is why the lock is
        re-entrant.
        """
        with self._trouble_named(), self._lock:
            self._refuse_if_closed()
            self._writer = self._writer or self._writers.connect()
            with self._writer.begin():
                yield self._writer

    def close(self) -> None:
        """Let go of the file; the last process to do so empties the WAL into it."""
        with self._lock:
            self._closed = True
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            self._readers.dispose()
            self._writers.dispose()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise UnavailableError(f"{self.path} has been closed")

    @contextmanager
    def _trouble_named(self) -> Iterator[None]:
        """The one place where SQLite's errors become the store's."""
        try:
            yield
        except DBAPIError as error:
            # The primary code is the low byte of the extended one.
            if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF not in _TROUBLE:
                raise
            raise UnavailableError(f"cannot use {self.path}: {error.orig}") from error


def ensure_private_file(path: Path) -> None:
    """Make the database's file, if it is missing, so that only its owner reads it: it holds the key that signs tokens.
    SQLite gives the files beside it the same permissions.

    Raises:
        OSError: the folder can't be written.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _use_wal(connection: sqlite3.Connection, _: Any) -> None:
    """Readers beside a writer. Once the file is so, this asks for no lock; making it so needs the file to oneself, and
    SQLite does not wait for that (https://sqlite.org/c3ref/busy_handler.html), as it does for every other lock."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(_LOOK_AGAIN)


def _engine(path: Path, *, begin: str, pragmas: tuple[str, ...]) -> Engine:
    """Connections that begin their transactions as told: by itself, the driver begins none before a SELECT or DDL."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=0,  # keeps all: no more than there are threads, and to open one costs as much as a search
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", *pragmas):
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("matches_pattern", 2, found, deterministic=True)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
