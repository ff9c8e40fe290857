"""SQLite passes the suite of all stores."""

from __future__ import annotations

import pytest

from pellucid.store.opening import open_store
from pellucid.testing.store import StoreTests
from pellucid.testing.store_samples import OpenStore


class TestSqlite(StoreTests):
    """A folder as the database."""

    @pytest.fixture
    def open_store(self) -> OpenStore:
        """Opens the store under test."""
        return open_store
