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


def test_the_file_that_people_have(tmp_path: Path) -> None:
    """Counts where the environment says nothing."""
    file = tmp_path / "clearml.conf"
    file.write_text(
        """agent {
            git_user: bot
            git_pass: from-the-file
            git_host: "git.example:8443"
            package_manager { extra_index_url: ["https://a.example/simple", "https://b.example/simple"] }
            default_docker { image: "python:3.11" }
            extra_docker_arguments: ["--ipc=host", "--label=a b"]
        }"""
    )
    settings = agent_settings(
        tmp_path,
        {
            "CLEARML_CONFIG_FILE": str(file),
            "CLEARML_AGENT_GIT_PASS": "from-the-environment",
            "CLEARML_EXTRA_PIP_INSTALL_FLAGS": "--no-deps --prerelease allow",
        },
    )
    assert (settings.git_user, settings.git_password) == ("bot", "from-the-environment")
    assert settings.git_host == "git.example:8443"
    assert settings.extra_indexes == ("https://a.example/simple", "https://b.example/simple")
    assert (settings.image, settings.container_options) == ("python:3.11", ("--ipc=host", "--label=a b"))
    assert settings.install_options == ("--no-deps", "--prerelease", "allow")


def test_quotes_that_do_not_match(tmp_path: Path) -> None:
    """Are told at once."""
    with pytest.raises(UsageError, match="its quotes do not match"):
        agent_settings(tmp_path, {"CLEARML_AGENT_EXTRA_DOCKER_ARGS": "--label='a"})
