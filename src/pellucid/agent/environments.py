"""Python environments for tasks: made once for each set of requirements, then used by every task that has it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pellucid.agent.commands import Say, run
from pellucid.agent.errors import PreparationError
from pellucid.agent.lock_files import requirements_in
from pellucid.agent.sdk_folder import make_sdk_folder
from pellucid.agent.settings import AgentSettings

_OURS: Final = re.compile(r"(pellucid|clearml)\s*(\[.*\])?\s*([=<>~!].*)?(#.*)?", re.IGNORECASE)
"""Lines that name the SDK, which the agent brings along."""

_WISHED_PYTHON: Final = re.compile(r"#\s*Python\s+(\d+\.\d+)")
_COMPLETE: Final = "complete"
_INDEX_OPTIONS: Final = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
}
"""uv does not read pip's settings."""


def requirements_of(script: Mapping[str, Any], code: Path, say: Say) -> list[str]:
    """The lines that say what a task needs.

    Args:
        script: the task's ``script``; without requirements, those of the repository count (protocol §4.3).
        code: where the repository is.
        say: gets lines for the task's console.

    Raises:
        PreparationError: a file of the repository can't be read.
    """
    section = script.get("requirements")
    given = section.get("pip") if isinstance(section, Mapping) else None
    if given is None:
        given = requirements_in(code, find_uv(), say)
    lines = given.splitlines() if isinstance(given, str) else [str(line) for line in given]
    return [line.strip() for line in lines if line.strip()]


def wished_python(script: Mapping[str, Any], lines: list[str]) -> str:
    """The version of Python that a task was made with: major and minor number."""
    for line in lines:
        if found := _WISHED_PYTHON.match(line):
            return found[1]
    found = re.fullmatch(r".*?(\d+\.\d+)", str(script.get("binary") or ""))
    return found[1] if found else f"{sys.version_info.major}.{sys.version_info.minor}"


class Environments:
    """The environments of one machine."""

    def __init__(self, settings: AgentSettings, environ: Mapping[str, str] = os.environ) -> None:
        """Look into the agent's cache."""
        self._settings = settings
        self._folder = settings.cache / "environments"
        self._environ = environ

    def python_for(self, script: Mapping[str, Any], code: Path, say: Say) -> Path:
        """An interpreter that has what a task needs.

        Args:
            script: the task's ``script``.
            code: the task's code.
            say: gets lines for the task's console.

        Raises:
            PreparationError: it can't be had.
        """
        if self._settings.python is not None:
            return self._settings.python
        if self._settings.skip_environment:
            return Path(sys.executable)
        lines = requirements_of(script, code, say)
        needed = [line for line in lines if not line.startswith("#") and not _OURS.fullmatch(line)]
        version = wished_python(script, lines)
        key = hashlib.sha256(
            "\n".join([version, sys.executable, *sorted(needed), *self._index()]).encode()
        ).hexdigest()[:24]
        folder = self._folder / key
        folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{key}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if (folder / _COMPLETE).exists():
                os.utime(folder / _COMPLETE)
                say(f"Environment {key} is there already")
            else:
                self._make(folder, version, needed, say)
        return folder / "bin" / "python"

    def _make(self, folder: Path, version: str, needed: list[str], say: Say) -> None:
        shutil.rmtree(folder)
        uv = find_uv()
        say(f"Making an environment for Python {version} with {len(needed)} requirements")
        environ = {**self._environ, **self._index_options()}
        environ.pop("VIRTUAL_ENV", None)
        python = self._interpreter(version)
        if uv:
            command = [uv, "venv", "--quiet", "--python", python, str(folder)]
        else:
            command = [python, "-m", "venv", str(folder)]
        run(command, environ=environ, say=say, failure=f"an environment for Python {version} can't be made")
        if needed:
            file = folder / "requirements.txt"
            file.write_text("\n".join([*needed, ""]), encoding="utf-8")
            target = str(folder / "bin" / "python")
            install = [uv, "pip", "install", "--python", target] if uv else [target, "-m", "pip", "install"]
            run(
                [*install, "--requirement", str(file)],
                environ=environ,
                say=say,
                failure="the requirements can't be installed: change them on the task",
            )
        (packages,) = folder.glob("lib/python*/site-packages")
        (packages / "zz_pellucid.pth").write_text(f"{make_sdk_folder(self._settings.cache)}\n", encoding="utf-8")
        (folder / _COMPLETE).touch()

    def _interpreter(self, version: str) -> str:
        """One of the wished version, else the agent's own."""
        if version == f"{sys.version_info.major}.{sys.version_info.minor}":
            return sys.executable
        return shutil.which(f"python{version}") or sys.executable

    def _index(self) -> list[str]:
        return [f"{name}={self._environ[name]}" for name in sorted(_INDEX_OPTIONS) if name in self._environ]

    def _index_options(self) -> dict[str, str]:
        options = {ours: self._environ[theirs] for theirs, ours in _INDEX_OPTIONS.items() if theirs in self._environ}
        return {**_configured_for_pip(), **options}


def find_uv() -> str | None:
    """uv, if it is installed: beside the agent's interpreter, or anywhere."""
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if beside.is_file() else shutil.which("uv")


def _configured_for_pip() -> dict[str, str]:
    """What the machine's configuration of pip says of indexes."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return {}
    found = dict(re.findall(r"^[\w-]+\.([\w-]+)='(.*)'$", listed, re.MULTILINE))
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
    return {names[name]: value.replace("\\n", " ").strip() for name, value in found.items() if name in names}


def check_can_build(settings: AgentSettings) -> None:
    """Raises PreparationError if the cache can't be written."""
    try:
        settings.cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PreparationError(f"{settings.cache} can't be written: {error.strerror}") from error
