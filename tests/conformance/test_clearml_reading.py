"""The unmodified ``clearml`` package reads what was reported, by its tasks and by its ``APIClient``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conformance.conftest import Ask

from pellucid.testing.published_client import run_client
from pellucid.testing.server import RunningServer

INTERPRETER = Path(__file__).parents[2] / ".venv-clearml" / "bin" / "python"
CLIENT = Path(__file__).parent / "clients" / "reading.py"
POINTS = 5000
SPIKE = 1234

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not INTERPRETER.exists() and "CI" not in os.environ, reason="no environment with clearml (make test makes it)"
    ),
]


@pytest.fixture(scope="module")
def read(server: RunningServer, ask: Ask, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the package read of a task that has reported some of everything."""
    task = ask("tasks.create", name="reported", type="training")["id"]
    events = [
        *({"metric": "loss", "variant": "train", "iter": n, "value": float(n == SPIKE)} for n in range(POINTS)),
        {"metric": "Summary", "variant": "best", "iter": -(2**31), "value": 0.5},
    ]
    plots = [{"metric": "m", "variant": "v", "iter": n, "plot_str": json.dumps({"data": [n]})} for n in range(3)]
    images = [{"metric": "img", "variant": "s", "iter": n, "key": "k", "url": f"http://nowhere/{n}"} for n in range(4)]
    lines = [{"msg": text, "level": "info", "timestamp": n} for n, text in enumerate(("a", "b", "c"))]
    kinds = {"training_stats_scalar": events, "plot": plots, "training_debug_image": images, "log": lines}
    body = "\n".join(json.dumps({"task": task, "type": kind, **each}) for kind in kinds for each in kinds[kind])
    httpx.post(
        f"{server.url}/events.add_batch",
        content=body,
        auth=(server.access_key, server.secret_key),
        headers={"Content-Type": "application/json-lines"},
    ).raise_for_status()
    return dict(run_client(INTERPRETER, CLIENT, task, home=tmp_path_factory.mktemp("home"), server=server))


def test_a_curve_shows_the_spike(read: dict[str, Any]) -> None:
    """In a hundred samples of five thousand points, over iterations and over time."""
    assert len(read["curve"]["x"]) <= 100
    assert dict(zip(read["curve"]["x"], read["curve"]["y"], strict=True))[SPIKE] == 1.0
    assert all(moment.endswith("Z") for moment in read["times"])


def test_every_point_comes_back(read: dict[str, Any]) -> None:
    """Over all pages, once, and by iteration."""
    assert read["all"]["x"] == list(range(POINTS))
    assert [place for place, value in enumerate(read["all"]["y"]) if value] == [SPIKE]
    assert (len(read["raw"]), sum(read["raw"])) == (3000, 1.0)
    assert (read["first"], read["returned"]) == (POINTS - 1, POINTS)
    assert read["single"] == {"best": 0.5}


def test_plots_samples_and_lines(read: dict[str, Any]) -> None:
    """The last ones first, lines in their order."""
    assert read["plots"] == read["side by side"] == ['{"data": [2]}']
    assert read["samples"] == [3, 2]
    assert read["console"] == ["b", "c"]


def test_what_there_is(read: dict[str, Any]) -> None:
    """Names, and the last value of each series."""
    assert read["names"] == {"Summary": ["best"], "loss": ["train"]}
    assert read["titles"] == [["m"]]
    assert read["latest"] == [["best", 0.5], ["train", 0.0]]


def test_deleting(read: dict[str, Any]) -> None:
    """First the lines, then all the rest."""
    assert (read["lines"], read["deleted"], read["left"]) == (3, True, {})
