"""A server with programmable answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pellucid.client.session import Client
from pellucid.testing.fake_server import FakeServer, fake_server


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """The server."""
    with fake_server() as server:
        yield server


@pytest.fixture
def client(server: FakeServer) -> Iterator[Client]:
    """A client of the server."""
    client = Client(server.url, "key", "secret", worker="w7")
    yield client
    client.close()
