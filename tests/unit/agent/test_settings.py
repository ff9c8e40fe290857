"""What an agent can be told by its environment."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pellucid.agent.settings import agent_settings
from pellucid.base.errors import UsageError


def test_our_names_win() -> None:
    """Over those of the classic agent."""
    settings = agent_settings(
        Path("/home"),
        {
            "CLEARML_WORKER_NAME": "theirs",
            "PELLUCID_WORKER_NAME": "ours",
            "CLEARML_AGENT_GIT_USER": "me",
            "CLEARML_AGENT_QUEUE_POLL_FREQ_SEC": "2.5",
            "CLEARML_AGENT_SKIP_PYTHON_ENV_INSTALL": "1",
        },
    )
    assert (settings.name, settings.git_user, settings.poll_seconds, settings.skip_environment) == (
        "ours",
        "me",
        2.5,
        True,
    )
    assert settings.cache == Path("/home/agent")
    assert settings.lease_seconds == 60


@pytest.mark.parametrize("value", ["0", "-1", "soon"])
def test_what_is_no_time(value: str) -> None:
    """Is told at once."""
    with pytest.raises(UsageError, match=f"PELLUCID_AGENT_STATUS_REPORT_FREQ_SEC is '{value}'"):
        agent_settings(Path("/home"), {"PELLUCID_AGENT_STATUS_REPORT_FREQ_SEC": value})


def test_a_python_of_one_s_own(tmp_path: Path) -> None:
    """It has to be there."""
    name = "CLEARML_AGENT_SKIP_PIP_VENV_INSTALL"

    assert agent_settings(tmp_path, {name: sys.executable}).python == Path(sys.executable)
    with pytest.raises(UsageError, match="it has to be the path of a Python"):
        agent_settings(tmp_path, {name: str(tmp_path / "python")})
