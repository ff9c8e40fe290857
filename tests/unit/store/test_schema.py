"""Creating and migrating the tables."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, MetaData, Table, column, inspect, table, update

from pellucid.store.database import Database
from pellucid.store.errors import NewerSchemaError
from pellucid.store.opening import FILE_NAME, open_store
from pellucid.store.postgresql import PostgresqlDatabase
from pellucid.store.schema import HEAD, MIGRATIONS, ensure_current, stored_revision
from pellucid.store.sqlite import SqliteDatabase
from pellucid.store.tables import metadata
from pellucid.testing.store_samples import NOON, a_task

_KILLED_AT_A_STATEMENT = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from pellucid.store.opening import open_store

folder, left, address = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] or None

@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *_):
    global left
    left -= statement.startswith(("\\nCREATE", "CREATE", "INSERT"))
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

open_store(folder, address)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str | None:
    """Where an empty database is, besides the temporary folder."""
    return request.getfixturevalue("empty_database") if request.param == "postgresql" else None


@pytest.fixture
def database(tmp_path: Path, address: str | None) -> Iterator[Database]:
    """The empty database."""
    database = PostgresqlDatabase(address) if address else SqliteDatabase(tmp_path / FILE_NAME)
    yield database
    database.close()


@pytest.mark.parametrize("first", [None, "0001"])
def test_the_tables_are_those_of_this_release(database: Database, first: str | None) -> None:
    """Made at once or by migrations, column by column, index by index: nothing is left to migrate."""
    if first is not None:
        _migrate(database, first)
    ensure_current(database)
    with database.read() as connection:
        elsewhere = {"postgresql": "ix_tasks_last_update_id_tags", "sqlite": "ix_tasks_tags"}[connection.dialect.name]
        options = {"compare_type": True, "include_object": lambda _, name, *__: name != elsewhere}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert stored_revision(connection) == HEAD


def test_the_head_is_the_last_migration() -> None:
    """The number that is compared at every start is Alembic's own; revisions are numbered so that their texts rise."""
    revisions = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]

    assert revisions[0] == HEAD
    assert revisions == sorted(revisions, reverse=True)
    assert {len(revision) for revision in revisions} == {4}


def test_what_tasks_have_reported_survives_the_reports_of_models(database: Database) -> None:
    """The migration that takes five foreign keys away leaves every row as it was."""
    _migrate(database, "0006")
    reported = ("writers", "series", "blocks", "chunks", "events")
    with database.write() as connection:
        for name in ("tasks", *reported):
            found = Table(name, MetaData(), autoload_with=connection)
            connection.execute(found.insert(), {column.name: _something(column) for column in found.columns})
    before = _rows(database, reported)
    _migrate(database, "0007")

    assert _rows(database, reported) == before
    assert [len(rows) for rows in before] == [1] * len(reported)


def _rows(database: Database, names: Sequence[str]) -> list[list[tuple[Any, ...]]]:
    with database.read() as connection:
        found = [Table(name, MetaData(), autoload_with=connection) for name in names]
        return [[tuple(row) for row in connection.execute(each.select())] for each in found]


def _something(column: Column[Any]) -> Any:
    """A value that a column takes; what refers to a task refers to the same one."""
    if column.foreign_keys and column.name != "task":
        return None
    kind: type[Any] = dict if isinstance(column.type, JSON) else column.type.python_type
    return {str: "task", datetime: NOON.replace(tzinfo=None), dict: {"a": 1}, bytes: b"x"}.get(kind, 1)


def _migrate(database: Database, revision: str) -> None:
    with database.write() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _make_newer(database: Database) -> None:
    ensure_current(database)
    with database.write() as connection:
        connection.execute(update(table("alembic_version", column("version_num"))).values(version_num="9999"))


def test_a_newer_release_s_data_is_refused(tmp_path: Path, database: Database, address: str | None) -> None:
    """The sentence says what to do; what is there stays."""
    _make_newer(database)

    with pytest.raises(NewerSchemaError, match="9999"):
        open_store(tmp_path, address)
    with database.read() as connection:
        assert stored_revision(connection) == "9999"


def test_a_newer_release_s_folder_is_not_touched(tmp_path: Path) -> None:
    """The file is the same, byte by byte, and nothing lies beside it."""
    database = SqliteDatabase(tmp_path / FILE_NAME)
    _make_newer(database)
    database.close()
    before = (tmp_path / FILE_NAME).read_bytes()

    with pytest.raises(NewerSchemaError, match="9999"):
        open_store(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    assert (tmp_path / FILE_NAME).read_bytes() == before


@pytest.mark.process
@pytest.mark.parametrize(("first", "statement"), [(None, 1), (None, 20), ("0001", 1), ("0001", 9), ("0001", 20)])
def test_an_interrupted_migration_has_not_happened(
    tmp_path: Path, database: Database, address: str | None, first: str | None, statement: int
) -> None:
    """The process is killed after a statement that makes or migrates tables; the next one starts afresh."""
    if first is not None:
        _migrate(database, first)
    arguments = [str(tmp_path), str(statement), address or ""]
    killed = subprocess.run([sys.executable, "-c", _KILLED_AT_A_STATEMENT, *arguments])
    assert killed.returncode == -signal.SIGKILL
    with database.read() as connection:
        assert stored_revision(connection) == first
        assert inspect(connection).has_table("tasks") == (first is not None)

    store = open_store(tmp_path, address)
    store.tasks.create(a_task())
    assert store.tasks.get("task") == a_task()
    store.close()


@pytest.mark.process
def test_alembic_is_not_loaded_for_current_tables(tmp_path: Path) -> None:
    """It takes longer to load than all the rest of opening."""
    open_store(tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from pellucid.store.opening import open_store\n"
        "open_store(Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
    )

    opened = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert opened.stdout == "False\n"
