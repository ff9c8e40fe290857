"""What the tables' owners ask of a database: transactions."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection


class Database(Protocol):
    """Transactions on one database, from any thread. Trouble with the disk or the server is UnavailableError."""

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one moment of the data and changes nothing."""

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction that is durable when the block is left, and undone when it is left by an exception."""

    def close(self) -> None:
        """Wait for the write under way, then let go of every connection. May be called twice."""
