"""The list of tasks: first run, what a row says, filtering, and keeping still."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.script import Script

pytestmark = pytest.mark.browser


def test_an_empty_server_shows_the_first_steps_and_notices_the_first_task(page: Page, script: Script) -> None:
    """Nobody has to reload (must run first: the server is the module's)."""
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("No tasks yet")
    steps = page.get_by_role("listitem")
    expect(steps).to_have_count(3)
    expect(steps.nth(2)).to_contain_text("from pellucid import Task")

    script.task("the first one")

    expect(page.get_by_role("link", name="the first one")).to_be_visible()


def test_a_row_says_how_a_task_is_doing(page: Page, script: Script) -> None:
    """Name, project, status in words, iteration, last metrics; and the name leads to the task."""
    project = script.project("vision/rows")
    task = script.task("row by row", project=project, tags=["nightly"])
    script.scalars(task, "loss", "validation", [0.9, 0.5, 0.25])
    script.send("tasks.completed", task=task)

    page.goto(f"/projects/{project}/tasks")

    row = page.get_by_role("row").filter(has_text="row by row")
    for text in ("nightly", "vision/rows", "Completed", "2", "0.2500"):
        expect(row).to_contain_text(text)
    expect(page.get_by_role("columnheader", name="loss / validation")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("vision/rows")
    row.get_by_role("link", name="row by row").click()
    expect(page).to_have_url(re.compile(f"/tasks/{task}/scalars$"))
    expect(page).to_have_title(re.compile("row by row"))


def test_m77_m78_a_row_says_how_far_a_task_is(page: Page, script: Script) -> None:
    """Beside its status; also when it failed there."""
    task = script.task("half way there")
    script.send("tasks.edit", task=task, force=True, runtime={"progress": "40"})
    page.goto("/?q=half")

    expect(page.get_by_role("row").filter(has_text="half way there")).to_contain_text("Running 40 %")
    script.send("tasks.failed", task=task)
    expect(page.get_by_role("row").filter(has_text="half way there")).to_contain_text("Failed 40 %")


def test_the_filter_finds_parts_of_names_literally_and_lives_in_the_address(page: Page, script: Script) -> None:
    """A user types text, not a regular expression; the address brings the same rows back."""
    for name in ("lr=0.1 (a)", "lr=0x1 (b)"):
        script.task(name)
    page.goto("/")

    page.get_by_label("Filter tasks").fill('"LR=0.1 ("')

    names = page.locator("tbody th a")
    expect(names).to_have_text(["lr=0.1 (a)"])
    page.reload()
    expect(names).to_have_text(["lr=0.1 (a)"])
    page.get_by_label("Filter tasks").fill("nothing-is-called-this")
    expect(page.get_by_text("No task fits")).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    expect(names.filter(has_text="lr=0x1 (b)")).to_be_visible()


def test_rows_keep_still_under_the_pointer(page: Page, script: Script) -> None:
    """A new task moves nothing while somebody is about to click; a button says that it is there."""
    script.task("old row")
    page.goto("/")
    names = page.locator("tbody th a")
    expect(names.first).to_have_text("old row")
    page.get_by_role("table").hover()

    script.task("new row")

    pill = page.get_by_role("button", name="1 new task")
    expect(pill).to_be_visible()
    expect(names.first).to_have_text("old row")
    pill.click()
    expect(names.first).to_have_text("new row")


def test_values_change_in_place(page: Page, script: Script) -> None:
    """The row of a running task follows it."""
    task = script.task("moving values")
    script.scalars(task, "loss", "validation", [0.75])
    page.goto("/?q=moving")
    row = page.get_by_role("row").filter(has_text="moving values")
    expect(row).to_contain_text("0.7500")

    script.scalars(task, "loss", "validation", [0.125], first=1)
    script.send("tasks.failed", task=task, status_message="out of luck")

    expect(row).to_contain_text("0.1250")
    expect(row).to_contain_text("Failed")


def test_a_name_full_of_markup_is_text(page: Page, script: Script) -> None:
    """Names are what users wrote, never part of the page."""
    name = "<img src=x onerror=alert(1)>"
    script.task(name, tags=["<b>bold</b>"])
    page.goto("/?q=onerror")

    expect(page.get_by_role("link", name=name)).to_be_visible()
    expect(page.get_by_text("<b>bold</b>")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_does_not_scroll_sideways(page: Page, script: Script, width: int) -> None:
    """Wide tables scroll in their own frame."""
    script.task("a long name " * 20)
    page.set_viewport_size({"width": width, "height": 700})
    page.goto("/")
    expect(page.get_by_role("table")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
