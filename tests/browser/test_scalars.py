"""Charts of scalars: how they are smoothed, grouped, marked, zoomed and saved."""

from __future__ import annotations

import json
import math
import re
from itertools import groupby
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Position, Request, expect
from tests.browser.script import Script

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def task(script: Script) -> str:
    """A task with a long curve, and a short one with values that no line shows."""
    task = script.task("scalars")
    script.scalars(task, "long", "train", [math.sin(step / 50) for step in range(5000)])
    script.add(
        task,
        [
            {"type": "training_stats_scalar", "metric": "odd", "variant": "train", "iter": step, "value": value}
            for step, value in enumerate([1.0, math.nan, 2.0, math.inf, 3.0])
        ],
    )
    script.scalars(task, "odd", "other", [2.0, 2.0])
    return task


def test_c7_values_that_no_line_shows_are_named(page: Page, task: str) -> None:
    """With the iteration at which they were."""
    page.goto(f"/tasks/{task}/scalars")

    chart = page.get_by_role("figure").filter(has_text="odd")
    expect(chart).to_contain_text("2 values not finite: NaN at 1, Infinity at 3.")


def test_c4_smoothing_is_done_here(page: Page, task: str) -> None:
    """Without a request; its kind and whether originals are shown are part of the address."""
    page.goto(f"/tasks/{task}/scalars")
    expect(page.locator("canvas").first).to_be_visible()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))

    page.get_by_label("Smoothing").fill("0.6")
    page.get_by_label("Method").select_option("gaussian")
    page.get_by_label("Originals").uncheck()

    expect(page).to_have_url(f"/tasks/{task}/scalars?s=0.6&sk=gaussian&raw=0")
    assert not any("histogram" in url for url in requests)


DRAWN = """() => {
  const { width, height } = document.querySelector(".chart canvas");
  const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(document.querySelector(".chart canvas"), 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  const pixels = Array.from({ length: width * height }, (_, pixel) => data.slice(4 * pixel, 4 * pixel + 3));
  return pixels.filter((colours) => Math.max(...colours) - Math.min(...colours) > 60).length;
}"""
"""How many pixels of the first chart have the colour of a curve."""


def test_c8_outliers_can_be_ignored(page: Page, script: Script) -> None:
    """One spike makes everything else a flat line; without it, the curve fills its chart."""
    task = script.task("spiky")
    script.scalars(task, "loss", "train", [1000.0 if step == 20 else float(step % 2) for step in range(100)])
    page.goto(f"/tasks/{task}/scalars")
    expect(page.locator(".chart canvas")).to_be_visible()
    flat = page.evaluate(DRAWN)
    assert flat > 0

    page.get_by_label("Ignore outliers").check()

    page.wait_for_function(f"flat => ({DRAWN})() > 3 * flat", arg=flat)
    expect(page).to_have_url(f"/tasks/{task}/scalars?out=0")
    page.get_by_label("Ignore outliers").uncheck()
    page.wait_for_function(f"flat => ({DRAWN})() === flat", arg=flat)


def test_every_series_can_have_a_chart_of_its_own(page: Page, task: str) -> None:
    """Grouped by nothing."""
    page.goto(f"/tasks/{task}/scalars")
    expect(page.get_by_role("figure")).to_have_count(2)

    page.get_by_label("Group by").select_option("none")

    expect(page.get_by_role("figure").locator("figcaption")).to_contain_text(
        ["long / train", "odd / other", "odd / train"]
    )
    page.get_by_label("Filter charts").fill("/^other$/")
    expect(page.get_by_role("figure")).to_have_count(1)


def test_c3_a_zoom_asks_for_the_points_of_its_range(page: Page, task: str) -> None:
    """And for no more than that."""
    page.goto(f"/tasks/{task}/scalars?m=long")
    plot = page.locator(".u-over").first
    box = plot.bounding_box()
    assert box

    def is_range(request: Request) -> bool:
        return "histogram" in request.url and "between" in (request.post_data or "")

    with page.expect_request(is_range) as request:
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 20, steps=5)
        page.mouse.up()

    first, last = json.loads(request.value.post_data or "")["between"]
    assert 2300 < first < last < 3200
    answer = request.value.response()
    assert answer
    assert len(answer.json()["data"]["long"]["train"]["x"]) == last - first + 1

    expect(page).to_have_url(re.compile(f"zoom={first - 1}.*_{last}"))
    with page.expect_request(is_range) as request:
        page.reload()
    assert json.loads(request.value.post_data or "")["between"] == [first, last]
    page.keyboard.press("z")
    expect(page).to_have_url(f"/tasks/{task}/scalars?m=long")


def test_c3_a_part_that_is_drawn_in_one_chart_is_shown_in_all(page: Page, task: str) -> None:
    """Once in the address, however many charts follow the cursor; a double click shows the whole again."""
    page.add_init_script(
        "const replace = history.replaceState.bind(history); window.addresses = [];"
        "history.replaceState = (state, _, url) => { window.addresses.push(String(url)); replace(state, _, url); }"
    )
    page.goto(f"/tasks/{task}/scalars")
    expect(page.locator(".u-over")).to_have_count(2)
    for chart in (1, 0):
        plot = page.locator(".u-over").nth(chart)
        box = plot.bounding_box()
        assert box
        page.mouse.click(box["x"] + 5, box["y"] + 20)
        page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 20, steps=5)
        page.mouse.up()
        expect(page).to_have_url(re.compile("zoom="))
        plot.dblclick()
        expect(page).to_have_url(f"/tasks/{task}/scalars")

    zooms = [parse_qs(urlsplit(address).query).get("zoom") for address in page.evaluate("window.addresses")]
    assert [zoom is not None for zoom, _ in groupby(zooms)] == [False, True, False, True, False]


def test_c6_all_charts_show_the_place_of_the_cursor(page: Page, script: Script) -> None:
    """The one under it tells the five curves that are nearest; a click pins the place."""
    task = script.task("cursor")
    for number in range(7):
        script.scalars(task, "many", f"line {number}", [float(number)] * 11)
    script.scalars(task, "other", "line", [float(step) for step in range(11)])
    page.goto(f"/tasks/{task}/scalars")
    plots = page.locator(".u-over")
    expect(plots).to_have_count(2)
    tables = page.locator(".legend")

    plots.first.hover(position=middle(plots.first, top=0.03))
    expect(page.get_by_role("columnheader", name="At 5")).to_have_count(2)
    expect(tables.last).to_contain_text("5")
    tip = page.locator(".chart-tooltip:visible")
    expect(tip).to_have_count(1)
    expect(tip.locator(".chart-reading")).to_have_text([f"line {number}{number}" for number in (6, 5, 4, 3, 2)])
    expect(tip).to_contain_text("and 2 more")

    plots.first.click(position=middle(plots.first, top=0.5))
    expect(page).to_have_url(f"/tasks/{task}/scalars?at=5")
    page.get_by_role("heading", name="cursor").hover()
    expect(tip).to_have_count(0)
    expect(page.get_by_role("columnheader", name="At 5")).to_have_count(2)
    page.reload()
    expect(page.get_by_role("columnheader", name="At 5")).to_have_count(2)
    plots.last.click(position=middle(plots.last, top=0.5))
    page.get_by_role("heading", name="cursor").hover()
    expect(page.get_by_role("columnheader", name="Last")).to_have_count(2)


def middle(plot: Locator, *, top: float) -> Position:
    """The middle of a drawing's width, at a part of its height."""
    box = plot.bounding_box()
    assert box
    return {"x": box["width"] / 2, "y": box["height"] * top}


def test_all_points_of_a_chart_are_saved(page: Page, task: str) -> None:
    """Not only those that are drawn."""
    page.goto(f"/tasks/{task}/scalars?m=long")

    with page.expect_download() as download:
        page.get_by_role("button", name="Download all points of long as CSV").click()

    lines = download.value.path().read_text().splitlines()
    assert lines[:2] == ["series,iteration,value", "train,0,0"]
    assert len(lines) == 5001


def test_c1_of_very_many_charts_only_those_in_view_are_there(page: Page, script: Script) -> None:
    """And only these are asked for; the filter knows all of them."""
    wide = script.task("wide")
    script.add(
        wide,
        [
            {
                "type": "training_stats_scalar",
                "metric": f"title {title:03}",
                "variant": "v",
                "iter": step,
                "value": step,
            }
            for title in range(300)
            for step in range(3)
        ],
    )
    asked: list[int] = []

    def note(request: Request) -> None:
        if "histogram" in request.url:
            asked.append(len(json.loads(request.post_data or "{}")["metrics"]))

    page.on("request", note)
    page.goto(f"/tasks/{wide}/scalars")
    expect(page.get_by_text("300 charts", exact=True)).to_be_visible()
    expect(page.get_by_role("figure").first).to_contain_text("title 000")
    assert page.locator("canvas").count() <= 40
    assert max(asked) <= 12

    page.get_by_role("main").evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.get_by_role("figure").filter(has_text="title 299")).to_be_visible()
    assert page.locator("canvas").count() <= 40

    page.get_by_label("Filter charts").fill("/ 1.7$/")
    expect(page.get_by_role("figure")).to_have_count(10)
    expect(page.get_by_text("10 of 300 charts")).to_be_visible()
