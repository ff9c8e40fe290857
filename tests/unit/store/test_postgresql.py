"""PostgreSQL passes the suite of all stores; then what is its own: refusals, deadlocks, a database that goes away."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from pellucid.store import postgresql as module
from pellucid.store import tables
from pellucid.store.api import Store
from pellucid.store.errors import BadQueryError, UnavailableError
from pellucid.store.opening import open_store
from pellucid.store.postgresql import PostgresqlDatabase
from pellucid.store.records import Query
from pellucid.testing import postgresql as testing
from pellucid.testing.postgresql import Cluster
from pellucid.testing.store import StoreTests
from pellucid.testing.store_samples import NOON, OpenStore, a_task, lines, points, slots, summary_of


class TestPostgresql(StoreTests):
    """A database per test, made from a template with the tables."""

    @pytest.fixture
    def open_store(self, database: str) -> OpenStore:
        """Opens the store under test."""
        return testing.open_store


@pytest.fixture
def store(database: str, tmp_path: Path) -> Iterator[Store]:
    """A store with one task."""
    store = open_store(tmp_path, database)
    store.tasks.create(a_task())
    yield store
    store.close()


@pytest.mark.parametrize("field", [{"comment": "a\0b"}, {"runtime": {"k": ["a\0b"]}}, {"tags": ["\0"]}])
def test_nul_is_refused_by_name(store: Store, field: dict[str, Any]) -> None:
    """In texts as in documents; nothing has changed then."""
    with pytest.raises(BadQueryError, match="NUL"):
        store.tasks.create(a_task("other", **field))
    assert store.tasks.count(Query()) == 1


def test_nul_in_what_a_run_reports(store: Store) -> None:
    """The whole request is refused."""
    with pytest.raises(BadQueryError, match="NUL"):
        store.events.append("task", [points(slots([1.0])), lines("a\0b")], NOON)
    assert store.events.summaries(["task"]) == {}


def test_a_pattern_that_only_python_knows(store: Store) -> None:
    """It is refused as a bad query, not as a failure."""
    with pytest.raises(BadQueryError, match="regular expression"):
        store.tasks.find(Query(name="(?P<letters>[a-z]+)(?<=x)"))


def test_a_name_that_is_too_long_for_its_index(store: Store) -> None:
    """Eight kilobytes of noise do not fit; the sentence says so."""
    name = "".join(chr(0x100 + place * 7919 % 0x5000) for place in range(8192))

    with pytest.raises(BadQueryError, match="index"):
        store.projects.create(name, user="ada", now=NOON)


def test_a_search_that_takes_too_long_is_given_up(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so; the next one is answered."""
    monkeypatch.setitem(module._READING, "statement_timeout", "50ms")
    opened = PostgresqlDatabase(database)
    with pytest.raises(BadQueryError, match="given up after 50ms"), opened.read() as connection:
        connection.execute(select(func.pg_sleep(60)))
    with opened.read() as connection:
        assert connection.execute(select(1)).scalar_one() == 1
    opened.close()


def test_readers_cannot_write(database: str) -> None:
    """The database itself refuses."""
    opened = PostgresqlDatabase(database)
    with pytest.raises(UnavailableError, match="read-only"), opened.read() as connection:
        connection.execute(update(tables.tasks).values(comment="changed"))
    opened.close()


def test_a_deadlock_ends_one_of_the_two(database: str, store: Store) -> None:
    """As trouble after which it may be tried again; the other goes on."""
    store.tasks.create(a_task("other"))
    opened = PostgresqlDatabase(database)
    both_hold_one = threading.Barrier(2)

    def lock(first: str, second: str) -> str:
        try:
            with opened.write() as connection:
                for place, task in enumerate((first, second)):
                    connection.execute(select(tables.tasks.c.id).where(tables.tasks.c.id == task).with_for_update())
                    if place == 0:
                        both_hold_one.wait(timeout=30)
        except UnavailableError as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(lock, ["task", "other"], ["other", "task"]))
    assert "deadlock detected" in ends[0]
    assert ends[1] == "done"
    opened.close()


@pytest.mark.process
def test_processes_open_an_empty_database_together(empty_database: str, tmp_path: Path) -> None:
    """One makes the tables, the others wait for it."""
    code = "from pathlib import Path; from pellucid.testing.postgresql import open_store; open_store(Path()).close()"
    openers = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(4)]

    assert [(opener.communicate()[1], opener.returncode) for opener in openers] == [(b"", 0)] * 4
    open_store(tmp_path, empty_database).close()


def test_connections_that_were_cut_are_replaced(database: str, store: Store) -> None:
    """By themselves: the next call succeeds."""
    assert store.tasks.get("task") == a_task()
    opened = PostgresqlDatabase(database)
    with opened.read() as connection:
        cut = text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert connection.execute(cut).scalar_one() >= 2
    opened.close()

    assert store.events.append("task", [points(slots([1.0]))], NOON) == {}
    assert summary_of(store).count == 1


def test_a_database_that_stops_and_starts_again(tmp_path: Path) -> None:
    """What needs it is refused meanwhile, and works again without a new store; what was acknowledged is there."""
    with testing.running_cluster(durable=True) as cluster, cluster.a_database() as address:
        store = open_store(tmp_path, address)
        store.tasks.create(a_task())
        cluster.stop()
        with pytest.raises(UnavailableError, match="the database test_0"):
            store.tasks.get("task")
        with pytest.raises(UnavailableError, match="the database test_0"):
            store.tasks.update("task", lambda old: old)
        cluster.start()

        assert store.tasks.get("task") == a_task()
        store.tasks.update("task", lambda old: old)
        store.close()


@pytest.mark.parametrize(
    "address", ["mysql://secret@host/name", "postgresql://secret@host", "postgresql://secret@host:port/x", "secret"]
)
def test_an_address_that_is_none(address: str) -> None:
    """What is allowed is said; the address, which may hold a password, is not repeated."""
    with pytest.raises(ValueError, match="postgresql://user@host") as refusal:
        PostgresqlDatabase(address)
    assert "secret" not in str(refusal.value)


def test_a_password_is_not_repeated(tmp_path: Path, postgresql: Cluster) -> None:
    """Not even when the database cannot be reached."""
    address = f"postgresql://test:secret@127.0.0.1:{postgresql.port}/absent"
    with pytest.raises(UnavailableError, match="absent") as refusal:
        open_store(tmp_path, address)
    assert "secret" not in str(refusal.value)
