"""Requests as a server sees them, answers as a caller sees them."""

from __future__ import annotations

import socket
from base64 import b64encode

import msgspec
import pytest

from pellucid.base.errors import RequestRefusedError, ServerUnavailableError
from pellucid.base.version import __version__
from pellucid.client.session import Client
from pellucid.client.transport import Timeout
from pellucid.testing.fake_server import Answer, FakeServer, ReceivedRequest
from pellucid.testing.fault_proxy import fault_proxy
from pellucid.wire import events, ingest, tasks


def test_a_typed_request_is_a_post_with_json_and_a_typed_answer(server: FakeServer, client: Client) -> None:
    """Path with version, headers, body, and the decoded ``data``."""
    server.answer("tasks.create", {"id": "t1", "unknown": "ignored"})

    created = client.send(tasks.CREATE, tasks.Create(name="first", type="training"))

    assert created == tasks.CreateResponse(id="t1")
    login, create = server.requests
    assert (login.method, login.path) == ("POST", "/auth.login")
    assert login.headers["authorization"] == f"Basic {b64encode(b'key:secret').decode()}"
    assert (create.method, create.path) == ("POST", "/v2.23/tasks.create")
    assert msgspec.json.decode(create.body) == {"name": "first", "type": "training"}
    assert create.headers["content-type"] == "application/json"
    assert create.headers["authorization"] == f"Bearer {server.token}"
    assert create.headers["x-pellucid-client"] == __version__
    assert create.headers["x-clearml-worker"] == "w7"


def test_one_login_serves_many_requests(server: FakeServer, client: Client) -> None:
    """The token is kept."""
    server.answer("tasks.ping")
    for _ in range(3):
        client.send(tasks.PING, tasks.Ping(task="t"))

    assert len(server.calls("auth.login")) == 1


def test_an_expired_token_is_renewed_once(server: FakeServer, client: Client) -> None:
    """The request is repeated with the new token, and its caller notices nothing."""

    def ping(request: ReceivedRequest) -> Answer:
        expired = request.headers["authorization"] == "Bearer token-1"
        return Answer(status=401, message="expired") if expired else Answer()

    server.handlers["tasks.ping"] = ping
    client.send(tasks.PING, tasks.Ping(task="t"))
    client.send(tasks.PING, tasks.Ping(task="t"))

    assert (len(server.calls("auth.login")), len(server.calls("tasks.ping"))) == (2, 3)


def test_wrong_credentials_are_refused_not_retried(server: FakeServer, client: Client) -> None:
    """A 401 after a new login is an error of the protocol."""
    server.answer("auth.login", status=401, message="Unauthorized: unknown access key or wrong secret")

    with pytest.raises(RequestRefusedError, match="unknown access key") as refused:
        client.send(tasks.PING, tasks.Ping(task="t"))

    assert refused.value.code == 401
    assert len(server.requests) == 1


def test_without_credentials_nobody_logs_in(server: FakeServer) -> None:
    """A server that needs no login gets no ``Authorization``."""
    server.answer("tasks.ping")
    client = Client(server.url, None, None)
    client.send(tasks.PING, tasks.Ping(task="t"))
    client.close()

    (ping,) = server.requests
    assert "authorization" not in ping.headers


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500])
def test_a_no_has_code_and_message(server: FakeServer, client: Client, status: int) -> None:
    """Errors of the protocol are told apart from trouble."""
    server.answer("tasks.ping", status=status, message="Invalid task id")

    with pytest.raises(RequestRefusedError, match=r"tasks\.ping: Invalid task id") as refused:
        client.send(tasks.PING, tasks.Ping(task="t"))

    assert (refused.value.code, refused.value.action) == (status, "tasks.ping")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=429, message="slow down"),
        Answer(status=503, message="maintenance"),
        Answer(status=502, body=b"<html>bad gateway</html>"),
        Answer(status=200, body=b"<html>welcome to the portal</html>"),
        Answer(status=200, body=b'{"answer": "of something else"}'),
        Answer(["not", "an", "object"]),
    ],
)
def test_answers_that_are_none_are_trouble(server: FakeServer, client: Client, answer: Answer) -> None:
    """The same call may succeed later."""
    server.handlers["tasks.create"] = lambda _: answer

    with pytest.raises(ServerUnavailableError, match=r"tasks\.create"):
        client.send(tasks.CREATE, tasks.Create(name="x", type="training"))


def test_a_server_that_is_away_is_trouble() -> None:
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(ServerUnavailableError):
        Client(f"http://127.0.0.1:{port}", "key", "secret").send(tasks.PING, tasks.Ping(task="t"))


def test_a_server_that_never_answers_is_trouble() -> None:
    """The read limit ends the wait."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = Client(f"http://127.0.0.1:{listener.getsockname()[1]}", "key", "s", timeout=Timeout(1.0, 0.05))
        with pytest.raises(ServerUnavailableError, match="timed out"):
            client.send(tasks.PING, tasks.Ping(task="t"))


def test_a_lost_answer_is_not_asked_for_again(server: FakeServer) -> None:
    """Whether the request was carried out nobody knows, so it is for the caller to repeat it."""
    server.answer("tasks.create", {"id": "t1"})
    with fault_proxy(server.url) as proxy:
        client = Client(proxy.url, None, None)
        proxy.cut_answer_after = 10

        with pytest.raises(ServerUnavailableError):
            client.send(tasks.CREATE, tasks.Create(name="x", type="training"))

    assert len(server.calls("tasks.create")) == 1


def test_events_travel_as_lines(server: FakeServer, client: Client) -> None:
    """One event a line, in the content type of batches (protocol §1.9)."""
    server.answer("events.add_batch", {"added": 2, "errors": 0, "errors_info": {}})

    answer = client.add_batch([events.Event(type="log", task="t", msg="one"), events.Event(type="log", task="t")])

    assert answer.added == 2
    (request,) = server.calls("events.add_batch")
    assert request.headers["content-type"] == "application/json-lines"
    assert [msgspec.json.decode(line) for line in request.body.splitlines()] == [
        {"type": "log", "task": "t", "msg": "one"},
        {"type": "log", "task": "t"},
    ]


def test_appended_batches_travel_as_messagepack(server: FakeServer, client: Client) -> None:
    """Bytes stay bytes."""
    server.answer("journal.append", {"acknowledged": {"w": 2}})
    points = ingest.PointsBatch(writer="w", offset=0, count=2, series={1: ("loss", "train")}, data=b"\x00\xff")

    assert client.append(ingest.Append(task="t", batches=[points])).acknowledged == {"w": 2}

    (request,) = server.calls("journal.append")
    assert request.headers["content-type"] == "application/msgpack"
    assert msgspec.msgpack.decode(request.body, type=ingest.Append).batches == [points]


def test_a_raw_call_is_sent_as_it_is(server: FakeServer, client: Client) -> None:
    """JSON in, JSON out."""
    server.answer("tasks.edit", {"updated": 1})

    assert msgspec.json.decode(client.send_raw("tasks.edit", b'{"task":  "t"}')) == {"updated": 1}
    assert server.calls("tasks.edit")[0].body == b'{"task":  "t"}'
