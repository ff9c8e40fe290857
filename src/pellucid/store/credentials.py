"""Key pairs and ended sessions, in tables: what decides whether a proof still counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, select, update

from pellucid.store import tables
from pellucid.store.database import Database
from pellucid.store.dialects import insert, insert_absent
from pellucid.store.errors import NotFoundError
from pellucid.store.records import BearerRecord, CredentialRecord, UserRecord
from pellucid.store.rows import exists, to_record, to_values

_USER_FIELDS: Final = [field.name for field in fields(UserRecord)]


def _bearer() -> Select[Any]:
    users, credentials, ended = tables.users, tables.credentials, tables.ended_sessions
    source = users.outerjoin(credentials, credentials.c.access_key == bindparam("access_key"))
    return (
        select(*(users.c[name] for name in _USER_FIELDS), credentials.c.last_used)
        .select_from(source)
        .where(users.c.id == bindparam("user"))
        .where(~select(ended.c.id).where(ended.c.id == bindparam("session")).exists())
    )


# Put together once: to do so takes as long as to execute them, and every request asks.
_BEARER: Final = _bearer()
_BEARER_WITH_KEY: Final = _bearer().where(tables.credentials.c.access_key.is_not(None))


class SqlCredentials:
    """A part of ``pellucid.store.api.Users``."""

    def __init__(self, database: Database) -> None:
        self._database = database

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

    def credentials(self, user: str | None = None) -> list[CredentialRecord]:
        """Key pairs, oldest first."""
        table = tables.credentials
        wanted = select(table).order_by(table.c.created, table.c.access_key)
        if user is not None:
            wanted = wanted.where(table.c.user == user)
        with self._database.read() as connection:
            return [to_record(CredentialRecord, row) for row in connection.execute(wanted)]

    def update_credentials(self, access_key: str, change: Callable[[CredentialRecord], CredentialRecord]) -> None:
        """Change a key pair."""
        this = tables.credentials.c.access_key == access_key
        with self._database.write() as connection:
            row = connection.execute(select(tables.credentials).where(this).with_for_update()).first()
            if row is None:
                raise NotFoundError("credentials", access_key)
            changed = to_values(change(to_record(CredentialRecord, row)))
            connection.execute(update(tables.credentials).where(this), changed)

    def revoke_credentials(self, access_key: str) -> bool:
        """Remove a key pair."""
        with self._database.write() as connection:
            removed = delete(tables.credentials).where(tables.credentials.c.access_key == access_key)
            return connection.execute(removed).rowcount > 0

    def bearer(self, user: str, *, access_key: str | None, session: str) -> BearerRecord | None:
        """Whom a token stands for, by one statement, since every request asks."""
        found = _BEARER if access_key is None else _BEARER_WITH_KEY
        with self._database.read() as connection:
            row = connection.execute(found, {"user": user, "access_key": access_key, "session": session}).first()
        if row is None:
            return None
        *columns, last_used = row
        return BearerRecord(user=UserRecord(**dict(zip(_USER_FIELDS, columns, strict=True))), last_used=last_used)

    def end_session(self, session: str, *, expires: datetime, now: datetime) -> None:
        """Remember that a session has ended until its tokens are worth nothing anyway."""
        with self._database.write() as connection:
            connection.execute(delete(tables.ended_sessions).where(tables.ended_sessions.c.expires <= now))
            insert_absent(connection, tables.ended_sessions, {"id": session, "expires": expires})
