"""The rules of axe on every screen: nothing serious, in both themes, on a wide and on a narrow screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.script import Script

from pellucid.testing.server import RunningServer

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RUN = """async () => (await axe.run(document, { iframes: false, resultTypes: ["violations"] })).violations"""
SERIOUS = ("serious", "critical")
PLACES = {
    "/": "Tasks",
    "/?group=status": "Tasks",
    "/projects": "Projects",
    "/models": "Models",
    "/queues": "Queues",
    "/workers": "Workers",
    "/settings": "Settings",
    **{
        f"/tasks/{{task}}/{tab}": "seen"
        for tab in ("execution", "configuration", "scalars", "plots", "samples", "console", "artifacts", "info")
    },
    **{
        f"/compare/{tab}?ids={{task}},{{task}}": "Compare"
        for tab in ("details", "parameters", "scalars", "values", "parallel", "scatter", "plots")
    },
    "/models/{model}": "net",
}


@pytest.fixture(scope="module")
def things(script: Script) -> dict[str, str]:
    """A task with one of everything that has a look of its own, a model and a queue."""
    parameter = {"section": "Args", "name": "rate", "value": "0.1", "type": "float"}
    task = script.task(
        "seen",
        project=script.project("to look at"),
        tags=["nightly"],
        comment="a comment",
        hyperparams={"Args": {"rate": parameter}},
        configuration={"net": {"name": "net", "type": "yaml", "value": "layers: 4"}},
        script={"repository": "https://example.org/code.git", "entry_point": "train.py", "diff": "+ a line\n- another"},
    )
    for series in ("train", "validation"):
        script.scalars(task, "loss", series, [2.0, 1.0, 0.5])
    script.single_value(task, "accuracy", 0.9)
    script.log(task, "\x1b[31mred\x1b[0m and plain")
    script.log(task, "careful", level="warning")
    script.log(task, "broken", level="error")
    figure = json.dumps({"data": [{"type": "heatmap", "z": [[5, 1], [0, 7]]}], "layout": {}})
    script.add(task, [{"type": "plot", "metric": "confusion", "variant": "v", "iter": 2, "plot_str": figure}])
    script.send("tasks.failed", task=task, status_message="out of luck")
    model = script.send("models.create", name="net", uri="file:///w/net.pt", task=task, tags=["best"])
    queue = script.send("queues.create", name="gpu")["id"]
    waiting = script.send("tasks.create", name="waits", type="training")["id"]
    script.send("tasks.enqueue", task=waiting, queue=queue)
    return {"task": task, "model": str(model["id"])}


@pytest.fixture(scope="module")
def inspected(browser: Browser, server: RunningServer) -> Iterator[Page]:
    """A window that has axe in it."""
    context = browser.new_context(base_url=server.url)
    context.add_init_script(path=AXE)
    yield context.new_page()
    context.close()


LOOKS = [(scheme, width) for width in (1280, 360) for scheme in ("light", "dark")]


@pytest.mark.parametrize(("place", "heading"), PLACES.items())
def test_k3_axe_finds_nothing_serious(inspected: Page, things: dict[str, str], place: str, heading: str) -> None:
    """Nor does any screen scroll sideways (K5)."""
    found = []
    inspected.goto(place.format(**things))
    expect(inspected.get_by_role("heading", level=1)).to_contain_text(heading)
    inspected.wait_for_function("() => document.querySelector('main').innerText.length > 40")
    for scheme, width in LOOKS:
        inspected.set_viewport_size({"width": width, "height": 800})
        inspected.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        inspected.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        if inspected.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width} pixels: scrolls sideways")
        answer = inspected.evaluate(RUN)
        found += [
            f"{scheme}, {width} pixels: {rule['id']}: {node['html'][:200]} {node['failureSummary']}"
            for rule in answer
            if rule["impact"] in SERIOUS
            for node in rule["nodes"]
        ]
    assert "\n".join(found) == ""
