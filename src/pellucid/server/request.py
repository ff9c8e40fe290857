"""Requests as they come in: one JSON object from body, query string and form (protocol §1.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, TypeVar

import msgspec

from pellucid.server.errors import ApiError
from pellucid.wire.codes import ErrorCode

T = TypeVar("T")

_MISSING_FIELD: Final = re.compile(r"missing required field `(\w+)`")


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; an empty body is an empty object."""
    if not body.strip():
        return {}
    try:
        parsed = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise ApiError(ErrorCode.BAD_REQUEST, f"the body is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise ApiError(ErrorCode.BAD_REQUEST, "the body is not a JSON object")
    return parsed


def merge_parameters(target: dict[str, Any], parameters: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Lay parameters of a query string or form over a body: ``a.b=`` nests, a repeated key is a list."""
    seen: dict[str, list[Any]] = {}
    for key, value in parameters:
        seen.setdefault(key, []).append(_scalar(value))
    for key, values in seen.items():
        *parents, leaf = key.split(".")
        place = target
        for parent in parents:
            nested = place.setdefault(parent, {})
            if not isinstance(nested, dict):
                raise ApiError(ErrorCode.BAD_REQUEST, f"parameter {key!r} contradicts the body")
            place = nested
        place[leaf] = values[0] if len(values) == 1 else values
    return target


def to_request(content: dict[str, Any], request: type[T]) -> T:
    """Check an object against a request's type; ``null`` means absent, unknown keys are ignored.

    Raises:
        ApiError: 400/11 for a missing field, 400/12 for a wrong type; the message names the field.
    """
    given = {key: value for key, value in content.items() if value is not None}
    try:
        return msgspec.convert(given, request, strict=False)
    except msgspec.ValidationError as error:
        code = ErrorCode.MISSING_FIELDS if _MISSING_FIELD.search(str(error)) else ErrorCode.VALIDATION
        raise ApiError(code, str(error)) from error


def _scalar(text: str) -> Any:
    if text.isascii() and text.isdigit():
        return int(text)
    return {"true": True, "false": False}.get(text.lower(), text)
