"""Configuration objects as the texts that the protocol keeps (sdk-surface §4.12).

A dictionary or a list is kept as JSON, which is HOCON and YAML as well, so that any client reads it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pellucid.base.errors import UsageError
from pellucid.sdk.parameters import encode_value
from pellucid.sdk.yaml_text import from_yaml

DICTIONARY: Final = "dictionary"
LIST: Final = "list"


def to_text(value: dict[Any, Any] | list[Any]) -> str:
    """A dictionary or a list as JSON; what that has no words for becomes the text that it is as a parameter."""
    return json.dumps(_plain(value), indent=4, ensure_ascii=False)


def from_text(text: str, type_: str | None) -> Any:
    """What a text in JSON, YAML or HOCON says.

    Args:
        text: the text.
        type_: what the configuration object is, such as ``yaml`` or ``dictionary``; decides where a text could be
            either.

    Raises:
        ValueError: it is none of these.
    """
    try:
        return json.loads(text)
    except ValueError:
        pass
    # Either of the two takes texts of the other for something else.
    is_yaml = any(name in (type_ or "").lower() for name in ("yaml", "yml"))
    problems = []
    for read in (from_yaml, _from_hocon) if is_yaml else (_from_hocon, from_yaml):
        try:
            return read(text)
        except ValueError as error:
            problems.append(str(error))
    raise ValueError("; ".join(problems))


def read_file(file: Path, argument: str) -> str:
    """The text of a file.

    Raises:
        UsageError: it can't be read, or is no text.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{argument} is {str(file)!r}; allowed is the path of a text file: {error}") from error


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    text, type_ = encode_value(value)
    reader: Callable[[str], Any] | None = {"bool": bool, "int": int, "float": float}.get(type_ or "")
    return reader(text) if reader is not None else text


def _from_hocon(text: str) -> Any:
    # Costs a tenth of a second, which only those pay who have such a text.
    from pyhocon import ConfigFactory, ConfigTree
    from pyhocon.exceptions import ConfigException
    from pyparsing import ParseBaseException

    try:
        tree = ConfigFactory.parse_string(text)
    except (ConfigException, ParseBaseException, TypeError) as error:
        raise ValueError(str(error)) from error
    return _plain(tree.as_plain_ordered_dict() if isinstance(tree, ConfigTree) else tree)
