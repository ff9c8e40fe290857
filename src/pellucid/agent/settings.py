"""What an agent can be told by its environment (sdk-surface §5.2), and by ``agent`` in ``clearml.conf`` (§5.3)."""

from __future__ import annotations

import math
import os
import shlex
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from pellucid.base.clearml_conf import conf_file, read_conf
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
        git_host: the only host that is told the two, perhaps with a port; ``None`` for any over HTTPS.
        cache_days: after which an environment that no task has used is removed.
        skip_environment: whether tasks run in the agent's own environment.
        install_options: more words for the installation of a task's requirements.
        extra_indexes: addresses of package indexes beside the machine's own.
        image: of containers whose tasks name none.
        container_options: more words for the start of containers.
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
    git_host: str | None = None
    install_options: tuple[str, ...] = ()
    extra_indexes: tuple[str, ...] = ()
    image: str | None = None
    container_options: tuple[str, ...] = ()
    skip_environment: bool = False
    python: Path | None = None

    @property
    def lease_seconds(self) -> int:
        """How long the server waits for a sign of life before it takes the worker for gone."""
        return max(math.ceil(4 * self.report_seconds), 2)


def agent_settings(home: Path, environ: Mapping[str, str] = os.environ) -> AgentSettings:
    """The settings that the environment gives, or else the configuration file.

    Args:
        home: Pellucid's folder.
        environ: the variables.

    Raises:
        UsageError: one of them is no number, or names an interpreter that is not there; or the file can't be read.
    """
    path = conf_file(environ)
    conf: Mapping[str, Any] = {} if path is None else read_conf(path)

    def text(name: str, key: str | None = None) -> str | None:
        given = environ.get(f"PELLUCID_{name}") or environ.get(f"CLEARML_{name}")
        return given or (str(conf.get(f"agent.{key}") or "") if key else "") or None

    def words(name: str | None, key: str) -> tuple[str, ...]:
        """A list of the file's, or the words of a variable or of a text in the file."""
        listed = conf.get(f"agent.{key}")
        if isinstance(listed, list) and not (name and text(name)):
            return tuple(str(word) for word in listed)
        given = text(name, key) if name else listed
        try:
            return tuple(shlex.split(str(given or "")))
        except ValueError as error:
            raise UsageError(f"PELLUCID_{name}, or agent.{key}, is {given!r}; its quotes do not match") from error

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
        name=text("WORKER_NAME", "worker_name") or socket.gethostname(),
        cache=Path(cache) if cache else home / "agent",
        poll_seconds=positive("AGENT_QUEUE_POLL_FREQ_SEC", 1.0),
        report_seconds=positive("AGENT_STATUS_REPORT_FREQ_SEC", 15.0),
        abort_seconds=positive("AGENT_ABORT_POLL_FREQ_SEC", 2.0),
        grace_seconds=positive("AGENT_ABORT_GRACE_SEC", 10.0),
        cache_days=positive("AGENT_CACHE_DAYS", 30.0, "days"),
        git_user=text("AGENT_GIT_USER", "git_user"),
        git_password=text("AGENT_GIT_PASS", "git_pass"),
        git_host=text("AGENT_GIT_HOST", "git_host"),
        install_options=words("EXTRA_PIP_INSTALL_FLAGS", "package_manager.extra_pip_install_flags"),
        extra_indexes=words(None, "package_manager.extra_index_url"),
        image=text("AGENT_DEFAULT_IMAGE", "default_docker.image"),
        container_options=words("AGENT_EXTRA_DOCKER_ARGS", "extra_docker_arguments"),
        skip_environment=(text("AGENT_SKIP_PYTHON_ENV_INSTALL") or "").lower() in ("1", "true", "yes"),
        python=None if python is None else Path(python),
    )
