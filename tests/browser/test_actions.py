"""What is done to tasks and models on their pages and in lists: shown at once, or refused in the server's words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from tests.browser.script import Script

pytestmark = pytest.mark.browser

STATES = {
    "created": ["Clone", "Enqueue", "Add tag", "Rename", "Move", "Archive"],
    "queued": ["Clone", "Dequeue", "Abort", "Add tag", "Rename", "Move", "Archive"],
    "in_progress": ["Clone", "Abort", "Add tag", "Rename", "Move", "Archive"],
    "stopped": ["Clone", "Enqueue", "Reset", "Publish", "Add tag", "Rename", "Move", "Archive"],
    "failed": ["Clone", "Retry", "Reset", "Publish", "Add tag", "Rename", "Move", "Archive"],
    "completed": ["Clone", "Reset", "Publish", "Add tag", "Rename", "Move", "Archive"],
    "published": ["Clone", "Add tag", "Rename", "Move", "Archive"],
}
REACHED = {
    "Enqueue": "queued",
    "Dequeue": "created",
    "Retry": "queued",
    "Abort": "stopped",
    "Reset": "created",
    "Publish": "published",
}


@pytest.fixture(scope="module")
def queue(script: Script) -> str:
    """A queue to enqueue to."""
    return str(script.send("queues.create", name="to enqueue to")["id"])


def draft(script: Script, name: str) -> str:
    """A task that was never run."""
    return str(script.send("tasks.create", name=name, type="training")["id"])


def task_in(script: Script, status: str, queue: str) -> str:
    """A task of a status."""
    if status in ("created", "queued"):
        task = draft(script, f"was {status}")
        if status == "queued":
            script.send("tasks.enqueue", task=task, queue=queue)
        return task
    task = script.task(f"was {status}")
    if status != "in_progress":
        script.send(f"tasks.{status}" if status in ("stopped", "failed") else "tasks.completed", task=task)
    if status == "published":
        script.send("tasks.publish", task=task)
    return task


def status_of(script: Script, task: str) -> str:
    """What the server says."""
    return str(script.send("tasks.get_by_id", task=task)["task"]["status"])


def open_menu(page: Page) -> Locator:
    """The page's menu of actions."""
    page.locator(".actions summary").click()
    return page.locator(".menu-actions")


def say(page: Page, answer: str, text: str | None = None) -> None:
    """Answer the question that is asked."""
    dialog = page.get_by_role("dialog")
    if text is not None:
        dialog.get_by_role("textbox").or_(dialog.get_by_role("combobox")).fill(text)
    dialog.get_by_role("button", name=answer).click()


@pytest.mark.parametrize("status", STATES)
def test_a1_the_menu_permits_what_the_status_does(page: Page, script: Script, queue: str, status: str) -> None:
    """And each action leads to the status that it is there for."""
    task = task_in(script, status, queue)
    page.goto(f"/tasks/{task}/info")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"was {status}")

    buttons = open_menu(page).get_by_role("button")

    expect(buttons.and_(page.locator(":enabled"))).to_have_text(STATES[status])
    for action in REACHED.keys() & set(STATES[status]):
        other = task_in(script, status, queue)
        page.goto(f"/tasks/{other}/info")
        open_menu(page).get_by_role("button", name=action, exact=True).click()
        if action in ("Enqueue", "Retry", "Reset", "Publish"):
            say(page, "Enqueue" if action == "Retry" else action)
        expect(page.locator(".notice")).to_contain_text("1 task.")
        assert status_of(script, other) == REACHED[action]


def test_a2_a_clone_is_opened_changed_and_enqueued(page: Page, script: Script, queue: str) -> None:
    """The queue holds the new task with the changed value."""
    parameter = {"section": "Args", "name": "rate", "value": "0.1"}
    task = script.task("the original", hyperparams={"Args": {"rate": parameter}})
    page.goto(f"/tasks/{task}/info")

    page.get_by_role("toolbar", name="Actions").get_by_role("button", name="Clone").first.click()
    say(page, "Clone", "the copy")
    expect(page.get_by_role("heading", level=1)).to_have_text("the copy")
    page.get_by_label("Value of rate").fill("0.2")
    page.get_by_label("Value of rate").blur()
    page.get_by_role("toolbar", name="Actions").get_by_role("button", name="Enqueue").first.click()
    page.get_by_role("dialog").get_by_label("Queue").select_option(queue)
    say(page, "Enqueue")
    expect(page.locator(".task-head")).to_contain_text("Queued")
    expect(page.locator(".notice")).to_contain_text("Enqueued 1 task.")

    (entry,) = [
        entry["task"]
        for entry in script.send("queues.get_by_id", queue=queue)["queue"]["entries"]
        if script.send("tasks.get_by_id", task=entry["task"])["task"]["name"] == "the copy"
    ]
    assert script.send("tasks.get_by_id", task=entry)["task"]["hyperparams"]["Args"]["rate"]["value"] == "0.2"


def test_a5_what_the_server_refuses_is_taken_back_and_said(page: Page, script: Script) -> None:
    """The status is shown at once, and is the old one again afterwards."""
    task = script.task("can't be stopped")
    held: list[Route] = []
    page.route("**/api/tasks.stop_many", lambda route: held.append(route))
    page.goto(f"/tasks/{task}/info")
    head = page.locator(".task-head")
    expect(head).to_contain_text("Running")

    head.get_by_role("button", name="Abort").first.click()

    expect(head).to_contain_text("Stopped")
    refusal = {"meta": {"result_code": 400, "result_subcode": 1, "result_msg": "It is too late for that."}, "data": {}}
    held[0].fulfill(status=400, json=refusal)
    expect(page.locator(".notice-failed")).to_contain_text("It is too late for that.")
    expect(head).to_contain_text("Running")


def test_a7_names_tags_and_descriptions_agree_everywhere(page: Page, script: Script) -> None:
    """What is changed on the task's page is what the list shows, and the other way round, without a reload."""
    project = script.project("renaming")
    task = script.task("first name", project=project)
    page.goto(f"/tasks/{task}/info")

    open_menu(page).get_by_role("button", name="Rename").click()
    say(page, "Rename", "second name")
    expect(page.get_by_role("heading", level=1)).to_have_text("second name")
    open_menu(page).get_by_role("button", name="Add tag").click()
    say(page, "Add tag", "golden")
    expect(page.locator(".task-head .tag")).to_have_text(["golden"])
    page.get_by_role("button", name="Edit description").click()
    page.get_by_role("textbox", name="description").fill("what it is for")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Description")).to_contain_text("what it is for")
    assert script.send("tasks.get_by_id", task=task)["task"]["comment"] == "what it is for"

    page.get_by_role("link", name="renaming").click()
    row = page.get_by_role("row").filter(has_text="second name")
    expect(row).to_contain_text("golden")
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Rename").click()
    say(page, "Rename", "third name")
    page.get_by_role("link", name="third name").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("third name")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("second name")


def test_a3_a_task_is_deleted_from_the_archive_only(page: Page, script: Script) -> None:
    """After it was put there; then its project is shown."""
    project = script.project("tidying")
    task = script.task("to be thrown away", project=project)
    script.send("tasks.completed", task=task)
    page.goto(f"/tasks/{task}/info")
    expect(open_menu(page).get_by_role("button", name="Delete")).to_have_count(0)
    page.get_by_role("button", name="Archive").click()
    expect(page.locator(".task-head .tag")).to_have_text(["archived"])

    open_menu(page).get_by_role("button", name="Delete").click()
    say(page, "Delete")

    expect(page).to_have_url(f"/projects/{project}/tasks")
    assert script.send("tasks.get_all", id=[task])["tasks"] == []


def test_a4_a_reset_of_several_leaves_published_ones(page: Page, script: Script, queue: str) -> None:
    """The button says how many it is for."""
    project = script.project("resetting")
    tasks = {status: task_in(script, status, queue) for status in ("completed", "failed", "published")}
    script.send("tasks.move", ids=list(tasks.values()), project=project)
    page.goto(f"/projects/{project}/tasks")
    page.get_by_label("Select all").check()

    page.get_by_role("button", name="Reset (2)").click()
    say(page, "Reset")

    expect(page.locator(".notice")).to_have_text("Reset 2 tasks.×")
    assert [status_of(script, task) for task in tasks.values()] == ["created", "created", "published"]


def test_g3_a_model_is_renamed_tagged_published_archived_and_deleted(page: Page, script: Script) -> None:
    """From its page."""
    model = str(script.send("models.create", name="net", uri="file:///w/net.pt", ready=False)["id"])
    page.goto(f"/models/{model}")
    head = page.locator(".task-head")

    open_menu(page).get_by_role("button", name="Rename").click()
    say(page, "Rename", "better net")
    expect(page.get_by_role("heading", level=1)).to_have_text("better net")
    open_menu(page).get_by_role("button", name="Add tag").click()
    say(page, "Add tag", "best")
    expect(head.locator(".tag")).to_have_text(["draft", "best"])
    head.get_by_role("button", name="Publish").first.click()
    say(page, "Publish")
    expect(head.locator(".tag")).to_have_text(["published", "best"])
    open_menu(page).get_by_role("button", name="Archive").click()
    expect(head.locator(".tag")).to_have_text(["published", "best", "archived"])
    stored = script.send("models.get_by_id", model=model)["model"]
    assert (stored["name"], stored["tags"], stored["ready"]) == ("better net", ["best"], True)

    page.goto("/models?archived=1")
    page.get_by_role("link", name="better net").click()
    open_menu(page).get_by_role("button", name="Delete").click()
    say(page, "Delete")
    expect(page).to_have_url("/models")
