"""What a repository says that it needs, in whichever file its authors keep it, as requirements for pip."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from pellucid.agent.commands import Commands
from pellucid.agent.errors import PreparationError

_CONDA: Final = re.compile(r"(?:[\w-]+::)?(?P<name>[\w.-]+)\s*(?P<version>[=<>!~].*)?")
_CONDA_EXACT: Final = re.compile(r"={1,2}\s*(?P<version>[\w.*+!-]+?)(?:=[\w.*]+)?")
_NOT_OF_PIP: Final = frozenset({"python", "pip", "setuptools", "wheel"})


def requirements_in(code: Path, uv: str | None, commands: Commands) -> list[str]:
    """The requirements of a repository; of several files, the one that says most exactly what to install.

    Args:
        code: where the repository is.
        uv: the program, which reads its own lock files.
        commands: runs uv.

    Raises:
        PreparationError: a file can't be read.
    """
    for name, read in _FILES.items():
        file = code / name
        if file.is_file():
            try:
                lines = read(file, uv, commands)
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise PreparationError(f"{name} of the repository can't be read: {error}") from error
            if name != "requirements.txt":
                commands.say(f"Taking the requirements from {name}")
            return lines
    return []


def _requirements_txt(file: Path, uv: str | None, commands: Commands) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def _uv_lock(file: Path, uv: str | None, commands: Commands) -> list[str]:
    if uv is None:
        raise PreparationError("the repository has a uv.lock, and this worker has no uv: install pellucid[agent] there")
    command = [uv, "export", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "--no-annotate", "--no-header"]
    failure = "uv.lock of the repository can't be used"
    return commands.run(command, environ=os.environ, failure=failure, folder=file.parent, quiet=True).splitlines()


def _poetry_lock(file: Path, uv: str | None, commands: Commands) -> list[str]:
    return list(_poetry_lines(tomllib.loads(file.read_text(encoding="utf-8"))))


def _poetry_lines(lock: dict[str, Any]) -> Iterator[str]:
    for package in lock.get("package", []):
        source = package.get("source", {}).get("type", "legacy")
        in_main = "main" in package.get("groups", ["main"]) and package.get("category", "main") == "main"
        if package.get("optional") or not in_main:
            continue
        if source not in ("legacy", "pypi"):
            place = package["source"]
            yield f"{package['name']} @ {source}+{place['url']}@{place['resolved_reference']}"
            continue
        markers = package.get("markers")
        condition = markers.get("main", "") if isinstance(markers, dict) else markers or ""
        yield f"{package['name']}=={package['version']}" + (f" ; {condition}" if condition else "")


def _environment_yml(file: Path, uv: str | None, commands: Commands) -> list[str]:
    import yaml  # few repositories have such a file

    document = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    lines: list[str] = []
    for entry in document.get("dependencies") or []:
        if isinstance(entry, dict):
            lines += [str(line) for line in entry.get("pip") or []]
        elif (line := from_conda(str(entry))) is not None:
            lines.append(line)
    commands.say(
        "Conda's packages are installed by pip, under the same names; what is not Python has to be in the image"
    )
    return lines


def from_conda(text: str) -> str | None:
    """A requirement of conda's kind, such as ``numpy=1.26``, for pip; ``None`` for what pip has nothing to do with.

    A version of Python becomes the comment by which environments are made with it.
    """
    found = _CONDA.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no package")
    name, version = found["name"].lower(), (found["version"] or "").strip()
    exact = _CONDA_EXACT.fullmatch(version)
    if name == "python":
        return f"# Python {exact['version']}" if exact else None
    if name in _NOT_OF_PIP:
        return None
    if exact is None:
        return f"{name}{version}"
    number = exact["version"]
    # A single equals sign means any version that begins so.
    is_prefix = not version.startswith("==") and "*" not in number
    return f"{name}=={number}{'.*' if is_prefix else ''}"


_FILES: Final[dict[str, Callable[[Path, str | None, Commands], list[str]]]] = {
    "requirements.txt": _requirements_txt,
    "uv.lock": _uv_lock,
    "poetry.lock": _poetry_lock,
    "environment.yml": _environment_yml,
    "environment.yaml": _environment_yml,
}
