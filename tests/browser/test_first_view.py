"""What the first view costs."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Page, Response, expect
from tests.browser.script import Script

pytestmark = pytest.mark.browser

TARGET = 150 * 1024


def test_s1_the_first_view_is_small(page: Page, script: Script) -> None:
    """Page, styles and scripts of the table of tasks, compressed. That no other host is asked, the window checks."""
    script.task("the first")
    loaded: dict[str, Response] = {}

    def note(answer: Response) -> None:
        loaded[answer.url] = answer

    page.on("response", note)
    page.goto("/")
    expect(page.get_by_role("link", name="the first")).to_be_visible()

    own = [answer for url, answer in loaded.items() if "/api/" not in url and answer.request.method == "GET"]
    size = sum(len(gzip.compress(answer.body())) for answer in own)

    assert any(answer.url.endswith(".js") for answer in own)
    assert size <= TARGET
