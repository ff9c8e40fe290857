"""Files that a task stored: debug samples by iteration, and artifacts in place."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from playwright.sync_api import Page, expect
from tests.browser.files import png, store
from tests.browser.script import Script

from pellucid.testing.server import RunningServer

pytestmark = pytest.mark.browser

DOCUMENT = b"""<h1>report</h1><script>
  try { document.cookie; document.title = "reached"; } catch (error) { document.body.append("no " + error.name); }
</script>"""


@pytest.fixture(scope="module")
def task(script: Script, server: RunningServer) -> str:
    """A task with a picture in each of seven iterations, and a document and a text in the last."""
    task = script.task("samples")
    image = {"type": "training_debug_image", "metric": "batch"}
    events = [
        {**image, "variant": "first", "iter": step, "url": store(server, f"s/{step}.png", png(30 * step, 90, 160))}
        for step in range(1, 8)
    ]
    text = store(server, "s/note.txt", b"<b>plain</b>")
    script.add(task, [*events, {**image, "variant": "note", "iter": 7, "url": text}])
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("inner/weights.bin", b"0" * 2048)
    files = {
        "table": ("a/table.csv.gz", gzip.compress(b'name,size\n"x, y",3\n')),
        "page": ("a/page.html", DOCUMENT),
        "archive": ("a/all.zip", archive.getvalue()),
        "picture": ("a/picture.png", png(200, 0, 0)),
        "facts": ("a/facts.json", b'{"rate": 0.1}'),
    }
    artifacts = [
        {"key": key, "type": "custom", "uri": store(server, path, content)} for key, (path, content) in files.items()
    ]
    script.send("tasks.edit", task=task, force=True, execution={"artifacts": artifacts})
    return task


def test_c12_samples_are_shown_by_iteration(page: Page, task: str) -> None:
    """The newest first; earlier ones on demand."""
    page.goto(f"/tasks/{task}/samples")

    expect(page.get_by_role("heading", level=2)).to_have_text([f"Iteration {step}" for step in (7, 6, 5, 4, 3)])
    expect(page.get_by_role("img", name="batch / first at 7")).to_be_visible()
    expect(page.get_by_label("batch / note at 7")).to_have_text("<b>plain</b>")
    page.get_by_role("button", name="Earlier iterations").click()
    expect(page.get_by_role("heading", level=2)).to_have_count(7)
    expect(page.get_by_role("button", name="Earlier iterations")).to_have_count(0)


def test_c12_a_sample_leads_to_its_neighbours(page: Page, task: str) -> None:
    """By buttons, arrow keys and by typing an iteration; the zoom stays, and the address says what is open."""
    page.goto(f"/tasks/{task}/samples")
    page.get_by_role("button", name="batch / first").first.click()
    viewer = page.get_by_role("dialog", name="Sample batch / first")
    expect(viewer.get_by_role("img", name="batch / first at 7")).to_be_visible()

    page.keyboard.press("+")
    page.keyboard.press("ArrowDown")
    expect(viewer.get_by_role("img", name="batch / first at 6")).to_be_visible()
    expect(viewer).to_contain_text("125 %")
    viewer.get_by_label("Iteration").fill("2")
    viewer.get_by_label("Iteration").blur()
    expect(viewer.get_by_role("img", name="batch / first at 2")).to_be_visible()
    page.reload()
    expect(viewer.get_by_role("img", name="batch / first at 2")).to_be_visible()
    viewer.get_by_role("button", name="Close").click()
    expect(viewer).to_have_count(0)


def test_d8_artifacts_are_shown_in_place(page: Page, task: str) -> None:
    """Tables, pictures, texts and archives; a document runs where it has no cookies to read."""
    page.goto(f"/tasks/{task}/artifacts")

    for name in ("table", "archive", "picture", "facts", "page"):
        page.get_by_role("button", name=f"Show {name}").click()

    table = page.get_by_role("table", name="table")
    expect(table.locator("th, td")).to_have_text(["name", "size", "x, y", "3"])
    expect(page.get_by_role("list", name="archive")).to_have_text("inner/weights.bin 2.0 KiB")
    expect(page.get_by_role("img", name="picture")).to_be_visible()
    expect(page.get_by_label("facts", exact=True)).to_have_text('{"rate": 0.1}')
    document = page.frame_locator("iframe[title='page']")
    expect(document.get_by_role("heading", name="report")).to_be_visible()
    expect(document.locator("body")).to_contain_text("no SecurityError")
