"""What a task runs and with which parameters: shown for every task, changed on drafts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.script import Script

pytestmark = pytest.mark.browser

PATCH = """diff --git a/train.py b/train.py
--- a/train.py
+++ b/train.py
@@ -1 +1 @@
-rate = 1
+rate = 2
"""
CONTENT = {
    "script": {
        "repository": "git@example.org:team/code.git",
        "version_num": "12ab",
        "entry_point": "train.py",
        "diff": PATCH,
        "requirements": {"pip": "numpy==2", "orig_pip": "numpy"},
    },
    "container": {"image": "python:3.11", "arguments": "--gpus all", "setup_shell_script": "true"},
    "hyperparams": {"Args": {"rate": {"section": "Args", "name": "rate", "value": "0.1", "type": "float"}}},
    "configuration": {"net": {"name": "net", "type": "yaml", "value": "layers: 4"}},
}


@pytest.fixture
def draft(script: Script) -> str:
    """A task that was never run."""
    return str(script.send("tasks.create", name="draft", type="training", **CONTENT)["id"])


def test_d3_the_changes_are_read_by_file(page: Page, draft: str) -> None:
    """Beside the repository, the commit, the packages and the container."""
    page.goto(f"/tasks/{draft}/execution")

    changes = page.get_by_role("region", name="Uncommitted changes")
    expect(changes.locator("summary")).to_have_text("train.py +1 −1")
    expect(changes.locator(".diff-added").last).to_have_text("+rate = 2\n")
    expect(page.get_by_role("link", name="12ab")).to_have_attribute("href", "https://example.org/team/code/commit/12ab")
    expect(page.get_by_role("region", name="Container")).to_contain_text("python:3.11")
    packages = page.get_by_role("region", name="Packages")
    expect(packages).to_contain_text("numpy==2")
    packages.get_by_role("combobox").select_option("orig_pip")
    expect(packages.locator("pre")).to_have_text("numpy")


def test_a6_a_draft_can_be_changed(page: Page, script: Script, draft: str) -> None:
    """Source, packages and container."""
    page.goto(f"/tasks/{draft}/execution")

    for what, text in {"packages": "numpy==3", "image": "python:3.12", "changes": ""}.items():
        page.get_by_role("button", name=f"Edit {what}", exact=True).click()
        page.get_by_role("textbox", name=what, exact=True).fill(text)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("button", name=f"Edit {what}", exact=True)).to_be_visible()

    changed = script.send("tasks.get_by_id", task=draft)["task"]
    assert changed["script"]["requirements"] == {"pip": "numpy==3", "orig_pip": "numpy"}
    assert changed["script"]["entry_point"] == "train.py"
    assert changed["container"]["image"] == "python:3.12"
    assert changed["container"]["arguments"] == "--gpus all"
    assert changed["script"]["diff"] == ""


def test_a2_a_drafts_parameters_can_be_changed(page: Page, script: Script, draft: str) -> None:
    """Changed, added and removed; configuration objects as well."""
    page.goto(f"/tasks/{draft}/configuration")

    page.get_by_label("Value of rate").fill("0.5")
    page.get_by_label("Value of rate").blur()
    page.get_by_label("New name in Args").fill("depth")
    page.get_by_label("New value in Args").fill("3")
    page.get_by_role("region", name="Section Args").get_by_role("button", name="Add").click()
    expect(page.get_by_label("Value of depth")).to_have_value("3")
    page.get_by_role("button", name="Edit net").click()
    page.get_by_role("textbox", name="net").fill("layers: 5")
    page.keyboard.press("Control+Enter")
    expect(page.locator("pre", has_text="layers: 5")).to_be_visible()

    def values() -> dict[str, str]:
        args = script.send("tasks.get_by_id", task=draft)["task"]["hyperparams"]["Args"]
        return {name: parameter["value"] for name, parameter in args.items()}

    assert values() == {"rate": "0.5", "depth": "3"}
    page.get_by_role("button", name="Remove rate").click()
    expect(page.get_by_label("Value of rate")).to_have_count(0)
    assert values() == {"depth": "3"}


def test_a6_what_has_run_cannot_be_changed(page: Page, script: Script) -> None:
    """But its user properties can."""
    task = script.task("ran", **CONTENT)
    page.goto(f"/tasks/{task}/execution")
    expect(page.get_by_role("region", name="Source")).to_contain_text("train.py")
    expect(page.get_by_role("button", name="Edit")).to_have_count(0)

    page.get_by_role("link", name="Configuration").click()
    expect(page.get_by_role("table", name="Parameters of Args")).to_contain_text("0.1")
    expect(page.get_by_label("Value of rate")).to_have_count(0)
    page.get_by_label("New name in properties").fill("owner")
    page.get_by_label("New value in properties").fill("team")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Value of owner")).to_have_value("team")


def test_d2_parameters_are_copied_as_other_programs_read_them(page: Page, draft: str) -> None:
    """JSON, YAML and options."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/tasks/{draft}/configuration")

    for form, text in {"JSON": '{\n  "rate": "0.1"\n}', "YAML": '"rate": "0.1"\n', "options": "--rate 0.1"}.items():
        page.get_by_role("button", name=f"Copy Args as {form}").click()
        page.wait_for_function("text => navigator.clipboard.readText().then((copied) => copied === text)", arg=text)
