"""A browser window that notices what goes wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

EXPECTED = ("Failed to load resource", "WebSocket connection to")


@contextmanager
def open_page(browser: Browser, url: str) -> Iterator[Page]:
    """A fresh window, with nothing remembered; relative addresses are the server's at ``url``.

    At the end, nothing must have failed in it: no script error, nothing refused by the content policy, no request to
    another host.
    """
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()
    problems: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # The browser itself writes a line for every answer of 401, which is how the page learns that it must log in,
        # and for every request or socket that a stopped server does not take.
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            problems.append(message.text)

    def on_request(request: Request) -> None:
        if not request.url.startswith((f"{url}/", "data:", "blob:")):
            problems.append(f"request to {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", on_request)
    try:
        yield page
    finally:
        context.close()
    assert problems == []
