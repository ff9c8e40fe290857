"""One real server for all tests of this folder, and a caller that speaks raw HTTP to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pellucid.base.clock import utc_now
from pellucid.server.auth.credentials import new_key_pair, store_key_pair
from pellucid.store.opening import open_store
from pellucid.store.records import UserRecord
from pellucid.testing.server import RunningServer, running_server


class Api:
    """Calls endpoints and returns status, meta and data of the answer."""

    def __init__(self, server: RunningServer, http: httpx.Client) -> None:
        self.server = server
        self.http = http
        self.token = self.data("auth.login", auth=(server.access_key, server.secret_key))["token"]

    def call(self, name: str, body: Any = None, *, anonymous: bool = False, **options: Any) -> httpx.Response:
        """A raw request."""
        headers = options.pop("headers", {})
        if not anonymous and "auth" not in options:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        if body is not None:
            options["json"] = body
        return self.http.request(options.pop("method", "POST"), f"/{name}", headers=headers, **options)

    def data(self, name: str, body: Any = None, **options: Any) -> dict[str, Any]:
        """The data of an answer that must be good."""
        response = self.call(name, body, **options)
        assert response.status_code == 200, response.text
        return dict(response.json()["data"])

    def code(self, name: str, body: Any = None, **options: Any) -> tuple[int, int, str]:
        """Status, subcode and message of an answer; the envelope must be whole and agree with the status."""
        response = self.call(name, body, **options)
        meta = response.json()["meta"]
        assert meta["result_code"] == response.status_code
        assert isinstance(response.json()["data"], dict)
        return meta["result_code"], meta["result_subcode"], meta["result_msg"]

    def task(self, **fields: Any) -> str:
        """The id of a new task."""
        return str(self.data("tasks.create", {"name": "a task", "type": "training", **fields})["id"])

    def running_task(self, **fields: Any) -> str:
        """The id of a new task in progress."""
        task = self.task(**fields)
        self.data("tasks.started", {"task": task})
        return task

    def get(self, task: str) -> dict[str, Any]:
        """A task's document."""
        return dict(self.data("tasks.get_by_id", {"task": task})["task"])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real server in a process of its own."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="session")
def stranger(server: RunningServer) -> httpx.Auth:
    """The key pair of an ordinary user."""
    return make_stranger(server)


def make_stranger(server: RunningServer) -> httpx.Auth:
    """Make an ordinary user beside a running server."""
    pair, now = new_key_pair(), utc_now()
    store = open_store(server.data, server.database)
    store.users.create(UserRecord(id="stranger", name="A Stranger", role="user", created=now))
    store_key_pair(store, pair, user="stranger", label="", now=now)
    store.close()
    return httpx.BasicAuth(pair.access_key, pair.secret_key)


@pytest.fixture(scope="session")
def api(server: RunningServer) -> Iterator[Api]:
    """A logged-in caller."""
    with httpx.Client(base_url=server.url, timeout=30) as http:
        yield Api(server, http)
