"""A run's folder, and a server that keeps what it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.testing.fake_server import FakeServer, fake_server
from pellucid.testing.fake_tracker import FakeTracker
from pellucid.testing.run_folder import RecordedRun


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """The server as such."""
    with fake_server() as server:
        yield server


@pytest.fixture
def tracker(server: FakeServer) -> FakeTracker:
    """What the server keeps."""
    return FakeTracker(server)


@pytest.fixture
def run(tmp_path: Path) -> RecordedRun:
    """A run of this process that no server knows yet."""
    return RecordedRun(tmp_path / "run")
