"""SQLite passes the suite of all stores, and bears a full disk."""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from pellucid.store.errors import UnavailableError
from pellucid.store.opening import open_store
from pellucid.testing.store import StoreTests
from pellucid.testing.store_samples import NOON, OpenStore, a_task, curve_of, points, slots, summary_of


class TestSqlite(StoreTests):
    """A folder as the database."""

    @pytest.fixture
    def open_store(self) -> OpenStore:
        """Opens the store under test."""
        return open_store


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """What writes beyond it fails, as on a full disk; existing files can still be read."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk(tmp_path: Path) -> None:
    """Writing fails with the store's error, reading goes on, and when there is room again nothing is lost or double."""
    store = open_store(tmp_path)
    store.tasks.create(a_task())
    values = [random.random() for _ in range(1000)]

    def append_for_ever() -> None:
        for first in count(step=len(values)):
            store.events.append("task", [points(slots(values, first=first), writer="w", offset=first)], NOON)

    with _files_of_at_most(1 << 20), pytest.raises(UnavailableError, match=str(tmp_path)):
        append_for_ever()
    stored = summary_of(store).count
    assert stored % len(values) == 0
    assert len(curve_of(store)) == stored
    block = points(slots(values, first=stored), writer="w", offset=stored)
    assert store.events.append("task", [block], NOON) == {"w": stored + len(values)}
    assert summary_of(store).count == stored + len(values)
    store.close()
