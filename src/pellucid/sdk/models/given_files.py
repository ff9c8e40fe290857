"""Files that the program gives as weights, by their paths; all of these raise ``UsageError`` for what is none."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pellucid.base.errors import UsageError


def check_file(argument: str, value: object) -> Path:
    """An existing file or folder."""
    if isinstance(value, str | Path) and str(value):
        path = Path(value).expanduser()
        if path.exists():
            return path
        raise UsageError(f"{argument} is {str(value)!r}, which does not exist; allowed is the path of a file")
    raise UsageError(f"{argument} is {value!r}; allowed is the path of a file")


def check_files(files: object, folder: object) -> list[Path]:
    """A list of files (``weights_filenames``), or a folder (``weights_path``)."""
    if (files is None) == (folder is None):
        raise UsageError(
            f"weights_filenames is {files!r}, and weights_path is {folder!r}; allowed is one of the two: a list of "
            "files, or a folder"
        )
    if folder is not None:
        path = check_file("weights_path", folder)
        if not path.is_dir():
            raise UsageError(f"weights_path is {str(folder)!r}, which is no folder; weights_filenames takes files")
        return [path]
    if isinstance(files, str | Path) or not isinstance(files, Iterable):
        raise UsageError(f"weights_filenames is {files!r}; allowed is a list of files")
    found = [check_file("weights_filenames", file) for file in files]
    if not found:
        raise UsageError("weights_filenames is empty; allowed is a list of files")
    return found
