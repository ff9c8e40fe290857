"""Working without a mouse, and in the theme that one likes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.script import Script
from tests.browser.window import open_page

from pellucid.testing.server import RunningServer

pytestmark = pytest.mark.browser

DARK, LIGHT = "rgb(20, 22, 26)", "rgb(246, 247, 249)"


@pytest.fixture(scope="module")
def project(script: Script) -> str:
    """A project of three tasks with a curve each."""
    project = script.project("by keyboard")
    for name in ("first", "second", "third"):
        script.scalars(script.task(name, project=project), "loss", "train", [2.0, 1.0])
    return project


def test_k1_a_task_is_found_opened_and_compared_by_keyboard(page: Page, project: str) -> None:
    """Filter, second row, its numbers, back, two rows, compare."""
    page.goto(f"/projects/{project}/tasks")
    expect(page.get_by_role("link", name="third")).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type("r")
    expect(page.locator("tbody th a")).to_have_text(["third", "first"])
    page.keyboard.press("Tab")
    page.get_by_label("Filter tasks").blur()
    for key in "jjo":
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_have_text("first")
    expect(page.get_by_role("figure").locator("tbody")).to_contain_text("train")
    page.go_back()
    expect(page.locator("tbody th a")).to_have_text(["third", "first"])
    # What keys do is known one frame after the rows are there.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.get_by_role("toolbar", name="Selected tasks")).to_contain_text("2 selected")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    page.keyboard.press("c")
    expect(page.get_by_role("table", name="Parameters").or_(page.get_by_text("third"))).not_to_have_count(0)
    expect(page).to_have_url(re.compile("/compare/parameters\\?ids="))


def test_the_number_of_a_tab_opens_it(page: Page, script: Script) -> None:
    """And two letters lead to another screen."""
    task = script.task("tabs")
    page.goto(f"/tasks/{task}/info")
    expect(page.get_by_role("heading", level=1)).to_have_text("tabs")

    page.keyboard.press("6")
    expect(page).to_have_url(f"/tasks/{task}/console")
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page).to_have_url("/queues")


def test_k2_the_keys_of_a_screen_are_listed_and_can_be_turned_off(page: Page, project: str) -> None:
    """None does anything while one types."""
    page.goto(f"/projects/{project}/tasks")
    expect(page.get_by_role("link", name="third")).to_be_visible()
    page.get_by_label("Filter tasks").fill("")
    page.keyboard.type("?gq")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(f"/projects/{project}/tasks?q=%3Fgq")
    page.get_by_label("Filter tasks").fill("")
    page.get_by_label("Filter tasks").blur()

    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(listed).to_contain_text("Next row")
    listed.get_by_label("Keys without Ctrl are on").uncheck()
    page.keyboard.press("Escape")
    expect(listed).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page).to_have_url(f"/projects/{project}/tasks")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()


def background(page: Page) -> str:
    """The colour of the page."""
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_s3_s4_the_theme_follows_the_system_or_the_choice(browser: Browser, server: RunningServer) -> None:
    """Before anything is painted, also after a reload."""
    with open_page(browser, server.url) as page:
        page.goto("/")
        switch = page.get_by_role("button", name="Theme: auto")
        expect(switch).to_be_visible()
        assert background(page) == LIGHT
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
        assert background(page) == DARK
        page.emulate_media(color_scheme="light")

        switch.click()
        page.get_by_role("button", name="Theme: light").click()
        expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
        assert background(page) == DARK
        page.route("**/assets/*.js", lambda route: route.abort())  # nothing of the app has run yet
        page.goto("/queues", wait_until="commit")
        page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
        page.unroute_all()
