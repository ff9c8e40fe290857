"""Tasks side by side: nothing is cut off silently, and the address says all."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.files import png, store
from tests.browser.script import Script

from pellucid.testing.server import RunningServer

pytestmark = pytest.mark.browser


def parameters(**values: object) -> dict[str, dict[str, dict[str, str]]]:
    """Hyperparameters of the section ``Args``."""
    return {"Args": {name: {"section": "Args", "name": name, "value": str(value)} for name, value in values.items()}}


@pytest.fixture(scope="module")
def tasks(script: Script, server: RunningServer) -> list[str]:
    """Three tasks that differ in their rate and optimiser, not in their seed."""
    made = []
    for number, (rate, optimiser) in enumerate([(0.1, "adam"), (0.01, "sgd"), (0.001, "adam")]):
        hyperparams = parameters(rate=rate, optimiser=optimiser, seed=7)
        task = script.task(f"run {number}", hyperparams=hyperparams)
        script.scalars(task, "loss", "train", [3.0, 2.0 - number / 2])
        figure = json.dumps({"data": [{"type": "heatmap", "z": [[number, 1]]}], "layout": {}})
        image = {"type": "training_debug_image", "metric": "batch", "variant": "first", "iter": 1}
        script.add(
            task,
            [
                {"type": "plot", "metric": "confusion", "variant": "v", "iter": 1, "plot_str": figure},
                {**image, "url": store(server, f"c/{number}.png", png(80 * number, 0, 0))},
            ],
        )
        made.append(task)
    return made


def texts(row: Locator) -> list[str]:
    """The texts of a table's row."""
    return [" ".join(text.split()) for text in row.locator("th, td").all_inner_texts()]


def test_p2_parameters_that_differ_come_first(page: Page, tasks: list[str]) -> None:
    """What is not the base's is marked; the marks move with the base."""
    page.goto(f"/compare/parameters?ids={','.join(tasks)}")

    rows = page.get_by_role("table", name="Parameters").locator("tbody tr")
    expect(rows.nth(2)).to_be_visible()
    assert [texts(rows.nth(place)) for place in range(3)] == [
        ["Args/optimiser", "adam", "sgd", "adam"],
        ["Args/rate", "0.1", "0.01", "0.001"],
        ["Args/seed", "7", "7", "7"],
    ]
    expect(rows.nth(0).locator(".differs")).to_have_text(["sgd"])
    page.get_by_role("radio", name="base").nth(1).check()
    expect(rows.nth(0).locator(".differs")).to_have_text(["adam", "adam"])

    page.get_by_label("Differences only").check()
    expect(rows).to_have_count(2)
    page.get_by_label("Filter by name or value").fill("/^args.rate/")
    expect(rows).to_have_count(1)
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("radio", name="base").nth(1)).to_be_checked()


def test_p1_every_task_is_compared(page: Page, script: Script) -> None:
    """37 tasks are 37 columns, values and curves; an id that is none is said to be missing."""
    made = [script.task(f"many {number}", hyperparams=parameters(number=number)) for number in range(37)]
    for task in made:
        script.scalars(task, "loss", "train", [1.0, 0.5])
    page.goto(f"/compare/parameters?ids={','.join([*made, 'f' * 32])}")

    expect(page.get_by_role("table", name="Parameters").locator("thead th")).to_have_count(38)
    expect(page.get_by_text("37 of 38: the others are not on this server.")).to_be_visible()
    page.get_by_role("link", name="Values").click()
    expect(page.get_by_role("table", name="Values").locator("thead th")).to_have_count(38)
    page.get_by_role("link", name="Scalars", exact=True).click()
    expect(page.get_by_role("figure").locator("tbody tr")).to_have_count(37)
    page.get_by_role("link", name="Parallel coordinates").click()
    expect(page.locator(".parallel polyline")).to_have_count(37)


def test_values_say_which_is_least_and_how_far_from_the_base(page: Page, tasks: list[str]) -> None:
    """The last, the least or the greatest values, with all digits as CSV."""
    page.goto(f"/compare/values?ids={','.join(tasks)}")
    row = page.get_by_role("row").filter(has_text="loss / train")

    expect(row.get_by_role("img", name="least")).to_have_count(1)
    assert texts(row) == ["loss / train", "▲ 2", "1.500 (−0.5000)", "▼ 1 (−1)"]
    page.get_by_label("Show").select_option("Maximum")
    expect(row.locator("td")).to_have_text(["3", "3", "3"])
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.path().read_text() == "metric,run 0,run 1,run 2\nloss / train,3,3,3\n"


def test_p3_a_selection_on_an_axis_keeps_the_tasks_that_pass_there(page: Page, tasks: list[str]) -> None:
    """Axes can be removed, moved and made logarithmic; the address keeps them."""
    page.goto(f"/compare/parallel?ids={','.join(tasks)}")
    expect(page.get_by_text("3 of 3 tasks")).to_be_visible()
    axis = page.locator("[data-axis='Args/rate']")
    box = axis.bounding_box()
    assert box

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    page.mouse.up()

    expect(page.get_by_role("list", name="Selected tasks")).to_have_text("run 0")
    page.get_by_role("button", name="Clear selections").click()
    expect(page.get_by_text("3 of 3 tasks")).to_be_visible()
    page.get_by_role("button", name="Logarithmic Args/rate").click()
    page.get_by_role("button", name="Move Args/rate left").click()
    page.reload()
    expect(page.locator(".parallel-head > span:first-child")).to_have_text(
        ["Args/rate", "Args/optimiser", "loss / train"]
    )
    expect(page.get_by_role("button", name="Logarithmic Args/rate")).to_have_attribute("aria-pressed", "true")


def test_scatter_places_each_task(page: Page, tasks: list[str]) -> None:
    """A point leads to its task."""
    page.goto(f"/compare/scatter?ids={','.join(tasks)}")

    page.get_by_label("Across", exact=True).select_option("Args/rate")
    expect(page.get_by_text("3 of 3 tasks have both values.")).to_be_visible()
    page.get_by_role("link", name="run 1: Args/rate 0.01, loss / train 1.5").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("run 1")


def test_plots_and_samples_stand_side_by_side(page: Page, tasks: list[str]) -> None:
    """Each under the name of its task."""
    page.goto(f"/compare/plots?ids={','.join(tasks)}")
    row = page.get_by_role("region", name="confusion / v", exact=True)
    expect(row.locator("figcaption")).to_contain_text(["run 0", "run 1", "run 2"])

    page.get_by_role("link", name="Debug samples").click()
    expect(page.get_by_role("region", name="batch / first").get_by_role("img")).to_have_count(3)


def test_tasks_are_added_by_name_and_removed(page: Page, tasks: list[str]) -> None:
    """The address follows."""
    page.goto("/compare")
    expect(page.get_by_text("Add tasks by name above")).to_be_visible()

    page.get_by_label("Add a task by name").fill("run 2")
    page.get_by_role("list", name="Tasks found").get_by_role("button", name="run 2").click()
    expect(page).to_have_url(f"/compare/parameters?ids={tasks[2]}")
    page.get_by_role("button", name="Remove run 2").click()
    expect(page.get_by_text("Add tasks by name above")).to_be_visible()


def test_s8_an_address_of_other_clients_is_a_comparison(page: Page, tasks: list[str]) -> None:
    """It becomes our own."""
    page.goto(f"/projects/*/compare-tasks;ids={','.join(tasks)}/scalars/values")

    expect(page).to_have_url(f"/compare/values?ids={','.join(tasks)}")
    expect(page.get_by_role("row").filter(has_text="loss / train")).to_be_visible()
