"""Takes the pictures of ``docs/img``: a server of its own, runs that report to it, and a browser that looks at them."""

from __future__ import annotations

import math
import random
import shutil
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the browser tests' way of reporting

from tests.browser.script import Script  # noqa: E402 - needs the path above
from tests.browser.window import open_page  # noqa: E402

from pellucid.testing.server import running_server  # noqa: E402

PICTURES = ROOT / "docs" / "img"
FLAGS = ["--no-sandbox", "--disable-gpu"]
STEPS = 60
DRAWING_MILLISECONDS = 1000


def main() -> None:
    """Write all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with ExitStack() as stack:
        server = stack.enter_context(running_server(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        script = stack.enter_context(closing(Script(server)))
        task = report_runs(script)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        stack.callback(browser.close)
        page = stack.enter_context(open_page(browser, server.url))
        take(page, "/", "tasks")
        take(page, "/?group=param:Args/lr", "groups")
        take(page, f"/tasks/{task}/scalars", "scalars")
        take(page, "/projects", "projects")
        take(page, "/queues", "queues")
        page.emulate_media(color_scheme="dark")
        take(page, "/", "tasks-dark")
        take(page, f"/tasks/{task}/scalars", "scalars-dark")


def take(page: Page, address: str, name: str) -> None:
    """One picture."""
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    page.get_by_text("Live", exact=True).wait_for()
    page.wait_for_timeout(DRAWING_MILLISECONDS)  # a canvas does not say when it is drawn
    page.screenshot(path=PICTURES / f"{name}.png")
    print(PICTURES / f"{name}.png")


def report_runs(script: Script) -> str:
    """Runs of a few projects in all states; the id of one that runs."""
    chance = random.Random(1)
    projects = [script.project(name) for name in ("vision/resnet", "vision/detr", "speech")]
    queue = script.send("queues.create", name="gpu")["id"]
    running = ""
    for number in range(24):
        rate = chance.choice([1e-3, 3e-3, 1e-2])
        fields = {"name": f"lr {rate:g}, seed {number}", "type": "training", "project": projects[number % 3]}
        parameter = {"section": "Args", "name": "lr", "value": f"{rate:g}"}
        task = str(script.send("tasks.create", **fields, hyperparams={"Args": {"lr": parameter}})["id"])
        if number % 8 == 1:
            script.send("tasks.enqueue", task=task, queue=queue)
            continue
        script.send("tasks.started", task=task)
        report_curves(script, task, rate, chance)
        if number % 6 == 5:
            script.send("tasks.edit", task=task, force=True, runtime={"progress": "62"})
            running = task
        else:
            script.send("tasks.failed" if number % 7 == 0 else "tasks.completed", task=task)
    return running


def report_curves(script: Script, task: str, rate: float, chance: random.Random) -> None:
    """A loss that falls and an accuracy that rises, the faster the greater the rate."""
    pace = rate * 20
    for series, floor in (("train", 0.1), ("validation", 0.25)):
        losses = [floor + 2 * math.exp(-step * pace) + chance.random() * 0.08 for step in range(STEPS)]
        script.scalars(task, "loss", series, losses)
        scores = [0.95 - floor / 2 - 0.6 * math.exp(-step * pace) + chance.random() * 0.02 for step in range(STEPS)]
        script.scalars(task, "accuracy", series, scores)
    script.scalars(
        task, "learning rate", "adam", [rate * (1 + math.cos(math.pi * step / STEPS)) for step in range(STEPS)]
    )
    norms = [4 * math.exp(-step * pace / 2) + 0.4 + chance.random() * 0.3 for step in range(STEPS)]
    script.scalars(task, "gradient norm", "all layers", norms)


if __name__ == "__main__":
    main()
