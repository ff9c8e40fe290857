"""Each agent runs what the other's SDK has made: ours the tasks of the published package, the published one ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.conformance import test_clearml_agent
from tests.conformance.conftest import Ask
from tests.conformance.test_clearml_agent import AGENT, INTERPRETER, clone, console, document, git, home

from pellucid.testing.published_client import QUICK, client_environment, run_client
from pellucid.testing.server import RunningServer

__all__ = ["home"]

pytestmark = test_clearml_agent.pytestmark

OURS = [sys.executable, "-P", "-m", "pellucid", "agent", "execute"]
THEIRS = [str(AGENT), "-m", "clearml_agent", "execute", "--id"]


@pytest.mark.parametrize(
    ("made_by", "agent", "skipped"),
    [
        pytest.param(INTERPRETER, OURS, INTERPRETER, id="their task, our agent"),
        pytest.param(Path(sys.executable), THEIRS, sys.executable, id="our task, their agent"),
        pytest.param(Path(sys.executable), OURS, sys.executable, id="our task, our agent"),
    ],
)
@pytest.mark.parametrize("end", ["well", "badly"])
def test_a_clone_runs_under_the_other_agent(
    home: Path, server: RunningServer, ask: Ask, tmp_path: Path, made_by: Path, agent: list[str], skipped: Any, end: str
) -> None:
    """From the repository, with the change that was in no commit and with its own parameters."""
    script = home / "checkout" / "code" / "train.py"
    git(home / "checkout", "checkout", "--quiet", ".")
    script.write_text(script.read_text().replace("training", "in no commit: training"))
    task = clone(ask, str(run_client(made_by, script, home=home, server=server, settings=QUICK)), epochs=3, end=end)

    environment = client_environment(tmp_path, server, QUICK) | {
        "TMPDIR": str(tmp_path),
        "PELLUCID_HOME": str(tmp_path / "pellucid"),
        "CLEARML_AGENT_SKIP_PIP_VENV_INSTALL": str(skipped),
        "CLEARML_AGENT_SKIP_PYTHON_ENV_INSTALL": "1",
    }
    ran = subprocess.run([*agent, task], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=100)

    said = ran.stdout + ran.stderr
    ended = document(ask, task)
    assert ended["status"] == {"well": "completed", "badly": "failed"}[end], said
    assert console(ask, task).count("in no commit: training 3 epochs at 0.25") == 1
    curve = ask("events.scalar_metrics_iter_histogram", task=task)["loss"]["train"]
    assert curve["y"] == pytest.approx([0.25, 0.125, 0.25 / 3])
    assert [artifact["key"] for artifact in ended["execution"]["artifacts"]] == ["weights"]
    assert ended["hyperparams"]["Args"]["epochs"]["value"] == "3"
    if end == "badly":
        assert "RuntimeError: diverged" in console(ask, task)
