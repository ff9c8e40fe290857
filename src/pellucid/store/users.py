"""Users, what they prefer, and the server's secrets, in tables."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, select

from pellucid.store import tables
from pellucid.store.credentials import SqlCredentials
from pellucid.store.database import Database
from pellucid.store.dialects import insert, insert_absent
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.records import UserRecord
from pellucid.store.rows import get_record, to_record, to_values, update_record


class SqlUsers(SqlCredentials):
    """See ``pellucid.store.api.Users``."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
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

    def update(self, user: str, change: Callable[[UserRecord], UserRecord]) -> UserRecord:
        """Change a user."""
        with self._database.write() as connection:
            return update_record(connection, tables.users, UserRecord, "user", user, change)

    def delete(self, user: str) -> None:
        """Remove a user; credentials and preferences go along by their foreign keys."""
        with self._database.write() as connection:
            if connection.execute(delete(tables.users).where(tables.users.c.id == user)).rowcount == 0:
                raise NotFoundError("user", user)

    def preferences(self, user: str) -> dict[str, Any]:
        """What a user prefers."""
        with self._database.read() as connection:
            found = select(tables.preferences.c["values"]).where(tables.preferences.c.user == user)
            return dict(connection.execute(found).scalar() or {})

    def set_preferences(self, user: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """Change what a user prefers."""
        users, preferences = tables.users, tables.preferences
        with self._database.write() as connection:
            # The user's row is what two writers wait on: that of the preferences may not be there yet.
            if connection.execute(select(users.c.id).where(users.c.id == user).with_for_update()).first() is None:
                raise NotFoundError("user", user)
            old = connection.execute(select(preferences.c["values"]).where(preferences.c.user == user)).scalar()
            new = change(dict(old or {}))
            added = insert(connection.dialect.name, preferences).values({"user": user, "values": new})
            connection.execute(added.on_conflict_do_update(index_elements=["user"], set_={"values": new}))
            return new

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
