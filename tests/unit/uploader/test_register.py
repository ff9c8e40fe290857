"""Making a task that began without a server."""

from __future__ import annotations

import msgspec
import pytest

from pellucid.base.errors import RequestRefusedError
from pellucid.client.session import Client
from pellucid.testing.fake_server import Answer, FakeServer, ReceivedRequest
from pellucid.testing.run_folder import RecordedRun
from pellucid.uploader.register import create_task
from pellucid.uploader.shipment import read_description

BODY = b'{"name": "first", "type": "training", "id": "t", "anything": 1}'


@pytest.fixture
def client(server: FakeServer) -> Client:
    """A client of a server that makes tasks."""
    server.answer("tasks.create", {"id": "t"})
    server.answer("projects.get_all", {"projects": []})
    return Client(server.url, None, None)


def sent(server: FakeServer) -> dict[str, object]:
    """The body of ``tasks.create``."""
    decoded: dict[str, object] = msgspec.json.decode(server.calls("tasks.create")[0].body)
    return decoded


def test_the_project_is_made_if_need_be(server: FakeServer, client: Client, run: RecordedRun) -> None:
    """The rest of the run's own request stays as it is."""
    server.answer("projects.create", {"id": "p"})

    assert create_task(client, read_description(run.folder), BODY) == "t"
    assert sent(server) == {"name": "first", "type": "training", "id": "t", "anything": 1, "project": "p"}
    assert msgspec.json.decode(server.calls("projects.create")[0].body)["name"] == "vision"


def test_a_project_that_another_run_makes_at_the_same_time_is_used(
    server: FakeServer, client: Client, run: RecordedRun
) -> None:
    """The second look finds it."""

    def create(_: ReceivedRequest) -> Answer:
        server.answer("projects.get_all", {"projects": [{"id": "theirs"}]})
        return Answer(status=400, subcode=801, message="Value combination already exists")

    server.handlers["projects.create"] = create
    create_task(client, read_description(run.folder), BODY)

    assert sent(server)["project"] == "theirs"


def test_a_project_that_is_refused_is_an_error(server: FakeServer, client: Client, run: RecordedRun) -> None:
    """Nothing is made then."""
    server.answer("projects.create", status=400, message="Invalid project name")
    with pytest.raises(RequestRefusedError, match="Invalid project name"):
        create_task(client, read_description(run.folder), BODY)
    assert server.calls("tasks.create") == []


def test_a_project_that_the_run_knew_is_kept(server: FakeServer, client: Client, run: RecordedRun) -> None:
    """It is not even looked up."""
    create_task(client, read_description(run.folder), b'{"project": "known", "id": "t"}')

    assert [request.action for request in server.requests] == ["tasks.create"]
