"""A task's plots: drawn by Plotly in a frame that can reach nothing, iteration by iteration."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.script import Script

pytestmark = pytest.mark.browser

PIXEL = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def plot(series: str, figure: dict[str, Any], iteration: int = 0) -> dict[str, Any]:
    """A plot event of the title "curves"."""
    return {"type": "plot", "metric": "curves", "variant": series, "iter": iteration, "plot_str": json.dumps(figure)}


@pytest.fixture(scope="module")
def task(script: Script) -> str:
    """A task with a figure in three iterations, one in three dimensions, and a picture."""
    task = script.task("plots")
    lines = [
        plot("lines", {"data": [{"y": [1, 2]}], "layout": {"title": {"text": f"after {step} steps"}}}, step)
        for step in (1, 5, 9)
    ]
    picture = plot("picture", {"data": [], "layout": {"images": [{"source": PIXEL}]}})
    script.add(task, [*lines, picture])
    return task


def test_c11_a_figure_is_drawn_in_a_frame_without_an_origin(page: Page, task: str) -> None:
    """Plotly comes with the first figure, and not before; the frame reaches neither the page nor its cookies."""
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"/tasks/{task}/info")
    expect(page.get_by_role("heading", level=1)).to_have_text("plots")
    assert not any("plotly" in url for url in requested)

    page.get_by_role("link", name="Plots", exact=True).click()

    frame = page.frame_locator("iframe[title='curves / lines']")
    expect(frame.locator("#plot[data-drawn] .main-svg").first).to_be_visible()
    expect(frame.locator(".gtitle")).to_have_text("after 9 steps")
    assert any("plotly" in url for url in requested)
    assert page.frames[1].evaluate("self.origin") == "null"


def test_c11_arrow_keys_lead_to_the_first_iteration(page: Page, task: str) -> None:
    """And say so there."""
    page.goto(f"/tasks/{task}/plots")
    figure = page.get_by_role("figure").filter(has_text="curves / lines")
    expect(figure).to_contain_text("iteration 9")

    figure.get_by_role("button", name="Earlier iteration").focus()
    page.keyboard.press("ArrowLeft")
    expect(figure).to_contain_text("iteration 5")
    page.keyboard.press("ArrowLeft")
    expect(figure).to_contain_text("iteration 1")
    expect(page.frame_locator("iframe[title='curves / lines']").locator(".gtitle")).to_have_text("after 1 steps")
    page.keyboard.press("ArrowLeft")
    expect(figure.get_by_role("status")).to_have_text("the first")
    page.keyboard.press("ArrowRight")
    expect(figure).to_contain_text("iteration 5")


def test_c11_a_picture_is_a_picture(page: Page, task: str) -> None:
    """What matplotlib drew is shown without Plotly; the filter finds plots by title and series."""
    page.goto(f"/tasks/{task}/plots?m=picture")

    expect(page.get_by_role("figure")).to_have_count(1)
    expect(page.get_by_role("img", name="curves / picture")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
