"""Which packages a script needs, in the text form of pip (sdk-surface M5, §4.14)."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from pellucid.base.errors import UsageError
from pellucid.base.version import __version__
from pellucid.sdk.wishes import Wishes, wishes

_OWN: Final = "pellucid"
_SOURCES_AT_MOST: Final = 2000
"""Local modules to look into; a script that imports more of them is part of something that has a requirements file."""

_REQUIREMENT: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def describe_requirements(scripts: Iterable[Path], wishes: Wishes = wishes) -> str:
    """What scripts need, one line each, below a line that names the version of Python.

    Distributions that they, or local modules that they import, import themselves, with the versions that are installed
    here; or what the program has wished for.

    Args:
        scripts: what is executed.
        wishes: of the program.

    Raises:
        OSError: the wished file can't be read.
    """
    if wishes.file is not None:
        return Path(wishes.file).read_text(encoding="utf-8")
    lines = dict(_installed() if wishes.freeze else _imported(scripts))
    lines.setdefault(_OWN, f"{_OWN} == {__version__}")
    for name, version in wishes.added.items():
        lines[normal_name(name)] = f"{name} {version}".strip()
    kept = sorted((name, line) for name, line in lines.items() if name not in wishes.ignored)
    header = f"# Python {sys.version.split()[0]}"
    return "\n".join([header, "", *(line for _, line in kept), ""])


def installed_packages(prefix: Path) -> dict[str, str]:
    """All that is installed, for those who want to know what else there was: ``freeze``, in the form of pip, and
    ``conda``, if the interpreter is in one of its environments (sdk-surface M36).

    Args:
        prefix: the folder of the interpreter's environment.
    """
    found = {"freeze": "\n".join(line for _, line in sorted(_installed().items()))}
    # A file for each package: <name>-<version>-<build>.json
    notes = sorted(prefix.glob("conda-meta/*-*-*.json"))
    if notes:
        found["conda"] = "\n".join("=".join(note.stem.rsplit("-", 2)) for note in notes)
    return found


def from_list(packages: Iterable[object], argument: str) -> str:
    """Lines for pip from a list of them.

    Raises:
        UsageError: an element is no line of text.
    """
    lines: list[str] = []
    for line in packages:
        if not isinstance(line, str) or not line.strip() or "\n" in line:
            raise UsageError(f"{argument} has {line!r}; allowed are texts such as 'numpy' or 'torch>=2.1'")
        lines.append(line)
    return "\n".join(lines)


def wished_version(name: str, version: str | None) -> str:
    """What to say of a package's version: the comparison that is given, equality with a bare version, or with the one
    that is installed here."""
    if version is None:
        try:
            return f"== {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            return ""
    version = version.strip()
    return f"== {version}" if version[:1].isalnum() else version


def packages_of_file(path: Path) -> Iterator[tuple[str, str]]:
    """Names and what is said of their versions, of a requirements file; options and comments are passed over."""
    for line in path.read_text(encoding="utf-8").splitlines():
        content = line.partition(" #")[0].strip()
        named = None if content.startswith(("#", "-")) else _REQUIREMENT.match(content)
        if named:
            yield named[1], content[named.end() :].strip()


def normal_name(name: str) -> str:
    """A distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed() -> dict[str, str]:
    return {normal_name(found.name): f"{found.name} == {found.version}" for found in metadata.distributions()}


def _imported(scripts: Iterable[Path]) -> dict[str, str]:
    distributions = metadata.packages_distributions()
    lines = {}
    for module in _imported_modules(scripts):
        for name in distributions.get(module, ()):
            lines[normal_name(name)] = f"{name} == {metadata.version(name)}"
    return lines


def _imported_modules(scripts: Iterable[Path]) -> set[str]:
    """Names of top-level modules that scripts, and the local modules that they import, import from elsewhere."""
    found: set[str] = set()
    waiting = list(scripts)
    seen = set(waiting)
    while waiting and len(seen) < _SOURCES_AT_MOST:
        script = waiting.pop()
        for module in imports_of(_read(script)):
            local = set(_local_sources(script.parent, module))
            waiting += local - seen
            seen |= local
            if not local:
                found.add(module)
    return {module for module in found if module not in sys.stdlib_module_names}


def imports_of(text: str) -> set[str]:
    """Names of the top-level modules that a program imports, anywhere in it; none if it is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def _local_sources(folder: Path, module: str) -> list[Path]:
    file, package = folder / f"{module}.py", folder / module
    if file.is_file():
        return [file]
    return sorted(package.rglob("*.py")) if (package / "__init__.py").is_file() else []


def _read(script: Path) -> str:
    try:
        return script.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
