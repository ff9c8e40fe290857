"""Tests of ``pellucid.sdk.plain_client``."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from pellucid.base.connection import Connection
from pellucid.base.errors import RequestRefusedError, ServerUnavailableError
from pellucid.sdk.plain_client import PlainClient
from pellucid.testing.fake_server import fake_server
from pellucid.testing.server import RunningServer
from pellucid.wire import auth, tasks, users
from pellucid.wire import server as server_info


def connection(host: str, key: str | None = None, secret: str | None = None) -> Connection:
    """A server by its address."""
    return Connection(api_host=host, web_host=host, files_host=host, access_key=key, secret_key=secret)


def test_asks_a_real_server(server: RunningServer) -> None:
    """Several requests after one login."""
    with closing(PlainClient(connection(server.url, server.access_key, server.secret_key), timeout=5)) as client:
        assert client.send(users.GET_CURRENT_USER, auth.Nothing()).user.role == "admin"
        assert client.send(server_info.INFO, auth.Nothing()).pellucid


def test_refusals_have_code_and_message(server: RunningServer) -> None:
    """As from the other client."""
    client = PlainClient(connection(server.url, server.access_key, "wrong"), timeout=5)
    with closing(client), pytest.raises(RequestRefusedError) as error:
        client.send(tasks.GET_BY_ID, tasks.GetById(task="0" * 32))

    assert error.value.code == 401


def test_a_server_that_hangs_up_is_dialled_again() -> None:
    """One of another make may close after each answer."""
    with fake_server() as fake:
        fake.answer("debug.ping", {"msg": "here"}, headers={"Connection": "close"})
        with closing(PlainClient(connection(fake.url), timeout=5)) as client:
            assert [client.send(server_info.PING, auth.Nothing()).msg for _ in range(2)] == ["here", "here"]


@contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """A server that gives one answer to all, or none."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                peer.recv(1 << 16)
                if answer is not None:
                    peer.sendall(answer)
                else:
                    peer.recv(1)  # until the client gives up

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        None,
    ],
)
def test_what_is_no_answer(answer: bytes | None) -> None:
    """The server counts as away."""
    with answering(answer) as host:
        client = PlainClient(connection(host), timeout=0.3)
        with closing(client), pytest.raises(ServerUnavailableError):
            client.send(server_info.PING, auth.Nothing())


@pytest.mark.parametrize(
    ("host", "environ", "suits"),
    [
        ("http://tracker:8008", {}, True),
        ("https://tracker", {}, False),
        ("http://tracker:8008", {"HTTP_PROXY": "http://proxy"}, False),
        ("http://127.0.0.1:8008", {"http_proxy": "http://proxy"}, True),
    ],
)
def test_where_it_suits(host: str, environ: dict[str, str], suits: bool) -> None:
    """No encryption, no proxy."""
    assert PlainClient.suits(connection(host), environ) is suits
