"""Options of the agent's engines."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from pellucid.agent.settings import AgentSettings
from pellucid.base.errors import UsageError
from pellucid.cli.agent import add_arguments
from pellucid.cli.engines import open_engine
from pellucid.engines.cluster import ClusterEngine
from pellucid.engines.local import LocalEngine


@pytest.fixture
def settings(tmp_path: Path) -> AgentSettings:
    """Of an agent."""
    return AgentSettings(name="test", cache=tmp_path)


def parsed(*words: str) -> argparse.Namespace:
    """Options."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_tasks_run_here_by_default(settings: AgentSettings) -> None:
    """In processes."""
    engine, site = open_engine(parsed(), settings)
    assert isinstance(engine, LocalEngine)
    assert site is None


@pytest.mark.parametrize(
    ("name", "python", "is_like_here"), [("slurm", sys.executable, True), ("ray", "python", False)]
)
def test_jobs_run_elsewhere(settings: AgentSettings, name: str, python: str, is_like_here: bool) -> None:
    """With the Python of there."""
    engine, site = open_engine(parsed("--engine", name), settings)
    assert isinstance(engine, ClusterEngine)
    assert site is not None
    assert (site.python, site.is_like_here) == (python, is_like_here)
    _, told = open_engine(parsed("--engine", name, "--python", "/opt/python"), settings)
    assert told is not None
    assert told.python == "/opt/python"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--python", "python3"], "--python is for the engines container, slurm, ray, kubernetes"),
        (["--engine", "slurm", "--gpus", "0"], "--gpus and --cpu-only are for the engines local and container"),
        (["--engine", "ray", "--template", "TEXT"], "--template has to be a JSON object"),
        (["--engine", "slurm", "--template", "/nowhere"], "--template /nowhere can't be read"),
    ],
)
def test_options_that_do_not_fit(settings: AgentSettings, tmp_path: Path, words: list[str], message: str) -> None:
    """Say what does."""
    (tmp_path / "template").write_text("#SBATCH")
    given = [str(tmp_path / "template") if word == "TEXT" else word for word in words]
    with pytest.raises(UsageError, match=message):
        open_engine(parsed(*given), settings)


def test_an_address_of_ray_that_is_no_dashboard_s(settings: AgentSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Says which would be."""
    monkeypatch.setenv("RAY_ADDRESS", "ray://head:10001")
    with pytest.raises(UsageError, match="is 'ray://head:10001'; it has to be the dashboard's"):
        open_engine(parsed("--engine", "ray"), settings)


def test_no_cluster_of_kubernetes(settings: AgentSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Is an error at once."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(UsageError, match=r"--engine kubernetes: .*no kubectl"):
        open_engine(parsed("--engine", "kubernetes"), settings)
