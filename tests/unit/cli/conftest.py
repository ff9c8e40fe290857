"""A real server with one finished task, and the commands pointed at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pellucid.client.session import Client
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import events, projects, task_life, tasks
from pellucid.wire.enums import EventType


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The server."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="session")
def finished_task(server: RunningServer) -> str:
    """The id of ``vision/first``: one parameter, a falling loss, two console lines, one artifact."""
    client = Client(server.url, server.access_key, server.secret_key)
    project = client.send(projects.CREATE, projects.Create(name="vision")).id
    parameter = tasks.Parameter(section="Args", name="epochs", value="3", type="int")
    task = client.send(
        tasks.CREATE,
        tasks.Create(
            name="first", type="training", project=project, tags=["good"], hyperparams={"Args": {"epochs": parameter}}
        ),
    ).id
    client.send(tasks.STARTED, tasks.ChangeStatus(task=task))
    client.add_batch(
        [
            events.Event(
                type=EventType.scalar, task=task, metric="loss", variant="train", iter=step, value=1 / (step + 1)
            )
            for step in range(4)
        ]
    )
    client.add_batch(
        [
            events.Event(type=EventType.log, task=task, level="info", worker="w", msg=text, timestamp=1_000 + at)
            for at, text in enumerate(["one", "two"])
        ]
    )
    artifact = tasks.Artifact(key="summary", type="dict", uri=f"{server.url}/files/x.json", content_size=12)
    client.send(tasks.ADD_OR_UPDATE_ARTIFACTS, tasks.AddOrUpdateArtifacts(task=task, artifacts=[artifact]))
    client.send(tasks.COMPLETED, tasks.Completed(task=task, status_reason="completed"))
    return task


@pytest.fixture
def leaves_nothing(server: RunningServer, finished_task: str) -> Iterator[None]:
    """What a test makes is gone afterwards: others count tasks."""
    yield
    client = Client(server.url, server.access_key, server.secret_key)
    everything = tasks.GetAll(only_fields=["id"], search_hidden=True)
    made = [task["id"] for task in client.send(tasks.GET_ALL, everything).tasks if task["id"] != finished_task]
    for task in made:
        client.send(task_life.DELETE, task_life.Delete(task=task, force=True))


@pytest.fixture(autouse=True)
def configured(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Commands find the server in their environment."""
    monkeypatch.setenv("PELLUCID_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("PELLUCID_API_HOST", server.url)
    monkeypatch.setenv("PELLUCID_API_ACCESS_KEY", server.access_key)
    monkeypatch.setenv("PELLUCID_API_SECRET_KEY", server.secret_key)
