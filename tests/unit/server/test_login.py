"""Sessions of browsers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from pellucid.testing.server import RunningServer

OWN = {"Sec-Fetch-Site": "same-origin"}
COOKIE = "pellucid_session"


@pytest.fixture
def browser(server: RunningServer) -> Iterator[httpx.Client]:
    """A client that keeps cookies, and names its origin with what it posts as browsers do."""

    def name_origin(request: httpx.Request) -> None:
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "same-origin":
            request.headers.setdefault("Origin", server.url)

    with httpx.Client(base_url=server.url, event_hooks={"request": [name_origin]}) as browser:
        yield browser


def test_the_owner_of_the_server_needs_no_key_on_the_same_machine(browser: httpx.Client) -> None:
    """The kernel vouches for the socket; the cookie is out of reach for scripts and other sites."""
    answer = browser.post("/login", headers=OWN)

    assert answer.status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert browser.post("/api/users.get_current_user", json={}, headers=OWN).json()["data"]["user"]["id"] == "admin"


def test_keys_log_in_and_wrong_ones_do_not(browser: httpx.Client, server: RunningServer) -> None:
    """The answer does not say which half was wrong."""
    good = {"access_key": server.access_key, "secret_key": server.secret_key}

    assert browser.post("/login", json=good, headers=OWN).status_code == 200
    assert browser.post("/login", json=good | {"secret_key": "x"}, headers=OWN).status_code == 401
    assert browser.post("/login", json={"access_key": "x"}, headers=OWN).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},  # a link in a mail
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_other_sites_can_neither_log_in_nor_act(browser: httpx.Client, headers: dict[str, str]) -> None:
    """Even with the cookie, and with GET too, since the protocol makes changes with it."""
    browser.post("/login", headers=OWN)

    assert browser.post("/login", headers=headers).status_code == 403
    assert browser.post("/logout", headers=headers).status_code == 403
    for method in ("GET", "POST"):
        assert browser.request(method, "/api/users.get_current_user", headers=headers).status_code == 403


def test_an_older_browser_s_origin_is_compared(browser: httpx.Client, server: RunningServer) -> None:
    """Where it does not say which site, it says which origin."""
    browser.post("/login", headers=OWN)

    assert browser.post("/api/users.get_current_user", headers={"Origin": server.url}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://tracking.example"},
        {"X-Forwarded-For": "192.0.2.1"},
        {"Forwarded": "for=192.0.2.1"},
        {"Via": "1.1 proxy"},
    ],
)
def test_whoever_comes_through_a_proxy_is_not_the_owner(browser: httpx.Client, headers: dict[str, str]) -> None:
    """The socket is that of the proxy, which the owner may run for others."""
    assert browser.post("/login", headers=OWN | headers).status_code == 401
    assert COOKIE not in browser.cookies


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
@pytest.mark.parametrize(
    ("source", "header"),
    [
        ("127.0.0.1", ""),
        ("127.0.0.2", ""),
        ("127.0.0.1", "X-Forwarded-For: 127.0.0.1:{port}\r\n"),
        ("127.0.0.1", "X-Forwarded-For: 127.0.0.1\r\n"),
    ],
)
def test_another_user_of_the_machine_is_not_let_in(server: RunningServer, source: str, header: str) -> None:
    """Neither plainly, nor with a header that names the owner's socket, nor from the same port of another address."""
    address = urlsplit(server.url)
    assert address.port is not None
    with socket.create_connection(("127.0.0.1", address.port)) as owner:
        port = owner.getsockname()[1]
        request = (
            f"POST /login HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: {server.url}\r\nConnection: close\r\n"
            f"Content-Length: 0\r\n{header.format(port=port)}\r\n"
        )
        source_port = port if source != "127.0.0.1" else 0
        stranger = subprocess.run(
            [sys.executable, "-c", STRANGER, source, str(source_port), str(address.port), request],
            capture_output=True,
            text=True,
            timeout=30,
        )

    assert stranger.stdout.startswith("HTTP/1.1 401"), stranger


STRANGER = """
import os, socket, sys
os.setuid(65534)
source, source_port, port, request = sys.argv[1:]
with socket.socket() as client:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.bind((source, int(source_port)))
    client.connect(("127.0.0.1", int(port)))
    client.sendall(request.encode())
    print(client.recv(4096).decode())
"""


def test_a_login_is_small(browser: httpx.Client) -> None:
    """Nobody has proved anything yet, so nobody gets memory."""
    assert browser.post("/login", content=b" " * 100_000, headers=OWN).status_code == 413


def test_over_tls_the_cookie_stays_there(browser: httpx.Client, server: RunningServer) -> None:
    """Also where a proxy before us speaks it; over plain HTTP it could not be sent at all then."""
    keys = {"access_key": server.access_key, "secret_key": server.secret_key}

    plain = browser.post("/login", json=keys, headers=OWN)
    proxied = browser.post("/login", json=keys, headers={**OWN, "Origin": "https://tracking.example"})

    assert "Secure" not in plain.headers["Set-Cookie"]
    assert "Secure" in proxied.headers["Set-Cookie"]


def test_logging_out_takes_the_cookie_back(browser: httpx.Client) -> None:
    """The session is over for this browser."""
    browser.post("/login", headers=OWN)

    browser.post("/logout", headers=OWN)

    assert browser.post("/api/users.get_current_user", headers=OWN).status_code == 401


def test_a_server_on_this_machine_answers_to_its_own_names_only(server: RunningServer) -> None:
    """A hostile page may have its name resolve to the loopback address."""
    answer = httpx.get(server.url, headers={"Host": "evil.example"})

    assert answer.status_code == 421
    assert answer.headers["Content-Type"].startswith("text/plain")
