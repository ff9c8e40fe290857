"""Opening a data folder, and what is said of one that cannot be used."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pellucid.store import sqlite
from pellucid.store.errors import UnavailableError
from pellucid.store.opening import FILE_NAME, open_store
from pellucid.store.sqlite import SqliteDatabase
from pellucid.testing.store_samples import LATER, a_task


def test_the_folder_is_made(tmp_path: Path) -> None:
    """With its parents, for this user only."""
    open_store(tmp_path / "a" / "b").close()

    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == [FILE_NAME]


def test_only_the_owner_reads_the_database(tmp_path: Path) -> None:
    """It holds the key that signs tokens, and the folder may be one that others may look into."""
    tmp_path.chmod(0o755)
    store = open_store(tmp_path)
    store.users.secret("key", lambda: b"secret")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    store.close()

    assert modes == dict.fromkeys([FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"], 0o600)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """And it stays what it is."""
    (tmp_path / "file").write_text("mine")

    with pytest.raises(OSError, match="file"):
        open_store(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """It is named."""
    tmp_path.chmod(0o500)

    with pytest.raises(PermissionError, match=str(tmp_path)):
        open_store(tmp_path)


def test_another_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    """It is no database."""
    (tmp_path / FILE_NAME).write_text("my notes " * 100)

    with pytest.raises(UnavailableError, match="not a database"):
        open_store(tmp_path)
    assert (tmp_path / FILE_NAME).read_text() == "my notes " * 100


def test_a_writer_that_never_ends_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing says that the database is locked; reading goes on; later, writing works again."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    store = open_store(tmp_path)
    store.tasks.create(a_task())
    hog = SqliteDatabase(tmp_path / FILE_NAME)
    with hog.write():
        with pytest.raises(UnavailableError, match="locked"):
            store.events.append("task", [], LATER)
        assert store.tasks.get("task") == a_task()

    assert store.events.append("task", [], LATER) == {}
    hog.close()
    store.close()
