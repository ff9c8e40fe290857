"""Python environments for tasks: made once for each set of requirements, then used by every task that has it."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any, Final

from pellucid.agent.commands import Commands
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

_INDEX_VARIABLES: Final = frozenset(
    {*_INDEX_OPTIONS, *_INDEX_OPTIONS.values(), "PIP_NO_INDEX", "UV_NO_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL"}
)


def requirements_of(script: Mapping[str, Any], code: Path, commands: Commands) -> list[str]:
    """The lines that say what a task needs.

    Args:
        script: the task's ``script``; without requirements, those of the repository count (protocol §4.3).
        code: where the repository is.
        commands: runs uv.

    Raises:
        PreparationError: a file of the repository can't be read.
    """
    section = script.get("requirements")
    given = section.get("pip") if isinstance(section, Mapping) else None
    if given is None:
        given = requirements_in(code, find_uv(), commands)
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
    """The environments of one machine. What one has given is kept until it is closed."""

    def __init__(self, settings: AgentSettings, environ: Mapping[str, str] = os.environ) -> None:
        """Look into the agent's cache."""
        self._settings = settings
        self._folder = settings.cache / "environments"
        self._environ = environ
        self._used = ExitStack()

    def close(self) -> None:
        """The task has ended."""
        self._used.close()

    def python_for(self, script: Mapping[str, Any], code: Path, commands: Commands) -> Path:
        """An interpreter that has what a task needs.

        Args:
            script: the task's ``script``.
            code: the task's code.
            commands: runs uv or pip.

        Raises:
            PreparationError: it can't be had.
        """
        if self._settings.python is not None:
            return self._settings.python
        if self._settings.skip_environment:
            return Path(sys.executable)
        lines = requirements_of(script, code, commands)
        needed = [line for line in lines if not line.startswith("#") and not _OURS.fullmatch(line)]
        python = self._interpreter(wished_python(script, lines), commands)
        parts = [python, *sorted(needed), *self._settings.install_options, *self._index()]
        key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
        folder = self._folder / key
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as using:
            lock = using.enter_context((self._folder / f"{key}.lock").open("w"))
            # Those who use it share it, and whoever makes it is alone.
            commands.wait_for(lambda: _locked(lock, fcntl.LOCK_SH))
            if (folder / _COMPLETE).exists():
                commands.say(f"Environment {key} is there already")
            else:
                fcntl.flock(lock, fcntl.LOCK_UN)
                commands.wait_for(lambda: _locked(lock, fcntl.LOCK_EX))
                if not (folder / _COMPLETE).exists():
                    self._make(folder, python, needed, commands)
                    self._remove_old()
                fcntl.flock(lock, fcntl.LOCK_SH)
            os.utime(folder / _COMPLETE)
            self._used.push(using.pop_all())
        return folder / "bin" / "python"

    def _make(self, folder: Path, python: str, needed: list[str], commands: Commands) -> None:
        shutil.rmtree(folder)
        uv = find_uv()
        commands.say(f"Making an environment for {python} with {len(needed)} requirements")
        environ = {**self._environ, **self._index_options()}
        environ.pop("VIRTUAL_ENV", None)
        venv = [uv, "venv", "--quiet", "--python", python] if uv else [python, "-m", "venv"]
        commands.run([*venv, str(folder)], environ=environ, failure=f"an environment for {python} can't be made")
        if needed:
            file = folder / "requirements.txt"
            file.write_text("\n".join([*needed, ""]), encoding="utf-8")
            target = str(folder / "bin" / "python")
            install = [uv, "pip", "install", "--python", target] if uv else [target, "-m", "pip", "install"]
            commands.run(
                [*install, *self._settings.install_options, "--requirement", str(file)],
                environ=environ,
                failure="the requirements can't be installed: change them on the task",
            )
        (packages,) = folder.glob("lib/python*/site-packages")
        (packages / "zz_pellucid.pth").write_text(f"{make_sdk_folder(self._settings.cache)}\n", encoding="utf-8")
        (folder / _COMPLETE).touch()

    def _interpreter(self, version: str, commands: Commands) -> str:
        """One of the wished version, else the agent's own, which is said."""
        own = f"{sys.version_info.major}.{sys.version_info.minor}"
        if version == own:
            return sys.executable
        found = shutil.which(f"python{version}") or self._known_to_uv(version)
        if found is None:
            commands.say(
                f"Python {version} is not on this worker, so Python {own} takes its place; "
                f"'uv python install {version}' there would change that"
            )
        return found or sys.executable

    def _known_to_uv(self, version: str) -> str | None:
        uv = find_uv()
        if uv is None:
            return None
        command = [uv, "python", "find", "--no-project", "--no-python-downloads", version]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        return found.stdout.strip() or None

    def _remove_old(self) -> None:
        """Remove environments that no task has used for long, and none uses."""
        oldest = time.time() - self._settings.cache_days * 86_400
        for mark in self._folder.glob(f"*/{_COMPLETE}"):
            folder = mark.parent
            with (self._folder / f"{folder.name}.lock").open("w") as lock, suppress(FileNotFoundError):
                if _locked(lock, fcntl.LOCK_EX) and mark.stat().st_mtime < oldest:
                    mark.unlink()
                    shutil.rmtree(folder, ignore_errors=True)

    def _index(self) -> list[str]:
        """Where packages come from, which makes environments of the same requirements different ones."""
        known = {**self._environ, **self._index_options()}
        return [f"{name}={known[name]}" for name in sorted(known) if name in _INDEX_VARIABLES]

    def _index_options(self) -> dict[str, str]:
        """What pip has been told, for uv, as far as uv has not been told otherwise."""
        named = {ours: self._environ[theirs] for theirs, ours in _INDEX_OPTIONS.items() if theirs in self._environ}
        found = {**_configured_for_pip(), **named}
        if self._settings.extra_indexes:
            more = " ".join([found.get("UV_INDEX", ""), *self._settings.extra_indexes]).strip()
            found |= {"UV_INDEX": more, "PIP_EXTRA_INDEX_URL": more}
        return {name: value for name, value in found.items() if name not in self._environ}


def _locked(file: IO[str], operation: int) -> bool:
    try:
        fcntl.flock(file, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def find_uv() -> str | None:
    """uv, if it is installed: beside the agent's interpreter, or anywhere."""
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if beside.is_file() else shutil.which("uv")


@functools.cache
def _configured_for_pip() -> Mapping[str, str]:
    """What the machine's configuration of pip says of indexes; asked once, as it takes pip half a second."""
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
