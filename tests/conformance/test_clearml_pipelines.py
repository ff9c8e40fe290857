"""Pipelines of the unmodified ``clearml`` package, controller and steps on one machine, work against our server."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.conftest import Ask

from pellucid.testing.published_client import QUICK, run_client
from pellucid.testing.server import RunningServer

INTERPRETER = Path(__file__).parents[2] / ".venv-clearml" / "bin" / "python"
CLIENTS = Path(__file__).parent / "clients"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not INTERPRETER.exists() and "CI" not in os.environ, reason="no environment with clearml (make test makes it)"
    ),
]


@pytest.fixture(scope="module")
def ran(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a controller said at its end."""
    home = tmp_path_factory.mktemp("home")
    return dict(run_client(INTERPRETER, CLIENTS / "pipeline.py", home=home, server=server, settings=QUICK))


@pytest.fixture(scope="module")
def controller(ran: dict[str, Any], ask: Ask) -> dict[str, Any]:
    """The controller's task."""
    return dict(ask("tasks.get_by_id", task=ran["controller"])["task"])


def test_values_and_artifacts_pass_from_step_to_step(ran: dict[str, Any]) -> None:
    """A parameter of the pipeline into the first step, a list and a number out of it into the second."""
    assert ran["successful"]
    assert list(ran["steps"]) == ["count", "scale"]
    assert ran["scaled"] == [0.0, 0.1, 0.2, 0.3, 0.4]


def test_the_controller_is_a_task(controller: dict[str, Any], ask: Ask) -> None:
    """In a hidden project of the pipeline, with its parameters and its version (protocol §5.5)."""
    project = ask("projects.get_by_id", project=controller["project"])["project"]

    assert (controller["name"], controller["type"], controller["status"]) == ("scaling", "controller", "completed")
    assert "pipeline" in controller["system_tags"]
    assert project["name"] == "conformance/pipelines/.pipelines/scaling"
    assert {"hidden", "pipeline"} <= set(project["system_tags"])
    assert controller["hyperparams"]["Args"]["limit"]["value"] == "5"
    assert controller["runtime"]["version"] == "1.2.0"


def test_the_configuration_says_how_steps_ended(ran: dict[str, Any], controller: dict[str, Any]) -> None:
    """It is written anew with each change; the last state is the one that is kept."""
    steps = json.loads(controller["configuration"]["Pipeline"]["value"])

    assert {name: step["status"] for name, step in steps.items()} == {"count": "completed", "scale": "completed"}
    assert {name: step["executed"] for name, step in steps.items()} == ran["steps"]
    assert steps["scale"]["parents"] == ["count"]


def test_steps_are_tasks_below_the_controller(ran: dict[str, Any], controller: dict[str, Any], ask: Ask) -> None:
    """In the controller's project, ended well."""
    steps = ask("tasks.get_all", parent=controller["id"], order_by=["name"], search_hidden=True)["tasks"]

    assert {step["name"]: step["id"] for step in steps} == ran["steps"]
    assert {step["status"] for step in steps} == {"completed"}
    assert {step["project"] for step in steps} == {controller["project"]}
    count = steps[0]
    assert (count["hyperparams"]["kwargs"]["limit"]["value"], count["hyperparams"]["return"]["total"]["value"]) == (
        "5",
        "10",
    )


def test_the_controller_shows_what_it_watches(ran: dict[str, Any], controller: dict[str, Any], ask: Ask) -> None:
    """A step's artifact and metric, a plot of the graph and a table of the steps."""
    assert ran["monitored"] == {"limit": 5}
    assert [artifact["key"] for artifact in controller["execution"]["artifacts"]] == ["report"]

    plots = ask("events.get_task_plots", task=controller["id"])["plots"]
    assert {(plot["metric"], plot["variant"]) for plot in plots} >= {
        ("Pipeline", "Execution Flow"),
        ("Pipeline Details", "Execution Details"),
    }
    curves = ask("events.scalar_metrics_iter_histogram", task=controller["id"])
    assert curves["count"]["limit"]["y"] == [5]


def test_a_pipeline_of_decorators(server: RunningServer, tmp_path: Path, ask: Ask) -> None:
    """The value that it returns is that of its last step, and an artifact of the controller."""
    script = CLIENTS / "decorated_pipeline.py"
    assert run_client(INTERPRETER, script, home=tmp_path, server=server, settings=QUICK) == "größeres"

    found = ask("tasks.get_all", name="^words$", type=["controller"], search_hidden=True)["tasks"]
    assert [task["status"] for task in found] == ["completed"]
    assert [artifact["key"] for artifact in found[0]["execution"]["artifacts"]] == ["found"]
    steps = ask("tasks.get_all", parent=found[0]["id"], order_by=["name"], search_hidden=True)["tasks"]
    assert [(step["name"], step["status"]) for step in steps] == [("longest", "completed"), ("split", "completed")]
