"""One real server for the tests of a module, and a way to look at it by the side door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final, Protocol

import pytest

from pellucid.client.session import Client
from pellucid.testing.postgresql import TEMPLATE
from pellucid.testing.server import RunningServer, running_server


class Ask(Protocol):
    """Asks the server."""

    def __call__(self, endpoint: str, /, **request: Any) -> dict[str, Any]:
        """Return the data of the answer."""


_ON_BOTH_DATABASES: Final = {"test_clearml_tour", "test_clearml_datasets"}
"""Modules whose tests run on PostgreSQL as well; the others would ask it nothing new."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of some modules on two servers."""
    if "server" in metafunc.fixturenames:
        on_both = metafunc.module.__name__.rpartition(".")[2] in _ON_BOTH_DATABASES
        databases = ["sqlite", "postgresql"] if on_both else ["sqlite"]
        metafunc.parametrize("server", databases, indirect=True, scope="module")


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all clients of a module."""
    with ExitStack() as stack:
        database = None
        if request.param == "postgresql":
            cluster = request.getfixturevalue("postgresql")
            database = stack.enter_context(cluster.a_database(template=TEMPLATE))
        yield stack.enter_context(running_server(tmp_path_factory.mktemp("server"), database=database))


@pytest.fixture(scope="module")
def ask(server: RunningServer) -> Iterator[Ask]:
    """The server by the side door."""
    client = Client(server.url, server.access_key, server.secret_key)

    def ask(endpoint: str, /, **request: Any) -> dict[str, Any]:
        return dict(json.loads(client.send_raw(endpoint, json.dumps(request).encode())))

    yield ask
    client.close()
