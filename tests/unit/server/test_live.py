"""The socket that says what has changed, on a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from tests.unit.server.conftest import Api
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from pellucid.testing.server import RunningServer

COOKIE = "pellucid_session"
PATIENCE_SECONDS = 30


@pytest.fixture
def cookie(server: RunningServer) -> str:
    """A browser's session."""
    answer = httpx.post(f"{server.url}/login", headers={"Sec-Fetch-Site": "same-origin", "Origin": server.url})
    return answer.cookies[COOKIE]


@contextmanager
def opened(server: RunningServer, cookie: str, origin: str | None = None) -> Iterator[ClientConnection]:
    """A page's socket."""
    address = server.url.replace("http:", "ws:") + "/live"
    with connect(
        address,
        origin=Origin(origin or server.url),
        additional_headers={"Cookie": f"{COOKIE}={cookie}"},
        proxy=None,
    ) as socket:
        yield socket


def watch(socket: ClientConnection, *topics: str) -> None:
    """Say what is looked at."""
    socket.send(json.dumps({"watch": list(topics)}))


def changed(socket: ClientConnection) -> set[str]:
    """What is said to have changed."""
    return set(json.loads(socket.recv(timeout=PATIENCE_SECONDS))["changed"])


def settle(api: Api, socket: ClientConnection, topic: str = "projects") -> None:
    """Wait until what was watched is surely being watched: until another change is told."""
    watched = api.data("projects.create", {"name": f"settled {id(socket)}", "description": ""})["id"]
    assert topic in changed(socket)
    api.data("projects.delete", {"project": watched})
    assert topic in changed(socket)


def test_a_change_is_told_to_those_who_look(server: RunningServer, api: Api, cookie: str) -> None:
    """And to nobody else: of two tasks, one."""
    mine, other = api.task(), api.task()
    with opened(server, cookie) as socket:
        watch(socket, f"task:{mine}", "projects")
        settle(api, socket)
        api.data("tasks.edit", {"task": other, "comment": "not looked at"})
        api.data("tasks.edit", {"task": mine, "comment": "looked at"})
        assert changed(socket) == {f"task:{mine}"}
        api.data("tasks.delete", {"task": mine, "force": True})
        assert changed(socket) == {f"task:{mine}"}


def test_lists(server: RunningServer, api: Api, cookie: str) -> None:
    """Of all tasks, of a project's."""
    project = api.data("projects.create", {"name": "looked at", "description": ""})["id"]
    with opened(server, cookie) as socket:
        watch(socket, "tasks", f"project:{project}", "projects")
        settle(api, socket)
        api.task(project=project)
        assert {"tasks", f"project:{project}"} <= changed(socket)


def test_only_for_who_is_logged_in(server: RunningServer, cookie: str) -> None:
    """From a page of ours."""
    with pytest.raises(InvalidStatus), opened(server, "nobody"):
        pass
    with pytest.raises(InvalidStatus), opened(server, cookie, origin="http://elsewhere.test"):
        pass


def test_a_session_that_ends(server: RunningServer, api: Api, cookie: str) -> None:
    """Is told no more."""
    with opened(server, cookie) as socket:
        watch(socket, "projects")
        settle(api, socket)
        httpx.post(
            f"{server.url}/logout",
            headers={"Sec-Fetch-Site": "same-origin", "Origin": server.url, "Cookie": f"{COOKIE}={cookie}"},
        )
        api.data("projects.create", {"name": "after the end", "description": ""})
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=PATIENCE_SECONDS)


@pytest.mark.parametrize("message", ["no JSON", "{}", '{"watch": ["secrets"]}', '{"watch": 1}'])
def test_what_is_not_understood(server: RunningServer, cookie: str, message: str) -> None:
    """Ends the conversation, with the reason."""
    with opened(server, cookie) as socket:
        socket.send(message)
        with pytest.raises(ConnectionClosed, match="not understood"):
            socket.recv(timeout=PATIENCE_SECONDS)
