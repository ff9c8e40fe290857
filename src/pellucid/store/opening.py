"""Opening a store: that of a data folder, or that of a PostgreSQL database."""

from __future__ import annotations

import os
from pathlib import Path

from pellucid.store.api import Store
from pellucid.store.database import Database
from pellucid.store.events import SqlEvents
from pellucid.store.models import SqlModels
from pellucid.store.postgresql import PostgresqlDatabase
from pellucid.store.projects import SqlProjects
from pellucid.store.queues import SqlQueues
from pellucid.store.schema import ensure_current
from pellucid.store.sqlite import SqliteDatabase, ensure_private_file
from pellucid.store.tasks import SqlTasks
from pellucid.store.users import SqlUsers
from pellucid.store.versions import SqlVersions
from pellucid.store.workers import SqlWorkers

FILE_NAME = "pellucid.db"
"""The database in a data folder; its ``-wal`` and ``-shm`` beside it are part of it while the store is open."""


class SqlStore:
    """A store over one database. See ``pellucid.store.api.Store``."""

    def __init__(self, database: Database) -> None:
        self.users = SqlUsers(database)
        self.projects = SqlProjects(database)
        self.tasks = SqlTasks(database)
        self.events = SqlEvents(database)
        self.models = SqlModels(database)
        self.queues = SqlQueues(database)
        self.workers = SqlWorkers(database)
        self.versions = SqlVersions(database)
        self._database = database

    def close(self) -> None:
        """Finish the write under way and let go of the file."""
        self._database.close()


def open_store(data: Path, address: str | None = None) -> Store:
    """Open a store; the folder and the tables are made if they are missing.

    Several processes may have the same one open.

    Args:
        data: the data folder, on a local disk; holds the database, if none is named.
        address: a PostgreSQL database, ``postgresql://user@host:port/name`` with libpq's parameters, if any, behind
            ``?``. Passwords are found as libpq finds them, in ``~/.pgpass`` for example.

    Raises:
        OSError: the folder cannot be made or written.
        ValueError: the address is not of that form.
        NewerSchemaError: the data was written by a newer release; nothing has been changed.
        UnavailableError: the database cannot be read or written, or is no database.
    """
    database = PostgresqlDatabase(address) if address else _sqlite_in(data)
    try:
        ensure_current(database)
    except BaseException:
        database.close()
        raise
    return SqlStore(database)


def _sqlite_in(data: Path) -> SqliteDatabase:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / FILE_NAME
    for needed in (data, path):
        if needed.exists() and not os.access(needed, os.R_OK | os.W_OK):
            raise PermissionError(f"{needed} is not writable")
    ensure_private_file(path)
    return SqliteDatabase(path)
