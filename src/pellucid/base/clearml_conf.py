"""Reads ``clearml.conf``, the configuration file that people have (HOCON, sdk-surface §5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pellucid.base.errors import UsageError


def conf_file(environ: Mapping[str, str]) -> Path | None:
    """The file in use, if there is one: ``PELLUCID_CONFIG_FILE``, ``CLEARML_CONFIG_FILE``, else ``~/clearml.conf``.

    Raises:
        UsageError: a variable names a file that does not exist.
    """
    for variable in ("PELLUCID_CONFIG_FILE", "CLEARML_CONFIG_FILE"):
        if given := environ.get(variable):
            path = Path(given).expanduser()
            if not path.exists():
                raise UsageError(f"{variable}={given!r}: there is no such file")
            return path if path.is_file() else None  # /dev/null means: none
    try:
        path = Path.home() / "clearml.conf"
        return path if path.is_file() else None
    except (OSError, RuntimeError):
        return None  # no home, or one that can't be looked into


def chosen_conf_file(environ: Mapping[str, str]) -> Path:
    """Where the file is or would be: as ``conf_file``, whether it exists or not."""
    given = environ.get("PELLUCID_CONFIG_FILE") or environ.get("CLEARML_CONFIG_FILE")
    return Path(given) if given else Path.home() / "clearml.conf"


def read_conf(path: Path) -> Mapping[str, Any]:
    """The values of a file by their dotted path; sections are left out.

    Raises:
        UsageError: the file can't be read, or is no HOCON.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{path} can't be read as a configuration: {error}") from error
    return parse_conf(text, path, folder=path.parent)


def parse_conf(text: str, source: object, *, folder: Path | None = None) -> Mapping[str, Any]:
    """The values of a text as of a file.

    Args:
        text: HOCON, of which JSON is a part.
        source: what to call it in an error.
        folder: where files are that it includes.

    Raises:
        UsageError: it is no HOCON.
    """
    # Costs a tenth of a second, which only those pay who have such a file.
    from pyhocon import ConfigFactory, ConfigTree
    from pyhocon.exceptions import ConfigException
    from pyparsing import ParseBaseException

    try:
        tree = ConfigFactory.parse_string(text, basedir=None if folder is None else str(folder))
    except (OSError, ConfigException, ParseBaseException) as error:
        raise UsageError(f"{source} can't be read as a configuration: {error}") from error
    if not isinstance(tree, ConfigTree):
        raise UsageError(f"{source} can't be read as a configuration: it is not an object")
    return dict(_flat(tree.as_plain_ordered_dict(), ""))


def _flat(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    values: list[tuple[str, Any]] = []
    for quoted, value in tree.items():
        key = prefix + quoted.strip('"')
        if isinstance(value, Mapping):
            values += _flat(value, f"{key}.")
        else:
            values.append((key, value))
    return values
