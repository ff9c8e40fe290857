"""The public API of the unmodified ``clearml`` package, from reports to deletion, works against our server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.conftest import Ask

from pellucid.testing.published_client import QUICK, run_client
from pellucid.testing.server import RunningServer

INTERPRETER = Path(__file__).parents[2] / ".venv-clearml" / "bin" / "python"
TOUR = Path(__file__).parent / "clients" / "tour.py"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not INTERPRETER.exists() and "CI" not in os.environ, reason="no environment with clearml (make test makes it)"
    ),
]


@pytest.fixture(scope="module")
def said(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the client saw."""
    return dict(run_client(INTERPRETER, TOUR, home=tmp_path_factory.mktemp("home"), server=server, settings=QUICK))


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("status", "completed"),
        ("scalars", pytest.approx([1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 5])),
        ("single", 0.5),
        ("plots", ["cloud", "confusion", "histogram", "matrix", "points", "surface", "table", "vector"]),
        ("console", True),
        ("configuration", {"key": "value"}),
        ("properties", {"owner": "nobody", "rank": "3"}),
        ("progress", 100),
        ("weights", True),
        ("labels", {"cat": 1}),
        ("design", {"layers": 4}),
        ("metadata", "0.9"),
        ("queued", True),
        ("dequeued", "created"),
        ("clone's rate", "0.2"),
        ("created", ["testing", "created"]),
        ("failed", "failed"),
        ("reset", "created"),
        ("by name", True),
        ("by all tags", True),
        ("without a tag", False),
        ("archived", True),
        ("not archived", []),
        ("published", True),
        ("projects", ["tour", "tour/made", "tour/moved", "tour/reports"]),
        ("workers", 0),
        ("exported", "reporter"),
        ("gone", []),
    ],
)
def test_the_client_reads_what_it_wrote(said: dict[str, Any], what: str, expected: object) -> None:
    """Each call of the tour that answers."""
    assert said[what] == expected


def test_parameters_of_all_sections_are_read_back(said: dict[str, Any]) -> None:
    """As texts, whatever they were (protocol §3.3)."""
    expected = {"Args/depth": "3", "General/rate": "0.1", "Model/layers": "4", "Model/nested/width": "8"}
    assert expected.items() <= said["parameters"].items()


def test_artifacts_are_read_back(said: dict[str, Any]) -> None:
    """A dictionary, a file, an array and a folder."""
    assert said["artifacts"] == {
        "dictionary": {"a": 1},
        "file": "alpha",
        "array": [0, 1, 2],
        "folder": ["a.txt", "weights.bin"],
    }


@pytest.mark.parametrize("what", ["models by tag", "models of the task", "published models"])
def test_the_model_is_found(said: dict[str, Any], what: str) -> None:
    """By a tag, from the task that made it, and once it is published."""
    assert said[what] == [said["model"]]


def test_samples_are_on_the_server(said: dict[str, Any], ask: Ask) -> None:
    """The picture and the text that were reported, in the file server's care."""
    (metrics,) = ask("events.get_task_metrics", tasks=[said["task"]], event_type="training_debug_image")["metrics"]

    assert metrics["metrics"] == ["samples"]
