"""Users, credentials and the server's secrets, in tables."""

from __future__ import annotations

import builtins
from collections.abc import Callable

from sqlalchemy import select

from pellucid.store import tables
from pellucid.store.database import Database
from pellucid.store.dialects import insert, insert_absent
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.records import CredentialRecord, UserRecord
from pellucid.store.rows import exists, get_record, to_record, to_values


class SqlUsers:
    """See ``pellucid.store.api.Users``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, user: UserRecord) -> None:
        """Add a user."""
        with self._database.write() as connection:
            if not insert_absent(connection, tables.users, to_values(user)):
                raise AlreadyExistsError("user", user.id)

    def get(self, user: str) -> UserRecord:
        """One user."""
        with self._database.read() as connection:
            return get_record(connection, tables.users, UserRecord, "user", user)

    def list(self) -> builtins.list[UserRecord]:
        """All users, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(tables.users).order_by(tables.users.c.name, tables.users.c.id))
            return [to_record(UserRecord, row) for row in rows]

    def add_credentials(self, credentials: CredentialRecord) -> None:
        """Add or replace a key pair."""
        values = to_values(credentials)
        with self._database.write() as connection:
            if not exists(connection, tables.users, credentials.user):
                raise NotFoundError("user", credentials.user)
            added = insert(connection.dialect.name, tables.credentials).values(values)
            connection.execute(added.on_conflict_do_update(index_elements=["access_key"], set_=values))

    def find_credentials(self, access_key: str) -> CredentialRecord | None:
        """A key pair by its public half."""
        with self._database.read() as connection:
            found = select(tables.credentials).where(tables.credentials.c.access_key == access_key)
            row = connection.execute(found).first()
            return to_record(CredentialRecord, row) if row else None

    def secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """A secret, made by whoever asks first."""
        found = select(tables.secrets.c.value).where(tables.secrets.c.name == name)
        with self._database.read() as connection:
            value = connection.execute(found).scalar()
        if value is not None:
            return bytes(value)
        with self._database.write() as connection:
            insert_absent(connection, tables.secrets, {"name": name, "value": make()})
            return bytes(connection.execute(found).scalar_one())
