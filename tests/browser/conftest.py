"""A real server and a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.script import Script
from tests.browser.window import open_page

from pellucid.testing.server import RunningServer, running_server
from pellucid.web import asset_dir

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Without one, or without a built page, tests are skipped by name, but fail in CI."""
    missing = "no chromium" if CHROMIUM is None else "the web page is not built" if asset_dir() is None else None
    if missing and "CI" not in os.environ:
        pytest.skip(f"{missing} (make test sets it up)")
    assert missing is None, missing
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for the tests of a module."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module")
def script(server: RunningServer) -> Iterator[Script]:
    """Reports to the module's server."""
    script = Script(server)
    yield script
    script.close()


@pytest.fixture
def page(browser: Browser, server: RunningServer) -> Iterator[Page]:
    """A fresh browser window on the module's server, in which nothing may fail."""
    with open_page(browser, server.url) as page:
        yield page
