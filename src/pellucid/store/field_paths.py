"""Dotted paths into documents (protocol §2.0, §2.2).

Names of parameters may hold dots themselves. The web page of the protocol escapes them; other clients write them down
as they are, so that what stands between the known ends of a path is taken for one name.
"""

from __future__ import annotations

import re
from typing import Final

_ESCAPES: Final = {"%2E": ".", "%24": "$", "%_": "_", "%%": "%"}
_ESCAPED: Final = re.compile("|".join(map(re.escape, _ESCAPES)))

_SHAPES: Final = {
    "hyperparams": (2, 1),
    "configuration": (1, 1),
    "metadata": (1, 1),
    "runtime": (1, 0),
    "container": (1, 0),
}
"""How many parts stand before a name that may hold dots, and how many behind it."""


def split_path(path: str) -> tuple[str, ...]:
    """The parts of a dotted path, without escapes; a name that may hold dots is one part."""
    return _unescaped(_with_dotted_name(path.split(".")))


def readings(path: str) -> set[tuple[str, ...]]:
    """The ways to read a dotted path: with a dot in a name, or each part as a key of its own."""
    return {split_path(path), _unescaped(path.split("."))}


def _unescaped(parts: list[str]) -> tuple[str, ...]:
    return tuple(_ESCAPED.sub(lambda match: _ESCAPES[match[0]], part) for part in parts)


def _with_dotted_name(parts: list[str]) -> list[str]:
    if parts[:2] == ["execution", "parameters"]:
        before, behind = 2, 0
    elif parts[0] in _SHAPES:
        before, behind = _SHAPES[parts[0]]
    else:
        return parts
    if len(parts) <= before + 1 + behind:
        return parts
    end = len(parts) - behind
    return [*parts[:before], ".".join(parts[before:end]), *parts[end:]]
