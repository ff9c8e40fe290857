"""A real server, and an SDK that is pointed at it, in a home of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid import Task
from pellucid.client.session import Client
from pellucid.hooks.waiting import waiting
from pellucid.sdk import servers
from pellucid.testing.server import RunningServer, running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The server."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Client:
    """Sees what the server has, by the side door."""
    return Client(server.url, server.access_key, server.secret_key)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pellucid's folder."""
    home = tmp_path / "home"
    for variable in ("PELLUCID_API_HOST", "CLEARML_API_HOST", "PELLUCID_TASK_ID", "CLEARML_TASK_ID"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("CLEARML_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PELLUCID_HOME", str(home))
    return home


@pytest.fixture
def configured(server: RunningServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The server is configured; returns the home."""
    monkeypatch.setenv("PELLUCID_API_HOST", server.url)
    monkeypatch.setenv("PELLUCID_API_ACCESS_KEY", server.access_key)
    monkeypatch.setenv("PELLUCID_API_SECRET_KEY", server.secret_key)
    return home


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Each test begins and ends without a task, and with settings as they come."""
    waiting._reports.clear()  # what pytest itself has parsed is nobody's parameter
    yield
    task = Task.current_task()
    if task is not None:
        task.close()
    servers.set_explicitly(
        **dict.fromkeys(("offline", "api_host", "web_host", "files_host", "access_key", "secret_key")),
        remote_task=None,
        simulate_remote=None,
    )
    Task.set_random_seed(1337)
