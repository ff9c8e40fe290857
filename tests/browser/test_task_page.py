"""A task's page: what each tab says, that it follows a running task, and that nothing in it is executed."""

from __future__ import annotations

import json
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.script import Script

from pellucid.testing.server import RunningServer

pytestmark = pytest.mark.browser

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@dataclass(frozen=True)
class Furnished:
    """A task with something on every tab."""

    project: str
    id: str


@pytest.fixture(scope="module")
def task(script: Script, server: RunningServer) -> Furnished:
    """A running task that has reported one of everything."""
    project = script.project("examples")
    parameters = {"rate": ("0.005", "float"), "<b>name</b>": (MARKUP, "str")}
    uploaded = f"{server.url}/files/examples/digits.1/model.bin"
    keys = (server.access_key, server.secret_key)
    assert httpx.put(uploaded, content=b"weights", auth=keys).is_success
    artifacts = [
        {"key": "model", "type": "custom", "uri": uploaded, "hash": "ab" * 32, "content_size": 2048},
        {"key": "far away", "type": "dict", "uri": "http://elsewhere.invalid/x.json", "type_data": {"preview": MARKUP}},
        {"key": "bucket", "type": "pandas", "uri": "javascript:alert(3)"},
    ]
    task = script.task("digits", project=project, comment="a comment")
    script.send(
        "tasks.edit",
        task=task,
        force=True,
        hyperparams={
            "Args": {
                name: {"section": "Args", "name": name, "value": value, "type": kind}
                for name, (value, kind) in parameters.items()
            }
        },
        configuration={"General": {"name": "General", "type": "yaml", "value": "layers: 4"}},
        script={
            "repository": "",
            "entry_point": "examples/digits.py",
            "diff": "+ a line",
            "requirements": {"pip": "numpy"},
        },
        execution={"artifacts": artifacts},
        runtime={"progress": "40"},
    )
    script.scalars(task, "loss", "train", [2.0, 1.0, 0.5])
    script.scalars(task, "loss", "validation", [2.5, 1.5, 1.75])
    script.single_value(task, "best accuracy", 0.97)
    script.log(task, f"\x1b[32mepoch 1\x1b[0m {MARKUP}")
    script.log(task, "something is odd", level="warning")
    figure = {
        "data": [{"type": "heatmap", "z": [[5, 1], [0, 7]], "x": ["cat", "dog"], "y": ["cat", "dog"]}],
        "layout": {"xaxis": {"title": "predicted"}, "yaxis": {"title": {"text": "true"}}},
    }
    other = {"data": [{"type": "bar", "y": [1]}], "layout": {}}
    script.add(
        task,
        [
            {"type": "plot", "metric": "confusion", "variant": "v", "iter": 2, "plot_str": json.dumps(figure)},
            {"type": "plot", "metric": "histogram", "variant": "v", "iter": 2, "plot_str": json.dumps(other)},
        ],
    )
    return Furnished(project, task)


def cells(row: Locator) -> list[str]:
    """The texts of a table's row."""
    return [text.strip() for text in row.locator("th, td").all_inner_texts()]


def test_m79_the_head_says_what_the_task_is(page: Page, task: Furnished) -> None:
    """On every tab: name, project, status with progress."""
    page.goto(f"/tasks/{task.id}/info")

    expect(page.get_by_role("heading", level=1)).to_have_text("digits")
    expect(page.get_by_role("navigation", name="Breadcrumbs")).to_contain_text("examples")
    expect(page.locator(".task-head")).to_contain_text("Running 40 %")
    expect(page.get_by_role("main")).to_contain_text("Running 40 %")
    expect(page.get_by_role("main")).to_contain_text("a comment")
    page.get_by_role("link", name="Execution").click()
    for text in ("examples/digits.py", "+ a line"):
        expect(page.get_by_role("main")).to_contain_text(text)


def test_scalars_are_drawn_and_said(page: Page, task: Furnished) -> None:
    """One chart per title with all its series; numbers and a summary say what the canvas shows."""
    page.goto(f"/tasks/{task.id}/scalars")

    chart = page.get_by_role("figure").filter(has_text="loss")
    expect(chart.locator("canvas")).to_be_visible()
    expect(chart.locator("tbody tr")).to_have_count(2)
    assert cells(chart.locator("tbody tr").nth(0)) == ["train", "0.5000", "0.5000", "2"]
    assert cells(chart.locator("tbody tr").nth(1)) == ["validation", "1.750", "1.500", "2.500"]
    expect(chart.get_by_role("img")).to_have_accessible_name(
        "loss, 2 curves. train: last 0.5000, min 0.5000 at 2, max 2 at 0. "
        "validation: last 1.750, min 1.500 at 1, max 2.500 at 0."
    )
    values = page.get_by_role("table", name="Values").locator("tbody tr")
    assert cells(values) == ["best accuracy", "0.9700"]


def test_chart_settings_live_in_the_address(page: Page, task: Furnished) -> None:
    """A copied link shows the same charts."""
    page.goto(f"/tasks/{task.id}/scalars")
    page.get_by_label("Logarithmic").check()
    page.get_by_label("X axis").select_option("Relative time")
    page.get_by_label("Smoothing").fill("0.6")

    page.reload()

    expect(page.get_by_label("Logarithmic")).to_be_checked()
    expect(page.get_by_label("X axis")).to_have_value("elapsed")
    expect(page.get_by_label("Smoothing")).to_have_value("0.6")
    expect(page.get_by_role("figure").locator("canvas")).to_be_visible()
    page.get_by_label("Filter charts").fill("nothing")
    expect(page.get_by_text("No chart is called like that.")).to_be_visible()


def test_a_series_can_be_hidden(page: Page, task: Furnished) -> None:
    """The legend's button says whether its curve is drawn."""
    page.goto(f"/tasks/{task.id}/scalars")
    train = page.get_by_role("button", name="train")
    expect(train).to_have_attribute("aria-pressed", "true")

    train.click()

    expect(train).to_have_attribute("aria-pressed", "false")


def test_the_console_is_text(page: Page, task: Furnished) -> None:
    """D7: markup is shown, the terminal's colours are styles, levels have words."""
    page.goto(f"/tasks/{task.id}/console")

    output = page.get_by_role("log", name="Console output")
    expect(output.locator(".message-text").nth(0)).to_have_text(f"epoch 1 {MARKUP}")
    expect(output.locator(".message").nth(1)).to_contain_text("warn")
    expect(output.locator(".ansi-green")).to_have_text("epoch 1")
    expect(output.locator("script, img")).to_have_count(0)


def test_parameters_are_text(page: Page, task: Furnished) -> None:
    """By section, with types; the filter looks at names and values."""
    page.goto(f"/tasks/{task.id}/configuration")

    rows = page.get_by_role("table", name="Parameters of Args").locator("tbody tr")
    expect(rows).to_have_count(2)
    assert cells(rows.nth(0)) == ["<b>name</b>", MARKUP, "str"]
    assert cells(rows.nth(1)) == ["rate", "0.005", "float"]
    expect(page.get_by_role("main")).to_contain_text("layers: 4")
    page.get_by_label("Filter parameters").fill("0.00")
    expect(rows).to_have_count(1)


def test_a_confusion_matrix_is_a_table(page: Page, task: Furnished) -> None:
    """A heatmap's cells can be read; every figure can be downloaded."""
    page.goto(f"/tasks/{task.id}/plots")

    matrix = page.get_by_role("table", name="confusion / v: true by predicted")
    expect(matrix).to_be_visible()
    assert [cells(row) for row in matrix.locator("tbody tr").all()] == [["cat", "5", "1"], ["dog", "0", "7"]]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download histogram / v as JSON").click()
    assert json.loads(download.value.path().read_text())["data"][0]["type"] == "bar"


def test_artifacts_link_to_this_server_and_say_when_they_are_elsewhere(page: Page, task: Furnished) -> None:
    """Only http addresses become links; previews are text."""
    page.goto(f"/tasks/{task.id}/artifacts")

    row = page.get_by_role("row").filter(has_text="model")
    expect(row).to_contain_text("2.0 KiB")
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    assert download.value.path().read_bytes() == b"weights"
    far = page.get_by_role("row").filter(has_text="far away")
    expect(far.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    expect(far).to_contain_text("On elsewhere.invalid")
    expect(far).to_contain_text(MARKUP)
    bucket = page.get_by_role("row").filter(has_text="bucket")
    expect(bucket).to_contain_text("javascript:alert(3)")
    expect(bucket.get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize(
    ("address", "tab"),
    [
        ("/projects/{project}/tasks/{id}/output/log", "Console"),
        ("/projects/*/experiments/{id}/output/log", "Console"),
        ("/projects/{project}/experiments/{id}/output/metrics/scalar", "Scalars"),
        ("/projects/{project}/experiments/{id}/output/hyper-params", "Configuration"),
        ("/tasks/{id}", "Scalars"),
    ],
)
def test_addresses_that_clients_print_show_the_task(page: Page, task: Furnished, address: str, tab: str) -> None:
    """The links of existing clients land on the right tab."""
    page.goto(address.format(project=task.project, id=task.id))

    expect(page.get_by_role("heading", level=1)).to_have_text("digits")
    expect(page.get_by_role("link", name=tab, exact=True)).to_have_attribute("aria-current", "page")


def test_tabs_are_places_that_one_comes_back_from(page: Page, task: Furnished) -> None:
    """Switching tabs loads no page, and the back button works."""
    page.goto(f"/tasks/{task.id}/execution")
    page.evaluate("window.stillHere = true")

    page.get_by_role("link", name="Plots").click()
    expect(page.get_by_role("table", name="confusion / v: true by predicted")).to_be_visible()
    page.go_back()

    expect(page.get_by_role("heading", name="Uncommitted changes")).to_be_visible()
    assert page.evaluate("window.stillHere") is True


def test_a_running_task_is_followed(page: Page, script: Script) -> None:
    """New points, lines and the end of the run appear by themselves, without a reload."""
    task = script.task("live")
    page.goto(f"/tasks/{task}/scalars")
    expect(page.get_by_text("Waiting for the first value.")).to_be_visible()

    script.scalars(task, "loss", "train", [1.0])
    last = page.get_by_role("figure").locator("tbody td").first
    expect(last).to_have_text("1")
    script.scalars(task, "loss", "train", [0.25], first=1)
    expect(last).to_have_text("0.2500")

    page.get_by_role("link", name="Console").click()
    expect(page.get_by_text("No output yet.")).to_be_visible()
    script.log(task, "first line")
    expect(page.locator(".message-text")).to_have_text(["first line"])
    script.log(task, "second line")
    script.send("tasks.completed", task=task)
    expect(page.locator(".message-text")).to_have_text(["first line", "second line"])
    expect(page.locator(".task-head")).to_contain_text("Completed")


def test_a_long_console_opens_at_its_end_and_loads_earlier_pages(page: Page, script: Script) -> None:
    """Nothing is cut off silently: the bar says how much is shown."""
    task = script.task("talkative")
    lines = [
        {"type": "log", "level": "info", "msg": f"line {number}", "timestamp": 1_700_000_000_000 + number}
        for number in range(1200)
    ]
    script.add(task, lines)
    page.goto(f"/tasks/{task}/console")

    expect(page.get_by_text("The last 500 of 1,200 messages")).to_be_visible()
    expect(page.get_by_text("line 1199", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="Load earlier").click()
    expect(page.get_by_text("The last 1,000 of 1,200 messages")).to_be_visible()
    page.get_by_role("button", name="Load earlier").click()
    expect(page.get_by_text("1,200 messages", exact=True)).to_be_visible()
    expect(page.locator(".message-text")).to_have_count(1200)
    expect(page.locator(".message-text").first).to_have_text("line 0")


def test_d6_a_link_leads_to_a_message(page: Page, script: Script) -> None:
    """Wherever it is in the log; the end is not followed until that is wanted."""
    task = script.task("linked")
    first = 1_700_000_000_000
    lines = [
        {"type": "log", "level": "info", "msg": f"line {number}", "timestamp": first + number} for number in range(1200)
    ]
    script.add(task, lines)
    page.goto(f"/tasks/{task}/console?at={first + 300}")

    target = page.locator(".message-target")
    expect(target).to_contain_text("line 300")
    expect(target).to_be_in_viewport()
    expect(page.get_by_label("Follow")).not_to_be_checked()
    page.locator(".message").filter(has_text="line 302").get_by_role("link").click()
    expect(page).to_have_url(f"/tasks/{task}/console?at={first + 302}")
    expect(target).to_contain_text("line 302")


def test_d5_the_whole_console_is_searched(page: Page, script: Script) -> None:
    """Also what is not loaded; the address says which hit is shown."""
    task = script.task("searched")
    first = 1_700_000_000_000
    lines = [
        {"type": "log", "level": "info", "msg": f"line {number}", "timestamp": first + number} for number in range(1200)
    ]
    script.add(task, lines)
    page.goto(f"/tasks/{task}/console")
    page.get_by_label("Search the whole console").fill("LINE 11")
    expect(page.get_by_text("111 hits")).to_be_visible()

    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 111 hits")).to_be_visible()
    expect(page.locator(".message-target")).to_contain_text("line 11")
    expect(page.locator(".message-target")).to_be_in_viewport()
    page.get_by_role("button", name="Previous hit").click()
    expect(page.locator(".message-target")).to_contain_text("line 1199")
    expect(page.locator(".message-target")).to_be_in_viewport()
    expect(page).to_have_url(f"/tasks/{task}/console?find=LINE+11&at={first + 1199}")
    page.get_by_label("Search the whole console").fill("nowhere")
    expect(page.get_by_text("0 hits")).to_be_visible()


@pytest.mark.parametrize("address", ["/tasks/0123456789abcdef0123456789abcdef", "/nothing/here"])
def test_an_address_that_leads_nowhere_says_so(page: Page, address: str) -> None:
    """Never a blank page."""
    page.goto(address)

    expect(page.get_by_role("heading", level=1)).to_have_text(
        {"/nothing/here": "Nothing lives here"}.get(address, "No such task")
    )
    expect(page.get_by_role("main").get_by_role("link", name="All tasks")).to_be_visible()


def test_m190_models_are_among_the_artifacts(
    page: Page, script: Script, task: Furnished, server: RunningServer
) -> None:
    """Those that the task starts from lead to the task that made them; those that are gone are said to be."""
    maker = script.task("maker", project=task.project)
    made = script.send(
        "models.create", name="net", uri="file:///w/net.pt", task=maker, framework="PyTorch", tags=["best"]
    )
    gone = script.send("models.create", name="gone", uri="https://elsewhere.invalid/gone.pt")
    user = script.task("user", project=task.project)
    own = script.send("models.create", name=MARKUP, uri=f"{server.url}/files/own.pt", task=user, ready=False)
    for name, model, kind in (("base", made, "input"), ("lost", gone, "input"), ("mine", own, "output")):
        script.send("tasks.add_or_update_model", task=user, name=name, model=model["id"], type=kind)
    script.send("models.delete", model=gone["id"], force=True)
    page.goto(f"/tasks/{user}/artifacts")

    inputs = page.get_by_role("table", name="Input models")
    base = inputs.get_by_role("row").filter(has_text="base")
    for text in ("net", "best", "published", "PyTorch", "file:///w/net.pt"):
        expect(base).to_contain_text(text)
    expect(inputs.get_by_role("row").filter(has_text="lost")).to_contain_text("deleted")
    mine = page.get_by_role("table", name="Output models").get_by_role("row").filter(has_text="mine")
    expect(mine).to_contain_text(MARKUP)
    expect(mine).to_contain_text("this task")
    expect(mine.get_by_role("link", name="Download")).to_have_count(1)
    base.get_by_role("link").nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("maker")
    expect(page.get_by_role("link", name="Artifacts", exact=True)).to_have_attribute("aria-current", "page")
