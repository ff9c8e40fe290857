"""The version of the tables in a database, and bringing it to this release's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, MetaData, String, Table, func, inspect, select, text

from pellucid.store.database import Database
from pellucid.store.errors import NewerSchemaError
from pellucid.store.tables import metadata

HEAD: Final = "0009"
"""The last migration of this release. Revisions are numbered with four digits, so that their texts compare."""

MIGRATIONS: Final = Path(__file__).parent / "migrations"


_version = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Where Alembic keeps the revision."""

_MIGRATING: Final = 0x70656C6C
"""The advisory lock of PostgreSQL that processes migrate under: any number that others are unlikely to use."""


def ensure_current(database: Database) -> None:
    """Create or migrate the tables, all in one transaction: an interrupted migration has not happened.

    Raises: NewerSchemaError, before the first write, if the data belongs to a newer release.
    """
    with database.read() as connection:
        current = _is_current(connection)
    if not current:
        with database.write() as connection:
            _wait_for_other_migrations(connection)
            if stored_revision(connection) is None:
                create(connection)
            elif not _is_current(connection):
                migrate(connection)


def _is_current(connection: Connection) -> bool:
    revision = stored_revision(connection)
    if revision is not None and revision > HEAD:
        raise NewerSchemaError(
            f"the data has schema {revision}, this release knows {HEAD}: use the release that wrote it, or a newer one"
        )
    return revision == HEAD


def _wait_for_other_migrations(connection: Connection) -> None:
    """Processes that start together migrate one after the other; a transaction on SQLite is alone already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))  # a migration takes its time
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))


def stored_revision(connection: Connection) -> str | None:
    """The version of the tables; ``None`` in an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(_version.c.version_num)).scalar()


def create(connection: Connection) -> None:
    """Make this release's tables in an empty database: what all migrations would, in a tenth of the time."""
    metadata.create_all(connection, checkfirst=False)
    _version.create(connection)
    connection.execute(_version.insert().values(version_num=HEAD))


def migrate(connection: Connection) -> None:
    """Run the migrations that are missing, in the transaction under way."""
    # Imported late because few starts find older tables, and Alembic takes longer to load than to run.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
