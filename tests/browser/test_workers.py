"""The machines that run tasks, as the page shows them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.script import Script

pytestmark = pytest.mark.browser


def test_q2_a_worker_shows_its_task_and_its_machine(page: Page, script: Script) -> None:
    """And is called lost when its reports stop."""
    queue = str(script.send("queues.create", name="served")["id"])
    task = script.task("trains", project=script.project("working"))
    script.send("workers.register", worker="gpu-box:0", queues=[queue])
    stats = {"cpu_usage": [30.0, 50.0], "memory_used": 2048, "memory_free": 1024, "gpu_usage": [70.0, 90.0]}
    script.send(
        "workers.status_report",
        worker="gpu-box:0",
        queues=[queue],
        queue=queue,
        task=task,
        timestamp=0,
        machine_stats=stats,
    )
    page.clock.install()
    page.goto("/workers")

    card = page.get_by_role("region", name="Worker gpu-box:0")
    expect(card.get_by_role("heading")).to_have_text("gpu-box:0 busy")
    expect(card).to_contain_text("Running for")
    expect(card).to_contain_text("served")
    charts = card.get_by_role("img")
    expect(charts).to_have_count(3)
    for chart, said in zip(
        charts.all(), ("CPU, %, 1 curve. all: last 40", "used: last 2048", "gpu0: last 70"), strict=True
    ):
        expect(chart).to_have_accessible_name(re.compile(re.escape(said)))
    expect(card.get_by_role("row", name="gpu1 90 90 90")).to_be_visible()

    page.clock.fast_forward("02:00")
    expect(card.get_by_role("heading")).to_have_text("gpu-box:0 lost")
    card.get_by_role("link", name="trains").click()
    expect(page.get_by_role("heading", name="trains")).to_be_visible()
