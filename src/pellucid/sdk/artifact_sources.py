"""Files of the program that become an artifact: one, a folder, those of a wildcard, a list (sdk-surface M162-M164)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pellucid.base.errors import UsageError

_WILDCARDS: Final = "*?["


def existing_path(value: object) -> Path | None:
    """A file or folder by its path; ``None`` if it is neither."""
    if not isinstance(value, str | Path) or not str(value):
        return None
    try:
        return Path(value) if Path(value).exists() else None
    except (OSError, ValueError):
        return None  # far too long for a path, or with a zero byte in it


def wildcard_folder(value: object) -> tuple[Path, dict[str, Path]] | None:
    """The files that a wildcard means, anywhere below its folder.

    A text that is one might be meant as a text: it counts as a wildcard if something matches, and if it has a folder or
    no blanks.

    Returns:
        The folder, and files by their names relative to it; ``None`` if there are none.
    """
    if not isinstance(value, str | Path):
        return None
    folder_name, pattern = os.path.split(value)
    if not any(character in pattern for character in _WILDCARDS) or "\n" in pattern:
        return None
    if isinstance(value, str) and not folder_name and any(character.isspace() for character in pattern):
        return None
    folder = Path(folder_name or ".")
    try:
        found = sorted(path for path in folder.rglob(pattern) if path.is_file()) if folder.is_dir() else []
    except (OSError, ValueError):
        return None
    return (folder, {path.relative_to(folder).as_posix(): path for path in found}) if found else None


def archived_files(paths: Sequence[Path]) -> dict[str, Path]:
    """Files, and those of folders, by their names in an archive: relative to what they have in common. Empty folders
    are left out.

    Raises:
        UsageError: one does not exist.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"artifact_object has {path!r}, which does not exist; allowed are files and folders")
    whole = [Path(os.path.abspath(path)) for path in paths]  # links stay what they are
    base = os.path.commonpath([path if path.is_dir() else path.parent for path in whole])
    files = [file for path in whole for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return {os.path.relpath(file, base): file for file in files if file.is_file()}
