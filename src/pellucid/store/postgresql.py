"""A PostgreSQL database, which any number of servers may share."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pellucid.store.errors import BadQueryError, StoreError, UnavailableError

SCHEMES: Final = ("postgresql://", "postgres://")
"""How the address of a database begins."""

_READING: Final = {
    "default_transaction_isolation": "repeatable read",
    "default_transaction_read_only": "on",
    "statement_timeout": "30s",
    # To compile a plan takes longer than any of our searches, and is done on the guess that they are long ones.
    "jit": "off",
}
"""A reader sees one moment, and a search that would run for ever is given up."""

_WRITING: Final = {
    "default_transaction_isolation": "read committed",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
"""A writer waits for others, but not for ever; one that has been stopped in the middle gives way."""

_CONNECT: Final = {
    "application_name": "pellucid",
    "client_encoding": "utf8",
    "connect_timeout": 10,
    # The other machine may vanish without a word.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

_CONNECTIONS: Final = 10
"""Connections for reading, and as many for writing; a database takes a hundred by default, of all servers."""

_CANCELLED: Final = "57014"
_UNTRANSLATABLE: Final = "22P05"

_REFUSED: Final = ("22", "54")
"""Classes of SQLSTATE that mean that values or patterns cannot be stored or evaluated, such as too long a name."""

_TROUBLE: Final = (
    "08",  # connections
    "23",  # a row that others have added or removed since we looked
    "25",  # state of the transaction: given up, or the database has become a read-only copy
    "28",  # authorization
    "3D",  # no such database
    "40",  # deadlocks
    "53",  # disk, memory or connections are used up
    "55",  # locks
    "57",  # shut down
    "58",  # disk
    "XX",  # damage
)
"""Classes of SQLSTATE that are the world's trouble and not a mistake in a statement."""


class PostgresqlDatabase:
    """Transactions on one PostgreSQL database.

    Reads are REPEATABLE READ, READ ONLY. Writes are READ COMMITTED: a transaction locks the rows that it is going to
    change when it reads them, and what it then reads is what others have committed. Should two transactions lock each
    other out all the same, one of them fails as if the database were away, and succeeds when it is repeated.

    What is acknowledged is as durable as the database's ``synchronous_commit`` says; its default is to be durable.
    """

    def __init__(self, address: str) -> None:
        """Does not connect before the first transaction. Raises ValueError, which does not repeat the address."""
        url = _parsed(address)
        self._name = f"the database {url.database} at {url.host or 'the local socket'}"
        # A search is planned for the values at hand, since those of a frequent metric are not those of a rare one.
        self._readers = _engine(url, _READING, prepare_threshold=None)
        self._writers = _engine(url, _WRITING)
        self._writing = threading.local()
        self._idle = threading.Condition()
        self._under_way = 0
        self._closed = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction on a connection of the readers' pool."""
        with self._trouble_named(), self._counted(), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction on a connection of the writers' pool.

        Beginning one inside another, in the same thread, is a mistake: they could wait for each other for ever.
        """
        if getattr(self._writing, "now", False):
            raise RuntimeError("a transaction that writes is under way already in this thread")
        self._writing.now = True
        try:
            with self._trouble_named(), self._counted(), self._writers.begin() as connection:
                yield connection
        finally:
            self._writing.now = False

    def close(self) -> None:
        """Wait for the transactions under way, then disconnect."""
        with self._idle:
            self._closed = True
            self._idle.wait_for(lambda: self._under_way == 0)
        self._readers.dispose()
        self._writers.dispose()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._idle:
            if self._closed:
                raise UnavailableError(f"{self._name} has been closed")
            self._under_way += 1
        try:
            yield
        finally:
            with self._idle:
                self._under_way -= 1
                self._idle.notify_all()

    @contextmanager
    def _trouble_named(self) -> Iterator[None]:
        """The one place where PostgreSQL's errors become the store's."""
        try:
            yield
        except PoolTimeoutError as error:
            raise UnavailableError(f"{self._name} is busy: no connection became free") from error
        except DBAPIError as error:
            named = self._named(error)
            if named is None:
                raise
            raise named from error

    def _named(self, error: DBAPIError) -> StoreError | None:
        """The store's error for the database's; ``None`` for a mistake in a statement."""
        state = getattr(error.orig, "sqlstate", None) or ""
        if state == _CANCELLED:
            return BadQueryError(f"the query was given up after {_READING['statement_timeout']}")
        # In a text, NUL is refused by the driver, without a SQLSTATE; in a document, by the database.
        if state == _UNTRANSLATABLE or (isinstance(error, DataError) and not state):
            return BadQueryError(f"a text has the character NUL, which PostgreSQL cannot hold: {error.orig}")
        if state.startswith(_REFUSED):
            return BadQueryError(f"the database refuses a value: {error.orig}")
        if state.startswith(_TROUBLE) or not state or isinstance(error, InterfaceError):
            return UnavailableError(f"cannot use {self._name}: {error.orig}")
        return None


def _parsed(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("postgresql", "postgres") or not url.database:
        # The address is not repeated: it may hold a password.
        raise ValueError("the address of a database is postgresql://user@host:port/name")
    return url.set(drivername="postgresql+psycopg")


def _engine(url: URL, settings: Mapping[str, str], **connect: Any) -> Engine:
    engine = create_engine(
        url,
        connect_args={**_CONNECT, **connect},
        pool_size=_CONNECTIONS,
        max_overflow=0,
        # A database that was away is found again without an error.
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # Not as options of the connection, which pools between us and the database refuse.
        connection.execute("; ".join(f"SET {name} = '{value}'" for name, value in settings.items()))
        connection.commit()

    return engine
