"""Models: their list, what is known of each, and where they come from and go to."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.script import Script

pytestmark = pytest.mark.browser

MARKUP = "<b>net</b>"


@pytest.fixture(scope="module")
def model(script: Script) -> str:
    """A published model with labels, metadata, a design, a curve, its maker and a task that starts from it."""
    maker = script.task("maker")
    made = script.send(
        "models.create",
        name=MARKUP,
        uri="file:///w/net.pt",
        ready=False,
        task=maker,
        framework="PyTorch",
        tags=["best"],
        labels={"dog": 1, "cat": 0},
        design={"design": "layers: 4"},
        metadata=[{"key": "stage", "type": "str", "value": "trial"}],
    )
    model = str(made["id"])
    user = script.task("user")
    script.send("tasks.add_or_update_model", task=user, name="base", model=model, type="input")
    curve = {"type": "training_stats_scalar", "metric": "loss", "variant": "train", "model_event": True}
    script.add(model, [{**curve, "iter": step, "value": 1.0 / (step + 1)} for step in range(3)])
    script.send("models.set_ready", model=model, publish_task=False)
    return model


def test_g1_models_are_listed(page: Page, model: str) -> None:
    """By name, with framework, status and maker; the filter is part of the address."""
    page.goto("/models")

    row = page.get_by_role("row").filter(has_text=MARKUP)
    for text in ("best", "PyTorch", "Published"):
        expect(row).to_contain_text(text)
    page.get_by_label("Filter by name").fill("nothing")
    expect(page.get_by_text("No model is called like that.")).to_be_visible()
    page.get_by_label("Filter by name").fill("net")
    row.get_by_role("link", name=MARKUP).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MARKUP)


def test_g2_a_model_says_where_it_comes_from_and_who_uses_it(page: Page, model: str) -> None:
    """Also its labels by number, its network, its metadata, which can be added to, and its curves."""
    page.goto(f"/models/{model}")

    expect(page.get_by_role("list", name="Made by")).to_contain_text("maker")
    expect(page.get_by_role("list", name="Used by")).to_contain_text("user")
    expect(page.get_by_role("region", name="Labels").locator("dt")).to_have_text(["cat", "dog"])
    expect(page.get_by_role("region", name="Network")).to_contain_text("layers: 4")
    metadata = page.get_by_role("region", name="Metadata")
    expect(metadata.locator("dd")).to_have_text(["trial"])
    metadata.get_by_label("Key").fill("accuracy")
    metadata.get_by_label("Value").fill("0.9")
    metadata.get_by_role("button", name="Set").click()
    expect(metadata.locator("dd")).to_have_text(["0.9", "trial"])

    page.get_by_role("link", name="Scalars", exact=True).click()
    expect(page.get_by_role("img", name="loss, 1 curve")).to_be_visible()
    page.get_by_role("link", name="General").click()
    page.get_by_role("link", name="user", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("user")


def test_a_model_that_is_gone_is_said_to_be(page: Page, model: str) -> None:
    """Never a blank page."""
    page.goto(f"/models/{'0' * len(model)}")

    expect(page.get_by_role("heading", level=1)).to_have_text("No such model")
