"""The unmodified ``clearml`` SDK, from its published package in an environment of its own, works against our server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pellucid.testing.server import RunningServer, running_server

ROOT = Path(__file__).parents[2]
INTERPRETER = ROOT / ".venv-clearml" / "bin" / "python"
CLIENTS = Path(__file__).parent / "clients"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not INTERPRETER.exists() and "CI" not in os.environ, reason="no environment with clearml (make test makes it)"
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all clients."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


def run_client(script: str, server: RunningServer, home: Path) -> dict[str, Any]:
    """Run a script under the published client and return what it printed after ``RESULT``."""
    # Left to itself, the client looks for a repository in a thread while it forks, and now and then hangs for good.
    configuration = home / "clearml.conf"
    configuration.write_text("sdk { development { vcs_repo_detect_async: false } }")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "CLEARML_CONFIG_FILE": str(configuration),
        "CLEARML_API_HOST": server.url,
        "CLEARML_WEB_HOST": server.url,
        "CLEARML_FILES_HOST": f"{server.url}/files",
        "CLEARML_API_ACCESS_KEY": server.access_key,
        "CLEARML_API_SECRET_KEY": server.secret_key,
        "CLEARML_SUPPRESS_UPDATE_MESSAGE": "1",
        # Whatever the client wants from elsewhere ends at a closed port of this machine.
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
    }
    program = shutil.copy(CLIENTS / script, home)
    finished = subprocess.run(
        [INTERPRETER, program], env=environment, cwd=home, capture_output=True, text=True, timeout=100
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    results = [line for line in finished.stdout.splitlines() if line.startswith("RESULT ")]
    assert results, finished.stdout + finished.stderr
    return dict(json.loads(results[-1].removeprefix("RESULT ")))


@pytest.fixture(scope="module")
def first_run(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the client's first run read back."""
    return run_client("first_run.py", server, tmp_path_factory.mktemp("home"))


def test_scalars_are_read_back_as_reported(first_run: dict[str, Any]) -> None:
    """Every reported point of a short series is in the curve, in order."""
    assert first_run["curve"]["x"] == list(range(10))
    assert first_run["curve"]["y"] == pytest.approx([1.0 / (iteration + 1) for iteration in range(10)])


def test_last_metrics_hold_last_least_and_greatest(first_run: dict[str, Any]) -> None:
    """The summary of a series, as the client computes it from ``last_metrics``."""
    assert first_run["last"]["loss"]["train"] == pytest.approx({"last": 0.1, "min": 0.1, "max": 1.0})


def test_single_values_are_kept_apart(first_run: dict[str, Any]) -> None:
    """A value without an iteration comes back by name."""
    assert first_run["single"] == pytest.approx({"best": 0.25})


def test_parameters_come_back_as_text(first_run: dict[str, Any]) -> None:
    """Set and connected parameters, flattened to ``section/name``."""
    assert first_run["parameters"] == {
        "Args/epochs": "7",
        "General/rate": "0.5",
        "model/depth": "3",
        "model/nested/a": "[1, 2]",
    }


def test_console_is_captured(first_run: dict[str, Any]) -> None:
    """Printed and reported text are both in the console."""
    console = "\n".join(first_run["console"])

    assert "hello from the client" in console
    assert "a line of text" in console


def test_closing_completes_the_task(first_run: dict[str, Any]) -> None:
    """The task is found by project and name, and has ended well."""
    assert first_run["found"] == first_run["id"]
    assert first_run["status"] == "completed"
