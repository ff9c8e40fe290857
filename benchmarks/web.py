"""What a person waits for in the web page: a hundred thousand tasks, and a task of two thousand series.

Each number is the time from the input to the first frame in which its result is on the screen, as the page itself sees
it; the budgets are those that the page was designed for.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx
from playwright.sync_api import Page, sync_playwright

from benchmarks.seed import TASKS, seed
from benchmarks.table import print_rows
from pellucid.testing.server import RunningServer, running_server

_SERIES: Final = 2000
_POINTS: Final = 200
_SERIES_OF_TITLE: Final = 4
_ROUNDS: Final = 5
_PATIENCE: Final = 120_000
_FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")

_MEASURE: Final = """
window.frame = () => new Promise(requestAnimationFrame);
window.until = async (act, done) => {
  const begun = performance.now();
  act();
  while (!done()) await frame();
  await frame();
  return performance.now() - begun;
};
window.first = () => document.querySelector("tbody th a")?.textContent;
window.fill = (field, text) => {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=TASKS, help="how many tasks there are (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="a seeded data folder, instead of a new one")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = arguments.folder or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "data"
        if arguments.folder is None:
            seed(folder, tasks=arguments.tasks)
        server = stack.enter_context(running_server(folder))
        task = _report(server)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        stack.callback(browser.close)
        page = browser.new_page(base_url=server.url, viewport={"width": 1280, "height": 800})
        page.set_default_timeout(_PATIENCE)
        page.add_init_script(_MEASURE)
        rows = [_row(page, task, *each) for each in _BUDGETS]
    print_rows([f"with {arguments.tasks} tasks", "budget, ms", "measured, ms", "ratio"], rows)


def _row(page: Page, task: str, what: str, budget: int, measure: Callable[[Page, str], float]) -> list[str]:
    measured = statistics.median(measure(page, task) for _ in range(_ROUNDS))
    return [what, str(budget), f"{measured:.0f}", f"{measured / budget:.2f}"]


def _report(server: RunningServer) -> str:
    """A task with many series; its id."""
    with httpx.Client(base_url=server.url, auth=(server.access_key, server.secret_key), timeout=120) as client:
        answer = client.post("/tasks.create", json={"name": "many series", "type": "training"})
        task = str(answer.json()["data"]["id"])
        client.post("/tasks.started", json={"task": task})
        for first in range(0, _SERIES, 100):
            kind = {"type": "training_stats_scalar", "task": task}
            lines = [
                json.dumps({**kind, "metric": f"title {at // _SERIES_OF_TITLE:04}", "variant": f"series {at}"}
                           | {"iter": step, "value": (at * 31 + step * 17) % 97 / (step + 1)})
                for at in range(first, first + 100)
                for step in range(_POINTS)
            ]  # fmt: skip
            headers = {"Content-Type": "application/json-lines"}
            client.post("/events.add_batch", content="\n".join(lines), headers=headers).raise_for_status()
        client.post("/tasks.completed", json={"task": task})
    return task


def _tasks(page: Page) -> None:
    page.goto("/")
    page.wait_for_function("() => document.querySelector('table')?.getAttribute('aria-rowcount') > 1000 && first()")


def _scalars(page: Page, task: str) -> None:
    page.goto(f"/tasks/{task}/scalars")
    page.wait_for_function("() => document.querySelectorAll('canvas').length > 2")


def _first_view(page: Page, _: str) -> float:
    page.goto("/")
    page.wait_for_function("() => first()")
    return float(page.evaluate("() => performance.now()"))


def _scroll(page: Page, _: str) -> float:
    _tasks(page)
    return float(
        page.evaluate(
            """async () => {
              const table = document.querySelector(".task-frame");
              const frames = [];
              for (let step = 0; step < 60; step++) {
                const begun = performance.now();
                table.scrollTop += 280;
                await frame();
                await frame();
                frames.push((performance.now() - begun) / 2);
              }
              return frames.sort((a, b) => a - b)[56];
            }"""
        )
    )


def _jump(page: Page, _: str) -> float:
    _tasks(page)
    return float(
        page.evaluate(
            """() => {
              const table = document.querySelector(".task-frame");
              const [before, rows] = [first(), () => document.querySelectorAll("tbody th a").length];
              return until(() => (table.scrollTop = table.scrollHeight / 2),
                           () => !document.querySelector("td.blank") && rows() > 20 && first() !== before);
            }"""
        )
    )


def _open_task(page: Page, _: str) -> float:
    _tasks(page)
    return float(
        page.evaluate(
            """() => {
              const link = document.querySelector("tbody th a");
              const title = () => document.querySelector(".task-head h1")?.textContent;
              return until(() => link.click(), () => title() === link.title);
            }"""
        )
    )


def _switch_tab(page: Page, task: str) -> float:
    page.goto(f"/tasks/{task}/info")
    page.wait_for_function("() => document.querySelector('.tabs')")
    return float(
        page.evaluate(
            """() => {
              const tab = [...document.querySelectorAll(".tabs a")].find((link) => link.textContent === "Console");
              return until(() => tab.click(), () => document.querySelector(".console, .empty"));
            }"""
        )
    )


def _sort(page: Page, _: str) -> float:
    _tasks(page)
    return float(
        page.evaluate(
            """() => {
              const headings = [...document.querySelectorAll("thead button")];
              const heading = headings.find((one) => /metric/.test(one.textContent));
              const before = first();
              return until(() => heading.click(), () => first() !== before);
            }"""
        )
    )


def _filter(page: Page, _: str) -> float:
    _tasks(page)
    return float(
        page.evaluate(
            """() => until(() => fill(document.querySelector(".search-wide input"), '"-7777"'),
                           () => /-7777/.test(first()))"""
        )
    )


def _open_scalars(page: Page, task: str) -> float:
    page.goto(f"/tasks/{task}/scalars")
    page.wait_for_function("() => document.querySelector('canvas')")
    return float(page.evaluate("() => performance.now()"))


def _filter_charts(page: Page, task: str) -> float:
    _scalars(page, task)
    return float(
        page.evaluate(
            """() => until(() => fill(document.querySelector(".controls input[type=search]"), "/title 0*7$/"),
                           () => document.querySelectorAll("figure").length === 1)"""
        )
    )


def _smooth(page: Page, task: str) -> float:
    _scalars(page, task)
    return float(
        page.evaluate(
            """async () => {
              const slider = document.querySelector(".controls input[type=range]");
              const frames = [];
              for (let step = 1; step < 30; step++) {
                const begun = performance.now();
                fill(slider, String(step * 0.03));
                await frame();
                frames.push(performance.now() - begun);
              }
              return frames.sort((a, b) => a - b)[27];
            }"""
        )
    )


def _hover(page: Page, task: str) -> float:
    _scalars(page, task)
    return float(
        page.evaluate(
            """async () => {
              const plot = document.querySelector(".u-over");
              const { left, top, width } = plot.getBoundingClientRect();
              const frames = [];
              for (let step = 1; step < 40; step++) {
                const begun = performance.now();
                const at = { clientX: left + (width * step) / 40, clientY: top + 40, bubbles: true };
                plot.dispatchEvent(new MouseEvent(step === 1 ? "mouseenter" : "mousemove", at));
                plot.dispatchEvent(new MouseEvent("mousemove", at));
                await frame();
                frames.push(performance.now() - begun);
              }
              return frames.sort((a, b) => a - b)[37];
            }"""
        )
    )


def _select(page: Page, _: str) -> float:
    _tasks(page)
    return float(
        page.evaluate(
            """() => until(() => document.querySelector("thead input").click(),
                           () => document.querySelector(".batch-bar"))"""
        )
    )


def _act(page: Page, _: str) -> float:
    """Until the row says so; the server's answer comes later."""
    _tasks(page)
    page.locator("tbody input").first.click()
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("renamed")
    time = page.evaluate(
        """() => until(() => document.querySelector("dialog button[type=submit]").click(),
                       () => first() === "renamed")"""
    )
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone.").wait_for()
    return float(time)


_BUDGETS: Final[tuple[tuple[str, int, Callable[[Page, str], float]], ...]] = (
    ("first rows of the table", 1000, _first_view),
    ("a frame of scrolling the table, p95", 50, _scroll),
    ("rows of its middle", 200, _jump),
    ("open a task", 100, _open_task),
    ("switch to another tab, with its data", 200, _switch_tab),
    ("sort by a metric", 150, _sort),
    ("filter by a part of the name", 150, _filter),
    (f"first charts of {_SERIES} series", 1000, _open_scalars),
    ("filter charts", 50, _filter_charts),
    ("a frame of dragging the smoothing, p95", 16, _smooth),
    ("a frame of moving the cursor, p95", 16, _hover),
    ("select a hundred tasks", 100, _select),
    ("rename a task", 50, _act),
)


if __name__ == "__main__":
    main()
