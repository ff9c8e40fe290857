"""One real server for the tests of a module, and a way to look at it by the side door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from pellucid.client.session import Client
from pellucid.testing.server import RunningServer, running_server


class Ask(Protocol):
    """Asks the server."""

    def __call__(self, endpoint: str, /, **request: Any) -> dict[str, Any]:
        """Return the data of the answer."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all clients."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module")
def ask(server: RunningServer) -> Iterator[Ask]:
    """The server by the side door."""
    client = Client(server.url, server.access_key, server.secret_key)

    def ask(endpoint: str, /, **request: Any) -> dict[str, Any]:
        return dict(json.loads(client.send_raw(endpoint, json.dumps(request).encode())))

    yield ask
    client.close()
