"""What a logger reports and a task keeps is the same on the server, whether the published package or ours has sent it.

How figures look is ours; what they show is not.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.conftest import Ask

from pellucid.testing.published_client import QUICK, run_client
from pellucid.testing.server import RunningServer

THEIRS = Path(__file__).parents[2] / ".venv-clearml" / "bin" / "python"
EXAMPLES = Path(__file__).parent / "clients" / "reports.py"

SHOWN = frozenset({"type", "mode", "name", "x", "y", "z", "cells.values"})
"""Keys of a trace that say what it shows."""

DECORATED = {("3d", "cloud"): "name", ("3d", "surface"): "name", ("2d", "matrix"): "x y"}
"""What ours says and theirs leaves open: the series as the name, the places of rows and columns."""

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not THEIRS.exists() and "CI" not in os.environ, reason="no environment with clearml (make test makes it)"
    ),
]


@pytest.fixture(scope="module")
def tasks(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Ids of what both have made: theirs, ours."""
    return [
        str(run_client(python, EXAMPLES, name, home=tmp_path_factory.mktemp(name), server=server, settings=QUICK))
        for name, python in (("theirs", THEIRS), ("ours_", Path(sys.executable)))
    ]


def test_scalars(tasks: list[str], ask: Ask) -> None:
    """Every point."""
    theirs, ours = (ask("events.scalar_metrics_iter_histogram", task=task) for task in tasks)

    assert theirs == ours
    assert theirs["loss"]["test"]["y"] == pytest.approx([2.0, 1.0, 2 / 3, 0.5])


def test_what_plots_show(tasks: list[str], ask: Ask) -> None:
    """Under the same names, at the same iterations, the same numbers."""
    theirs, ours = (dict(_plots(ask("events.get_task_plots", task=task, iters=100)["plots"])) for task in tasks)
    # A plot of several lines has no series of its own: it is named after its title.
    ours["2d", "", 1] = ours.pop(("2d", "2d", 1))

    assert theirs.keys() == ours.keys()
    assert len(theirs) == 12
    for (title, series, iteration), shown in theirs.items():
        left_open = DECORATED.get((title, series), "").split()
        same = [
            {key: value for key, value in trace.items() if key not in left_open}
            for trace in ours[title, series, iteration]
        ]
        assert same == shown, (title, series)


def _plots(plots: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, str, int], list[dict[str, Any]]]]:
    for plot in plots:
        traces = json.loads(plot["plot_str"])["data"]
        yield (plot["metric"], plot["variant"], plot["iter"]), [dict(_shown(trace)) for trace in traces]


def _shown(value: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        if f"{path}{key}" in SHOWN and item is not None:
            yield f"{path}{key}", item
        elif isinstance(item, dict):
            yield from _shown(item, f"{path}{key}.")


def test_samples(tasks: list[str], ask: Ask) -> None:
    """Pictures and media lie on the file server, or where they were said to be; ours keeps pictures without loss."""
    theirs, ours = (sorted(_samples(ask("events.debug_images", metrics=[{"task": task}], iters=9))) for task in tasks)

    assert theirs == ours
    assert len(theirs) == 7


def _samples(answer: dict[str, Any]) -> Iterator[tuple[str, str, int, str]]:
    for metric in answer["metrics"]:
        for iteration in metric["iterations"]:
            for event in iteration["events"]:
                own = "/metrics/samples/" in event["url"]
                place = event["url"].rpartition(".")[2].replace("jpeg", "png") if own else event["url"]
                yield event["metric"], event["variant"], event["iter"], place


def test_artifacts(tasks: list[str], ask: Ask) -> None:
    """In the same formats under the same paths, with the same content but for archives, which hold times."""
    theirs, ours = ({one["key"]: one for one in _document(ask, task)["execution"]["artifacts"]} for task in tasks)

    assert list(theirs) == list(ours)
    for key, one in theirs.items():
        other = ours[key]
        assert (one["type"], one["mode"]) == (other["type"], other["mode"]), key
        assert one["uri"].rpartition("/artifacts/")[2] == other["uri"].rpartition("/artifacts/")[2], key
        assert (one.get("display_data") or []) == other["display_data"], key
        assert one["type_data"]["content_type"] == other["type_data"]["content_type"], key
        if not one["uri"].endswith(".zip"):
            assert (one["hash"], one["content_size"]) == (other["hash"], other["content_size"]), key


def _document(ask: Ask, task: str) -> dict[str, Any]:
    return dict(ask("tasks.get_by_id", task=task)["task"])


def test_console(tasks: list[str], ask: Ask) -> None:
    """What is reported as text, with its level; theirs keeps more of what it says itself."""
    for task in tasks:
        events = ask("events.get_task_log", task=task, batch_size=100)["events"]
        said = {(event["level"], event["msg"].strip()) for event in events}
        assert {("warning", "worse")} <= said
        assert any("a line" in text for _, text in said)
