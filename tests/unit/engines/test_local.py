"""The local engine passes the suite of all engines."""

from __future__ import annotations

import pytest

from pellucid.engines.base import Engine
from pellucid.engines.local import LocalEngine
from pellucid.testing.engines import EngineTests


class TestLocalEngine(EngineTests):
    """Processes of this machine."""

    @pytest.fixture
    def engine(self) -> Engine:
        """The engine under test."""
        return LocalEngine()
