"""Requests as they come in: one JSON object from body, query string and form (protocol §1.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request

from pellucid.server.content import checked
from pellucid.server.errors import ApiError
from pellucid.wire.codes import ErrorCode
from pellucid.wire.organization import GetEntitiesCount, PrepareDownload
from pellucid.wire.query import Query

T = TypeVar("T")

_MISSING_FIELD: Final = re.compile(r"missing required field `(\w+)`")


async def read_body(request: Request, *, limit: int) -> bytes:
    """The whole body.

    Raises:
        ApiError: 413 beyond the limit, in bytes; 415 for a compressed body, as on the reference server (protocol §1.3).
        ClientDisconnect: the client has gone.
    """
    refuse_encoding(request)
    declared = request.headers.get("Content-Length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise ApiError(ErrorCode.TOO_LARGE, f"{declared} bytes; the limit is {limit}")
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise ApiError(ErrorCode.TOO_LARGE, f"more than {limit} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def refuse_encoding(request: Request) -> None:
    """Raises ApiError 415 for a compressed body."""
    if request.headers.get("Content-Encoding"):
        raise ApiError(ErrorCode.CONTENT_ENCODING)


def parse_json(text: bytes) -> Any:
    """A JSON value; also as Python's own writer makes it, with ``NaN`` and ``Infinity`` (protocol §3.6), and with the
    undecodable bytes of a console, which become question marks.

    Raises:
        ValueError: it is neither, or nested too deeply.
    """
    try:
        return msgspec.json.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except msgspec.DecodeError as error:
        try:
            return json.loads(json.dumps(json.loads(text), ensure_ascii=False).encode(errors="replace"))
        except (ValueError, RecursionError):
            raise ValueError(str(error)) from error


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; an empty body is an empty object. Raises ApiError 400."""
    if not body.strip():
        return {}
    try:
        parsed = parse_json(body)
    except ValueError as error:
        raise ApiError(ErrorCode.BAD_REQUEST, f"the body is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise ApiError(ErrorCode.BAD_REQUEST, "the body is not a JSON object")
    return parsed


def merge_parameters(target: dict[str, Any], parameters: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Lay parameters of a query string or form over a body: ``a.b=`` nests, a repeated key is a list.

    The values stay texts: which of them are numbers or truth values, the request's type says.
    """
    seen: dict[str, list[str]] = {}
    for key, value in parameters:
        seen.setdefault(key, []).append(value)
    for key, values in seen.items():
        *parents, leaf = key.split(".")
        place = target
        for parent in parents:
            if place.get(parent) is None:
                place[parent] = {}
            place = place[parent]
            if not isinstance(place, dict):
                raise ApiError(ErrorCode.BAD_REQUEST, f"parameter {key!r} contradicts the body")
        place[leaf] = values[0] if len(values) == 1 else values
    return target


def to_request(content: dict[str, Any], request: type[T]) -> T:
    """Check an object against a request's type; ``null`` means absent, unknown keys are ignored, and a text is taken
    for the number or truth value that it names.

    Raises:
        ApiError: 400/11 for a missing field, 400/12 for a wrong type or for content that no database holds; the
            message names the field.
    """
    given = {key: value for key, value in checked(content).items() if value is not None}
    if issubclass(request, Query):
        given = _with_paths(given)
    if issubclass(request, GetEntitiesCount):
        given = {key: _with_paths(value) if isinstance(value, dict) else value for key, value in given.items()}
    if issubclass(request, PrepareDownload):
        given["listing"] = {key: given.pop(key) for key in list(given) if key not in request.__struct_fields__}
    try:
        return msgspec.convert(given, request, strict=False)
    except msgspec.ValidationError as error:
        code = ErrorCode.MISSING_FIELDS if _MISSING_FIELD.search(str(error)) else ErrorCode.VALIDATION
        raise ApiError(code, str(error)) from error


def _with_paths(listing: dict[str, Any]) -> dict[str, Any]:
    """Filters by what is inside documents have keys such as ``execution.queue`` (protocol §2.0)."""
    paths = {key: value for key, value in listing.items() if "." in key}
    return {**{key: value for key, value in listing.items() if key not in paths}, "by_path": paths}
