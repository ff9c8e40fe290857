"""A list of more tasks than a page loads: paged, filtered, sorted and saved by the server."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from benchmarks.seed import seed
from playwright.sync_api import Browser, Page, Request, expect
from tests.browser.script import Script

from pellucid.testing.server import RunningServer, running_server

pytestmark = pytest.mark.browser

TASKS = 1500


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with many tasks; of tag "golden" is only the first, which is not among the newest."""
    folder = tmp_path_factory.mktemp("seeded")
    seed(folder, tasks=TASKS)
    with running_server(folder) as server:
        yield server


def names(page: Page) -> list[str]:
    """Of the tasks in view."""
    return page.locator("tbody th a").all_inner_texts()


def listed(server: RunningServer, **listing: object) -> list[str]:
    """Names of tasks in the order that the API tells."""
    with closing(Script(server)) as script:
        answer = script.send("tasks.get_all", **{"only_fields": ["name"], "page": 0, "page_size": 500, **listing})
    return [task["name"] for task in answer["tasks"]]


def test_t1_the_scrollbar_stands_for_all_tasks(page: Page, server: RunningServer) -> None:
    """Its middle and its end show the right rows, of which only those in view are there."""
    page.goto("/")
    expect(page.get_by_text("1,500 tasks")).to_be_visible()
    frame = page.get_by_role("region", name="Tasks")
    expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", str(TASKS + 1))

    for part, row in ((0.5, 750), (1, TASKS - 1)):
        frame.evaluate("(frame, part) => frame.scrollTo(0, (frame.scrollHeight - frame.clientHeight) * part)", part)
        (wanted,) = listed(server, order_by=["-created"], page=row, page_size=1)
        expect(page.get_by_role("link", name=wanted, exact=True)).to_be_in_viewport()
        assert page.locator("tbody tr").count() <= 80


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("tag:golden", 1),
        ('"-77"', None),
        ("params.Args.p7>0.98 -tag:paper", None),
        ('"metrics.metric 3.test">0.95 status:completed', None),
        ("tag:golden or params.Args.p7>0.99", None),
    ],
)
def test_t6_a_filter_finds_tasks_wherever_they_are(page: Page, server: RunningServer, text: str, count: int) -> None:
    """Among all, and says of how many."""
    page.goto("/")
    expect(page.get_by_text("1,500 tasks")).to_be_visible()
    page.get_by_label("Filter tasks").fill(text)

    wanted = expected(server, text)
    expect(page.get_by_text(f"{len(wanted)} of 1,500 found")).to_be_visible()
    assert count in (None, len(wanted))
    assert names(page)[:10] == wanted[:10]


def expected(server: RunningServer, text: str) -> list[str]:
    """The tasks that a filter of the test above means, the newest first."""
    with closing(Script(server)) as script:
        tasks = [
            task
            for page in range(3)
            for task in script.send("tasks.get_all", order_by=["-created"], page=page, page_size=500)["tasks"]
        ]

    def holds(task: dict[str, object]) -> bool:
        told = json.loads(json.dumps(task))
        rate = float(told["hyperparams"]["Args"]["p7"]["value"])
        metrics = [each for title in told["last_metrics"].values() for each in title.values()]
        (metric,) = [each["value"] for each in metrics if (each["metric"], each["variant"]) == ("metric 3", "test")]
        return bool(
            {
                "tag:golden": "golden" in told["tags"],
                '"-77"': "-77" in told["name"],
                "params.Args.p7>0.98 -tag:paper": rate > 0.98 and "paper" not in told["tags"],
                '"metrics.metric 3.test">0.95 status:completed': metric > 0.95 and told["status"] == "completed",
                "tag:golden or params.Args.p7>0.99": "golden" in told["tags"] or rate > 0.99,
            }[text]
        )

    return [str(task["name"]) for task in tasks if holds(task)]


def test_t2_all_tasks_are_sorted(page: Page, server: RunningServer) -> None:
    """By a metric, in the order that the API tells."""
    page.goto("/")
    page.get_by_role("button", name="metric 3 / test").click()
    page.get_by_role("button", name="metric 3 / test").click()
    with closing(Script(server)) as script:
        variants = script.send("projects.get_unique_metric_variants")["metrics"]
    (path,) = [
        f"last_metrics.{each['metric_hash']}.{each['variant_hash']}.value"
        for each in variants
        if (each["metric"], each["variant"]) == ("metric 3", "test")
    ]

    wanted = listed(server, order_by=[f"-{path}"])

    expect(page.locator("tbody th a").first).to_have_text(wanted[0])
    assert names(page)[:20] == wanted[:20]


def test_t3_only_the_columns_in_view_are_asked_for(page: Page) -> None:
    """One more column does not load the others of the task."""
    asked: list[list[str]] = []

    def note(request: Request) -> None:
        if "/api/tasks.get_all" in request.url:
            asked.append(json.loads(request.post_data or "{}")["only_fields"])

    page.goto("/?cols=status")
    expect(page.locator("tbody th a").first).to_be_visible()
    page.on("request", note)
    page.get_by_text("Columns 1").click()
    menu = page.locator(".menu[open]")
    menu.get_by_label("Find a column").fill("Args/p7")
    menu.get_by_label("Args/p7").check()

    page.wait_for_function("() => /^0\\.\\d+$/.test(document.querySelector('tbody td.number')?.innerText.trim() ?? '')")
    assert any("hyperparams.Args.p7.value" in fields for fields in asked)
    assert not any(field.startswith(("last_metrics", "hyperparams.Args.p8")) for fields in asked for field in fields)


def test_t12_what_is_selected_stays(page: Page) -> None:
    """One by one, a range, all that are found: also once they are out of view, or elsewhere in the order."""
    page.goto("/?cols=status")
    bar = page.get_by_role("toolbar", name="Selected tasks")
    boxes = page.locator("tbody input[type=checkbox]")
    boxes.nth(1).check()
    expect(bar).to_contain_text("1 selected")
    boxes.nth(4).click(modifiers=["Shift"])
    expect(bar).to_contain_text("4 selected")

    frame = page.get_by_role("region", name="Tasks")
    frame.evaluate("frame => frame.scrollTo(0, frame.scrollHeight)")
    page.get_by_role("button", name="Name", exact=True).click()
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    expect(bar).to_contain_text("4 selected")

    bar.get_by_role("button", name="Select all 1,500").click()
    expect(bar).to_contain_text("1,500 selected")
    page.get_by_role("button", name="Name", exact=True).click()
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")
    expect(bar).to_contain_text("1,500 selected")
    bar.get_by_role("button", name="Clear").click()
    expect(bar).to_have_count(0)
    assert boxes.count() <= 80


def test_t15_a_table_of_all_that_is_found_is_saved(page: Page, server: RunningServer) -> None:
    """Also those rows that are not loaded, with the columns of the page and all digits."""
    page.goto("/?q=status:completed&cols=param:Args/p7|status")
    expect(page.get_by_text("of 1,500 found")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()

    rows = list(csv.reader(io.StringIO(download.value.path().read_text())))
    wanted = [
        name
        for place in range(3)
        for name in listed(server, status=["completed"], order_by=["-created"], page=place, page_size=500)
    ]
    assert rows[0] == ["Id", "Name", "Args/p7", "Status"]
    assert [row[1] for row in rows[1:]] == wanted
