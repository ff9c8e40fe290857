"""Every service is tested on both databases: on SQLite with one server, on PostgreSQL with two that take turns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle

import httpx
import pytest
from tests.unit.server.conftest import Api, make_stranger

from pellucid.testing.postgresql import TEMPLATE
from pellucid.testing.server import RunningServer, running_server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningServer]]:
    """Servers over one database and one folder of files."""
    data = tmp_path_factory.mktemp("server")
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield [stack.enter_context(running_server(data))]
            return
        cluster = request.getfixturevalue("postgresql")
        database = stack.enter_context(cluster.a_database(template=TEMPLATE))
        yield [stack.enter_context(running_server(data, database=database)) for _ in range(2)]


@pytest.fixture(scope="session")
def server(servers: list[RunningServer]) -> RunningServer:
    """The first of them."""
    return servers[0]


@pytest.fixture(scope="session")
def stranger(server: RunningServer) -> httpx.Auth:
    """The key pair of an ordinary user of these servers."""
    return make_stranger(server)


@pytest.fixture(scope="session")
def api(servers: list[RunningServer]) -> Iterator[Api]:
    """A logged-in caller, whose requests go to the servers in turn."""
    turns = cycle(httpx.URL(server.url).port for server in servers)

    def take_turns(request: httpx.Request) -> None:
        request.url = request.url.copy_with(port=next(turns))

    with httpx.Client(base_url=servers[0].url, timeout=30, event_hooks={"request": [take_turns]}) as http:
        yield Api(servers[0], http)
