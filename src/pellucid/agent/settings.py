"""What an agent can be told by its environment (sdk-surface §5.2)."""

from __future__ import annotations

import math
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

import msgspec

from pellucid.base.errors import UsageError


class AgentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How an agent works.

    Attributes:
        name: of the machine, in the worker's id.
        cache: folder for repositories and environments.
        poll_seconds: between two looks into empty queues.
        report_seconds: between two signs of life.
        abort_seconds: between two looks at whether a task is to be aborted.
        grace_seconds: that an aborted task has to end by itself.
        git_user: for repositories over HTTPS; ``None`` for none.
        git_password: the same.
        cache_days: after which an environment that no task has used is removed.
        skip_environment: whether tasks run in the agent's own environment.
        python: the interpreter that tasks run with, in place of environments of theirs; ``None`` for none.
    """

    name: str
    cache: Path
    poll_seconds: float = 1.0
    report_seconds: float = 15.0
    abort_seconds: float = 2.0
    grace_seconds: float = 10.0
    cache_days: float = 30.0
    git_user: str | None = None
    git_password: str | None = None
    skip_environment: bool = False
    python: Path | None = None

    @property
    def lease_seconds(self) -> int:
        """How long the server waits for a sign of life before it takes the worker for gone."""
        return max(math.ceil(4 * self.report_seconds), 2)


def agent_settings(home: Path, environ: Mapping[str, str] = os.environ) -> AgentSettings:
    """The settings that the environment gives.

    Args:
        home: Pellucid's folder.
        environ: the variables.

    Raises:
        UsageError: one of them is no number, or names an interpreter that is not there.
    """

    def text(name: str) -> str | None:
        return environ.get(f"PELLUCID_{name}") or environ.get(f"CLEARML_{name}") or None

    def positive(name: str, default: float, unit: str = "seconds") -> float:
        given = text(name)
        try:
            number = default if given is None else float(given)
        except ValueError:
            number = -1.0
        if not number > 0:
            raise UsageError(f"PELLUCID_{name} is {given!r}; it has to be a positive number of {unit}")
        return number

    python = text("AGENT_SKIP_PIP_VENV_INSTALL")
    if python is not None and shutil.which(python) is None:
        raise UsageError(f"PELLUCID_AGENT_SKIP_PIP_VENV_INSTALL is {python!r}; it has to be the path of a Python")
    cache = text("AGENT_CACHE")
    return AgentSettings(
        name=text("WORKER_NAME") or socket.gethostname(),
        cache=Path(cache) if cache else home / "agent",
        poll_seconds=positive("AGENT_QUEUE_POLL_FREQ_SEC", 1.0),
        report_seconds=positive("AGENT_STATUS_REPORT_FREQ_SEC", 15.0),
        abort_seconds=positive("AGENT_ABORT_POLL_FREQ_SEC", 2.0),
        grace_seconds=positive("AGENT_ABORT_GRACE_SEC", 10.0),
        cache_days=positive("AGENT_CACHE_DAYS", 30.0, "days"),
        git_user=text("AGENT_GIT_USER"),
        git_password=text("AGENT_GIT_PASS"),
        skip_environment=(text("AGENT_SKIP_PYTHON_ENV_INSTALL") or "").lower() in ("1", "true", "yes"),
        python=None if python is None else Path(python),
    )
