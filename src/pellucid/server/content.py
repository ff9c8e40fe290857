"""What is in a request, made fit for every database, or refused where it comes in."""

from __future__ import annotations

import math
from typing import Any, Final

from pellucid.server.errors import ApiError
from pellucid.wire.codes import ErrorCode

MOST_DEPTH: Final = 100
"""How deep lists and objects may be nested: less than what any database, JSON reader or browser gives up on."""

_INT64: Final = range(-(2**63), 2**63)
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def checked(value: Any, where: str = "$", depth: int = 0) -> Any:
    """Parsed JSON that every database can hold: numbers that are not finite become ``null`` (protocol §3.6).

    Args:
        value: the content; lists and objects are changed in place.
        where: path of the value, for the message.
        depth: how deep it lies.

    Raises:
        ApiError: 400/12 for a NUL character, an integer of more than 64 bits, or too deep nesting; names the field.
    """
    if isinstance(value, str):
        if "\0" in value:
            raise _refusal("Text with a NUL character", where)
    elif isinstance(value, dict | list):
        if depth == MOST_DEPTH:
            raise _refusal(f"Nested more than {MOST_DEPTH} deep", f"{where[:80]}…")
        if isinstance(value, dict):
            for key, item in value.items():
                value[checked(key, f"{where} (a key)")] = checked(item, f"{where}.{key}", depth + 1)
        else:
            value[:] = [checked(item, f"{where}[{place}]", depth + 1) for place, item in enumerate(value)]
    elif isinstance(value, float):
        return value if math.isfinite(value) else None
    elif isinstance(value, int) and value not in _INT64:
        raise _refusal("Integer of more than 64 bits", where)
    return value


def without_nul(text: str) -> str:
    """A text that every database takes. What a run has printed is not refused for a character: it is replaced."""
    return text.replace("\0", _REPLACEMENT) if "\0" in text else text


def _refusal(problem: str, where: str) -> ApiError:
    return ApiError(ErrorCode.VALIDATION, f"{problem} - at `{where}`")
