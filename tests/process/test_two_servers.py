"""Two servers over one PostgreSQL database and one folder of files: clients cannot tell which of them they talk to."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from pellucid.base.errors import RequestRefusedError
from pellucid.base.paths import server_notice
from pellucid.base.points import POINT
from pellucid.client.session import Client
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire.ingest import Append, PointsBatch

pytestmark = pytest.mark.process


@pytest.fixture
def servers(database: str, tmp_path: Path) -> Iterator[list[RunningServer]]:
    """Two of them, started one after the other."""
    data = tmp_path / "shared"
    with running_server(data, database=database) as one, running_server(data, database=database) as two:
        yield [one, two]


@pytest.fixture
def clients(servers: list[RunningServer]) -> Iterator[list[Client]]:
    """Six clients, every other one of the same server."""
    pairs = itertools.islice(itertools.cycle(servers), 6)
    clients = [Client(server.url, server.access_key, server.secret_key) for server in pairs]
    yield clients
    for client in clients:
        client.close()


def call(client: Client, name: str, /, **body: Any) -> dict[str, Any]:
    """The data of an answer that must be good."""
    return dict(msgspec.json.decode(client.send_raw(name, msgspec.json.encode(body))))


def at_once(clients: Sequence[Client], work: Callable[[int, Client], Any]) -> list[Any]:
    """What each client's work returns; all run together."""
    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(work, range(len(clients)), clients))


def test_each_waiting_task_is_given_to_one_agent(clients: list[Client]) -> None:
    """While other clients still enqueue, and the agents ask both servers."""
    queue = call(clients[0], "queues.create", name="work")["id"]

    def enqueue(client: Client) -> list[str]:
        tasks = [call(client, "tasks.create", name="t", type="training")["id"] for _ in range(15)]
        for task in tasks:
            call(client, "tasks.enqueue", task=task, queue=queue)
        return tasks

    def take(client: Client, enough: int) -> list[str]:
        taken: list[str] = []
        while len(taken) < enough and "entry" in (answer := call(client, "queues.get_next_task", queue=queue)):
            taken.append(answer["entry"]["task"])
        return taken

    def work(place: int, client: Client) -> tuple[list[str], list[str]]:
        return (enqueue(client), []) if place < 2 else ([], take(client, 15))

    made, taken = zip(*at_once(clients, work), strict=True)
    rest = take(clients[0], 100)
    assert sorted([*itertools.chain(*taken), *rest]) == sorted(itertools.chain(*made))


def test_no_edit_is_lost(clients: list[Client]) -> None:
    """All edit one task at once, each its own keys."""
    task = call(clients[0], "tasks.create", name="t", type="training")["id"]

    def edit(place: int, client: Client) -> None:
        for step in range(10):
            call(client, "tasks.edit", task=task, execution={f"{place}.{step}": step})
            parameter = {"section": "Args", "name": f"{place}/{step}", "value": str(step)}
            call(client, "tasks.edit_hyper_params", task=task, hyperparams=[parameter])

    at_once(clients, edit)
    for client in clients[:2]:
        document = call(client, "tasks.get_by_id", task=task)["task"]
        assert len(document["hyperparams"]["Args"]) == 60
        assert {key for key in document["execution"] if "." in key} == {
            f"{place}.{step}" for place in range(6) for step in range(10)
        }


def test_a_project_that_all_make_at_once_is_one(clients: list[Client]) -> None:
    """Whichever client is the fastest makes it; siblings share the ancestors that they all found missing."""

    def make(place: int, client: Client) -> int:
        call(client, "projects.create", name=f"a/b/{place}")
        try:
            call(client, "projects.create", name="a/x/y")
        except RequestRefusedError:
            return 0
        return 1

    assert sum(at_once(clients, make)) == 1
    names = [each["name"] for each in call(clients[1], "projects.get_all", only_fields=["name"])["projects"]]
    assert names == ["a", "a/b", *(f"a/b/{place}" for place in range(6)), "a/x", "a/x/y"]


def test_what_is_reported_through_both_is_stored_once(clients: list[Client]) -> None:
    """All send the same points of one writer, cut at different places."""
    task = call(clients[0], "tasks.create", name="t", type="training")["id"]
    call(clients[0], "tasks.started", task=task)
    count = 120

    def report(place: int, client: Client) -> int:
        size = place + 2
        for offset in range(0, count, size):
            end = min(offset + size, count)
            slots = b"".join(POINT.pack(step, step * 1_000_000, float(step), 1) for step in range(offset, end))
            points = PointsBatch(
                writer="w",
                offset=offset,
                count=end - offset,
                series={1: ("loss", "train")},
                data=zstandard.compress(slots),
            )
            position = client.append(Append(task=task, batches=[points])).acknowledged["w"]
        return position

    assert at_once(clients, report) == [count] * 6
    for client in clients[:2]:
        curves = call(client, "events.scalar_metrics_iter_histogram", task=task, samples=10_000)
        assert curves["loss"]["train"]["y"] == list(map(float, range(count)))


def test_a_token_of_one_is_a_token_of_both(servers: list[RunningServer], clients: list[Client]) -> None:
    """And credentials that are revoked at one are refused by the other, with the tokens got for them."""
    made = call(clients[0], "auth.create_credentials")["credentials"]
    mine = [Client(server.url, made["access_key"], made["secret_key"]) for server in servers]
    token = call(mine[0], "auth.login")["token"]
    bearer = {"Authorization": f"Bearer {token}"}

    def status(server: RunningServer, client: Client) -> int:
        url = f"{server.url}/users.get_current_user"
        return client.request("POST", url, headers=bearer, authorize=False).status

    assert [status(server, client) for server, client in zip(servers, mine, strict=True)] == [200, 200]
    call(mine[1], "users.get_current_user")
    call(clients[1], "auth.revoke_credentials", access_key=made["access_key"])
    assert [status(server, client) for server, client in zip(servers, mine, strict=True)] == [401, 401]
    for client in mine:
        with pytest.raises(RequestRefusedError):
            call(client, "users.get_current_user")
        client.close()


def test_the_notice_is_that_of_a_server_that_runs(database: str, tmp_path: Path) -> None:
    """The one that ends takes away its own, not the other's."""
    data = tmp_path / "shared"
    with running_server(data, database=database) as first, running_server(data, database=database) as second:
        first.process.terminate()
        first.wait()
        assert second.url in server_notice(data).read_text()
    assert not server_notice(data).exists()
