"""Being let in, being kept out, and a server that goes away."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.script import Script
from tests.browser.window import open_page

from pellucid.testing.server import RunningServer, running_server

pytestmark = pytest.mark.browser


def test_signing_in_with_keys_comes_back_to_the_same_address(page: Page, server: RunningServer, script: Script) -> None:
    """Wrong keys are refused with a sentence; the right ones show what was asked for."""
    task = script.task("behind the door")
    page.goto(f"/tasks/{task}/info")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pellucid")

    page.get_by_label("Access key").fill(server.access_key)
    page.get_by_label("Secret key").fill("not the secret")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("This key pair is not known here.")

    page.get_by_label("Secret key").fill(server.secret_key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("behind the door")
    assert page.url.endswith(f"/tasks/{task}/info")


def test_a_session_that_has_ended_is_opened_again(page: Page, script: Script) -> None:
    """On the server's own machine, losing the cookie goes unnoticed."""
    script.task("still there")
    page.goto("/")
    expect(page.get_by_role("link", name="still there")).to_be_visible()
    page.context.clear_cookies()

    script.task("and this one")

    expect(page.get_by_role("link", name="and this one")).to_be_visible()


def test_a_server_that_goes_away_is_named_and_found_again(browser: Browser, tmp_path: Path) -> None:
    """What was on the screen stays, and the page goes on by itself when the server is back."""
    with ExitStack() as stack:
        with running_server(tmp_path) as server:
            page = stack.enter_context(open_page(browser, server.url))
            page.goto("/")
            expect(page.get_by_role("heading", level=1)).to_have_text("No tasks yet")
            with closing(Script(server)) as script:
                script.task("before the storm")
            expect(page.get_by_role("link", name="before the storm")).to_be_visible()

        expect(page.get_by_role("alert")).to_contain_text(f"No answer from {server.url}/api/tasks.get_all")
        expect(page.get_by_text("No connection")).to_be_visible()
        expect(page.get_by_role("link", name="before the storm")).to_be_visible()
        with running_server(tmp_path, port=urlsplit(server.url).port or 0):
            page.get_by_role("button", name="Retry now").click()
            expect(page.get_by_role("alert")).to_have_count(0)
            expect(page.get_by_text(re.compile("Live|Polling"))).to_be_visible()
