"""What every store must do, as tests: subclass ``StoreTests`` and say how a store is opened.

    class TestSqlite(StoreTests):
        @pytest.fixture
        def open_store(self) -> OpenStore:
            return pellucid.store.opening.open_store

The tests arrange through one store and observe through that and through a second one on the same data, which stands
for another process.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.store.api import Store
from pellucid.testing.store_compaction import CompactionTests
from pellucid.testing.store_durability import ClosingTests, ConcurrencyTests, KillTests
from pellucid.testing.store_events import ConsoleTests, PlotTests
from pellucid.testing.store_models import ModelReportTests, ModelTests
from pellucid.testing.store_places import ForgettingTests, PlaceTests
from pellucid.testing.store_points import ExactlyOnceTests, PointsTests
from pellucid.testing.store_queues import QueueTests, WaitingTests
from pellucid.testing.store_records import ProjectTests, TaskSearchTests, TaskTests
from pellucid.testing.store_removal import RemovalTests
from pellucid.testing.store_samples import OpenStore, a_task
from pellucid.testing.store_searches import DocumentSearchTests
from pellucid.testing.store_tree import TreeTests
from pellucid.testing.store_users import UserTests
from pellucid.testing.store_versions import VersionTests
from pellucid.testing.store_workers import WorkerTests


class StoreTests(
    UserTests,
    ProjectTests,
    TreeTests,
    TaskTests,
    TaskSearchTests,
    DocumentSearchTests,
    RemovalTests,
    PointsTests,
    ExactlyOnceTests,
    CompactionTests,
    ConsoleTests,
    PlotTests,
    PlaceTests,
    ForgettingTests,
    ModelTests,
    ModelReportTests,
    QueueTests,
    WaitingTests,
    WorkerTests,
    VersionTests,
    ClosingTests,
    ConcurrencyTests,
    KillTests,
):
    """The suite."""

    @pytest.fixture
    def open_store(self) -> OpenStore:
        """Opens the store under test in a folder; a function of a module, for the tests that start processes."""
        raise NotImplementedError("a subclass says how its store is opened")

    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        """A data folder that does not exist yet, with a name that asks for care."""
        return tmp_path / "data folder 100%"

    @pytest.fixture
    def store(self, open_store: OpenStore, data: Path) -> Iterator[Store]:
        """A new store."""
        store = open_store(data)
        yield store
        store.close()

    @pytest.fixture
    def other(self, open_store: OpenStore, data: Path, store: Store) -> Iterator[Store]:
        """A second store on the same data."""
        other = open_store(data)
        yield other
        other.close()

    @pytest.fixture
    def task(self, store: Store) -> str:
        """The id of a stored task that has reported nothing."""
        store.tasks.create(a_task())
        return "task"
