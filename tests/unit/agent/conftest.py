"""A real server, and an agent's settings in a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.agent.settings import AgentSettings
from pellucid.base.connection import Connection
from pellucid.client.session import Client
from pellucid.testing.server import RunningServer, running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real server."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def connection(server: RunningServer) -> Connection:
    """How to reach it."""
    return server.connection


@pytest.fixture
def client(connection: Connection) -> Iterator[Client]:
    """A client of it."""
    client = Client(connection.api_host, connection.access_key, connection.secret_key)
    yield client
    client.close()


@pytest.fixture
def settings(tmp_path: Path) -> AgentSettings:
    """An agent that is quick to look, and whose tasks run in its own environment."""
    return AgentSettings(
        name="test",
        cache=tmp_path / "cache",
        poll_seconds=0.05,
        report_seconds=0.2,
        abort_seconds=0.1,
        grace_seconds=5.0,
        skip_environment=True,
    )
