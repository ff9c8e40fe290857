"""Lets a task's environment find this release of Pellucid where it has none of its own.

The agent's package, and what it needs, is linked into a folder that the environment looks into last. So what a task
requires wins, the rest of the agent's environment stays unseen, and nothing is to be fetched.
"""

from __future__ import annotations

import importlib.util
import re
from importlib import metadata
from pathlib import Path
from typing import Final

_PACKAGE: Final = "pellucid"
_NAMES: Final = (_PACKAGE, "clearml")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def make_sdk_folder(cache: Path) -> Path:
    """The folder, made anew: the agent may have been updated."""
    folder = cache / "sdk"
    folder.mkdir(parents=True, exist_ok=True)
    for name, place in _places().items():
        link = folder / name
        if link.is_symlink() and link.readlink() != place:
            link.unlink()
        if not link.exists():
            link.symlink_to(place)
    return folder


def _places() -> dict[str, Path]:
    places = {}
    for name in _NAMES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            places[name] = Path(spec.origin).parent
    for distribution in _needed(_PACKAGE, set()):
        for file in distribution.files or ():
            top = file.parts[0]
            if not top.startswith((".", "_pellucid")) and not top.endswith((".dist-info", ".pth")) and top != "..":
                places[top] = Path(str(distribution.locate_file(top)))
    return places


def _needed(name: str, seen: set[str]) -> list[metadata.Distribution]:
    """What a distribution requires without extras, and what that requires."""
    found = []
    for requirement in metadata.distribution(name).requires or ():
        named = _NAME.match(requirement)
        if named is None or "extra ==" in requirement or named[0].lower() in seen:
            continue
        seen.add(named[0].lower())
        try:
            found += [metadata.distribution(named[0]), *_needed(named[0], seen)]
        except metadata.PackageNotFoundError:
            continue  # it is for another platform
    return found
