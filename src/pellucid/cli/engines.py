"""The engine that an agent runs tasks on, as its options say."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from pellucid.agent.settings import AgentSettings
from pellucid.agent.submission import Site
from pellucid.base.errors import UsageError
from pellucid.engines.base import Engine, LaunchError
from pellucid.engines.cluster import ClusterEngine
from pellucid.engines.container import PROGRAMS, ContainerEngine
from pellucid.engines.kubernetes import Kubernetes
from pellucid.engines.kubernetes_access import find_access
from pellucid.engines.local import LocalEngine
from pellucid.engines.ray import Ray
from pellucid.engines.slurm import Slurm

_RAY_ADDRESS: Final = "http://127.0.0.1:8265"
_LOCAL: Final = "local"
_CONTAINER: Final = "container"


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Where tasks run."""
    parser.add_argument(
        "--engine",
        choices=[_LOCAL, _CONTAINER, *_CLUSTERS],
        default=_LOCAL,
        help="where tasks run; here, in processes, by default",
    )
    parser.add_argument(
        "--template", metavar="FILE", help="what the engine's jobs begin with, in the engine's own words"
    )
    parser.add_argument("--python", metavar="PROGRAM", help="the Python with Pellucid where the engine's jobs run")
    parser.add_argument("--image", metavar="NAME", help="the image of containers whose tasks name none")


def open_engine(arguments: argparse.Namespace, settings: AgentSettings) -> tuple[Engine, Site | None]:
    """The engine, and what it is like where its jobs run; ``None`` if that is here.

    Raises:
        UsageError: an option that does not go with the engine, or a template that can't be read.
    """
    if arguments.engine == _LOCAL:
        given = next((name for name in ("template", "python", "image") if getattr(arguments, name) is not None), None)
        if given is not None:
            raise UsageError(
                f"--{given} is for the engines {', '.join([_CONTAINER, *_CLUSTERS])}, and the engine is {_LOCAL}"
            )
        return LocalEngine(), None
    template = _template(arguments.template)
    if arguments.engine == _CONTAINER:
        return _container(template, arguments, settings)
    if arguments.gpus or arguments.cpu_only:
        raise UsageError(
            f"--gpus and --cpu-only are for the engines {_LOCAL} and {_CONTAINER}; a task's resource 'gpus' says it "
            "elsewhere"
        )
    if arguments.image is not None:
        raise UsageError(f"--image is for the engine {_CONTAINER}; elsewhere the template says it")
    return _CLUSTERS[arguments.engine](template, arguments.python, settings)


def _container(template: str, arguments: argparse.Namespace, settings: AgentSettings) -> tuple[Engine, Site]:
    program = next(filter(shutil.which, PROGRAMS), None)
    if program is None:
        raise UsageError(f"--engine {_CONTAINER}: there is neither {' nor '.join(PROGRAMS)} on this machine")
    chosen = [gpu.strip() for gpu in (arguments.gpus or "").split(",") if gpu.strip()]
    gpus = chosen if chosen or arguments.cpu_only else None
    options = [*settings.container_options, *shlex.split(template, comments=True)]
    engine = ContainerEngine(program, arguments.image or settings.image, options=options, gpus=gpus)
    return engine, Site(python=arguments.python or "python")


def _slurm(template: str, python: str | None, settings: AgentSettings) -> tuple[Engine, Site]:
    slurm = Slurm(settings.cache / "slurm", template=template)
    return ClusterEngine(slurm), Site(python=python or sys.executable, is_like_here=True)


def _ray(template: str, python: str | None, settings: AgentSettings) -> tuple[Engine, Site]:
    address = os.environ.get("RAY_API_SERVER_ADDRESS") or os.environ.get("RAY_ADDRESS") or _RAY_ADDRESS
    if not address.startswith(("http://", "https://")):
        raise UsageError(f"RAY_API_SERVER_ADDRESS is {address!r}; it has to be the dashboard's, such as {_RAY_ADDRESS}")
    python = python or "python"
    ray = Ray(
        address,
        token=os.environ.get("RAY_AUTH_TOKEN"),
        python=python,
        template=_document(template),
        stop_seconds=2 * settings.grace_seconds,
    )
    return ClusterEngine(ray), Site(python=python)


def _kubernetes(template: str, python: str | None, settings: AgentSettings) -> tuple[Engine, Site]:
    try:
        access = find_access()
    except LaunchError as error:
        raise UsageError(f"--engine kubernetes: {error}") from error
    kubernetes = Kubernetes(access, template=_document(template), stop_seconds=2 * settings.grace_seconds)
    return ClusterEngine(kubernetes), Site(python=python or "python")


def _document(template: str) -> dict[str, Any]:
    """A template that is JSON."""
    try:
        return msgspec.json.decode(template, type=dict[str, Any]) if template else {}
    except msgspec.DecodeError as error:
        raise UsageError(f"--template has to be a JSON object: {error}") from error


def _template(name: str | None) -> str:
    if name is None:
        return ""
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--template {name} can't be read: {error}") from error


_CLUSTERS: Final[dict[str, Callable[[str, str | None, AgentSettings], tuple[Engine, Site]]]] = {
    "slurm": _slurm,
    "ray": _ray,
    "kubernetes": _kubernetes,
}
