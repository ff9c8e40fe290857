"""The task table's tools, projects, queues and settings: what a person does there reaches the server."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.browser.script import Script

from pellucid.testing.server import RunningServer

pytestmark = pytest.mark.browser


def draft(script: Script, name: str, project: str) -> str:
    """A task that may be queued."""
    return str(script.send("tasks.create", name=name, type="training", project=project)["id"])


def test_t2_sorting_is_by_number_with_blanks_last(page: Page, script: Script) -> None:
    """Also among parameters, which are texts."""
    project = script.project("sorting")
    for name, rate in (("nine", "9"), ("hundred", "1e2"), ("ten", "10"), ("none", "")):
        parameter = {"section": "Args", "name": "rate", "value": rate}
        script.task(name, project=project, hyperparams={"Args": {"rate": parameter}} if rate else {})
    page.goto(f"/projects/{project}/tasks?cols=param:Args/rate")

    heading = page.get_by_role("button", name="Args/rate")
    names = page.locator("tbody th a")
    heading.click()
    expect(names).to_have_text(["nine", "ten", "hundred", "none"])
    heading.click()
    expect(names).to_have_text(["hundred", "ten", "nine", "none"])
    page.reload()
    expect(names).to_have_text(["hundred", "ten", "nine", "none"])


def test_t7_a_filter_with_an_error_says_where_and_leaves_the_rows(page: Page, script: Script) -> None:
    """Metrics and tags in one expression."""
    project = script.project("filtering")
    for name, value, tag in (("good", 0.95, "new"), ("bad", 0.5, "new"), ("stale", 0.99, "old")):
        script.scalars(script.task(name, project=project, tags=[tag]), "val", "acc", [value])
    page.goto(f"/projects/{project}/tasks")
    names = page.locator("tbody th a")
    expect(names).to_have_count(3)

    page.get_by_label("Filter tasks").fill("metrics.val.acc>0.9 and not tag:old")
    expect(names).to_have_text(["good"])
    page.get_by_label("Filter tasks").fill("metrics.val.acc>0.9 and not tag:")
    expect(page.get_by_text("Here a value is missing")).to_be_visible()
    expect(names).to_have_text(["good"])


def test_t11_groups_have_mean_and_deviation(page: Page, script: Script) -> None:
    """And open to their members."""
    project = script.project("grouping")
    for name, rate, value in (("a", "1", 1.0), ("b", "1", 3.0), ("c", "2", 5.0)):
        parameter = {"section": "Args", "name": "rate", "value": rate}
        task = script.task(name, project=project, hyperparams={"Args": {"rate": parameter}})
        script.scalars(task, "val", "acc", [value])
    page.goto(f"/projects/{project}/tasks?group=param:Args/rate&cols=last:val / acc")

    group = page.get_by_role("row").filter(has_text="Args/rate = 1")
    expect(group).to_contain_text("2 ± 1.414")
    group.get_by_role("button").click()
    expect(page.locator("tbody th a")).to_have_text(["b", "a"])


def test_a3_archiving_is_undone(page: Page, script: Script) -> None:
    """It shows at once; delete exists only in the archive."""
    project = script.project("archiving")
    tasks = [script.task(name, project=project) for name in ("one", "two", "three")]
    page.goto(f"/projects/{project}/tasks")
    names = page.locator("tbody th a")
    expect(names).to_have_count(3)
    page.get_by_label("Select all").check()
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    page.get_by_role("button", name="Archive").click()
    expect(names).to_have_count(0)

    page.get_by_role("button", name="Undo").click()

    expect(names).to_have_count(3)
    assert all("archived" not in script.send("tasks.get_by_id", task=task)["task"]["system_tags"] for task in tasks)


def test_t13_actions_say_how_many_of_the_selected_permit_them(page: Page, script: Script) -> None:
    """A running task can be aborted, a draft can't."""
    project = script.project("permitting")
    script.task("runs", project=project)
    draft(script, "waits", project)
    page.goto(f"/projects/{project}/tasks")
    page.get_by_label("Select all").check()

    expect(page.get_by_role("button", name="Abort (1)")).to_be_enabled()
    expect(page.get_by_role("button", name="Enqueue (1)")).to_be_enabled()
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()


def test_q1_the_order_of_a_queue_is_changed_by_keyboard(page: Page, script: Script) -> None:
    """The server has the same order."""
    queue = str(script.send("queues.create", name="ordered")["id"])
    project = script.project("queueing")
    first, second = (draft(script, name, project) for name in ("first", "second"))
    for task in (first, second):
        script.send("tasks.enqueue", task=task, queue=queue)
    page.goto("/queues")
    card = page.get_by_role("region", name="Queue ordered")
    expect(card.locator("tbody th a")).to_have_text(["first", "second"])

    page.get_by_label("Move second up").press("Enter")

    expect(card.locator("tbody th a")).to_have_text(["second", "first"])
    entries = script.send("queues.get_by_id", queue=queue)["queue"]["entries"]
    assert [entry["task"] for entry in entries] == [second, first]


def test_q3_a_new_key_works_until_it_is_revoked(page: Page, server: RunningServer) -> None:
    """Its secret is shown once."""
    page.goto("/settings/workspace-configuration")
    page.get_by_role("button", name="New key pair").click()
    page.get_by_label("What for").fill("the test")
    page.get_by_role("button", name="Create").click()
    shell = page.get_by_text("export PELLUCID_API_HOST")
    lines = dict(line.removeprefix("export ").split("=", 1) for line in shell.inner_text().splitlines())
    keys = (lines["PELLUCID_API_ACCESS_KEY"], lines["PELLUCID_API_SECRET_KEY"])
    assert httpx.post(f"{server.url}/users.get_current_user", auth=keys, json={}).is_success

    page.reload()
    expect(page.get_by_label(f"Revoke {keys[0]}")).to_be_visible()
    expect(page.get_by_text(keys[1])).to_have_count(0)
    page.get_by_label(f"Revoke {keys[0]}").click()
    page.get_by_role("button", name="Revoke", exact=True).last.click()
    expect(page.get_by_label(f"Revoke {keys[0]}")).to_have_count(0)
    assert httpx.post(f"{server.url}/users.get_current_user", auth=keys, json={}).status_code == 401


def test_projects_are_created_renamed_and_deleted(page: Page, script: Script) -> None:
    """What the server refuses is said in its words."""
    page.goto("/projects")
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Name, with / for sub-projects").fill("made/here")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("link", name="here")).to_be_visible()
    page.get_by_label("Rename made/here").click()
    page.get_by_role("textbox", name="Name").fill("there")
    page.get_by_role("button", name="Rename", exact=True).last.click()
    expect(page.get_by_role("link", name="there")).to_be_visible()
    page.get_by_label("Delete made/there").click()
    page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(page.get_by_role("link", name="there")).to_have_count(0)


def test_s7_ctrl_k_goes_to_a_task_by_its_id(page: Page, script: Script) -> None:
    """From any screen, without a mouse."""
    task = script.task("found by its id")
    page.goto("/queues")
    expect(page.get_by_role("heading", level=1)).to_have_text("Queues")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill(task)
    expect(page.get_by_role("option", name="found by its id")).to_be_visible()

    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("found by its id")


@pytest.mark.parametrize(
    ("address", "lands"),
    [
        ("/projects/any/experiments/{task}/output/log", "/tasks/{task}/console"),
        ("/projects/*/tasks/{task}/output/log", "/tasks/{task}/console"),
        ("/projects/any/experiments/{task}/output/hyper-params", "/tasks/{task}/configuration"),
    ],
)
def test_s8_links_that_existing_clients_print_lead_to_the_task(
    page: Page, script: Script, address: str, lands: str
) -> None:
    """On the tab that shows the same."""
    task = script.task("printed link")
    page.goto(address.format(task=task))

    expect(page.get_by_role("heading", level=1)).to_contain_text("printed link")
    tab = page.locator(f"a[href^='{lands.format(task=task)}'][aria-current]")
    expect(tab).to_be_visible()


def test_k6_without_the_socket_the_page_asks_at_intervals(page: Page, script: Script) -> None:
    """And says so."""
    page.route_web_socket("**/live", lambda socket: socket.close())
    project = script.project("at intervals")
    script.task("the old one", project=project)
    page.goto(f"/projects/{project}/tasks")
    expect(page.get_by_role("link", name="the old one")).to_be_visible()
    expect(page.get_by_text("Polling", exact=True)).to_be_visible()

    script.task("the new one", project=project)

    expect(page.get_by_role("link", name="the new one")).to_be_visible(timeout=10_000)


def test_t10_columns_that_vary(page: Page, script: Script) -> None:
    """Only those whose values differ among the rows that are found."""
    project = script.project("varying")
    for name, rate, seed in (("one", "0.1", "1"), ("two", "0.1", "2"), ("other", "0.2", "3")):
        values = {"rate": rate, "seed": seed, "size": "8"}
        parameters = {key: {"section": "Args", "name": key, "value": value} for key, value in values.items()}
        script.task(name, project=project, hyperparams={"Args": parameters})
    page.goto(f"/projects/{project}/tasks?cols=param:Args/rate|param:Args/seed|param:Args/size|type")
    headings = page.locator("thead th button")
    expect(headings).to_have_text(["Name", "Args/rate", "Args/seed", "Args/size", "Type"])

    page.get_by_text("Columns 4").click()
    page.get_by_label("Varying only").check()

    expect(headings).to_have_text(["Name", "Args/rate", "Args/seed"])
    expect(page.get_by_text("Varying only, 2 hidden")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("Filter tasks").fill("o params.Args.rate<0.15")
    expect(headings).to_have_text(["Name", "Args/seed"])
    page.reload()
    expect(headings).to_have_text(["Name", "Args/seed"])


def test_t1_only_rows_in_view_are_there(page: Page, script: Script) -> None:
    """The scrollbar stands for all of them."""
    project = script.project("many rows")
    for number in range(150):
        draft(script, f"row {number}", project)
    page.goto(f"/projects/{project}/tasks")
    expect(page.get_by_role("link", name="row 149")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="150 tasks")).to_be_visible()  # counted after the first rows
    assert page.locator("tbody tr").count() <= 80

    page.get_by_role("region", name="many rows").evaluate("frame => frame.scrollTo(0, frame.scrollHeight)")

    expect(page.get_by_role("link", name="row 0", exact=True)).to_be_visible()
