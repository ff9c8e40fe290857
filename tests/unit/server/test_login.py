"""Sessions of browsers."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pellucid.testing.server import RunningServer

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def browser(server: RunningServer) -> Iterator[httpx.Client]:
    """A client that keeps cookies."""
    with httpx.Client(base_url=server.url) as browser:
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
        {"Origin": "http://evil.example"},
        {},
    ],
)
def test_other_sites_can_neither_log_in_nor_act(browser: httpx.Client, headers: dict[str, str]) -> None:
    """Even with the cookie, and with GET too, since the protocol makes changes with it."""
    browser.post("/login", headers=OWN)

    assert browser.post("/login", headers=headers).status_code == 403
    for method in ("GET", "POST"):
        assert browser.request(method, "/api/users.get_current_user", headers=headers).status_code == 403


def test_an_older_browser_s_origin_is_compared(browser: httpx.Client, server: RunningServer) -> None:
    """Where it does not say which site, it says which origin."""
    browser.post("/login", headers=OWN)

    assert browser.post("/api/users.get_current_user", headers={"Origin": server.url}).status_code == 200


def test_logging_out_takes_the_cookie_back(browser: httpx.Client) -> None:
    """The session is over for this browser."""
    browser.post("/login", headers=OWN)

    browser.post("/logout", headers=OWN)

    assert browser.post("/api/users.get_current_user", headers=OWN).status_code == 401


def test_a_server_on_this_machine_answers_to_its_own_names_only(server: RunningServer) -> None:
    """A hostile page may have its name resolve to the loopback address."""
    answer = httpx.get(server.url, headers={"Host": "evil.example"})

    assert answer.status_code == 421
