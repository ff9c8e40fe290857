"""The description of the API for programs: OpenAPI 3.1, from the types that requests and answers are made of."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from pellucid.base.version import __version__
from pellucid.server.endpoints import AnyEndpoint, Policy
from pellucid.wire import events, ingest, organization, task_contents
from pellucid.wire.envelope import Meta

JSON: Final = "application/json"

_BODIES: Final[Mapping[str, tuple[type, str, str]]] = {
    events.ADD_BATCH.name: (events.Event, "application/json-lines", "A JSON object on each line (protocol §1.9)."),
    task_contents.UPDATE_BATCH.name: (
        task_contents.Update,
        "application/json-lines",
        "A JSON object on each line (protocol §1.9).",
    ),
    ingest.APPEND.name: (ingest.Append, "application/msgpack", "MessagePack, where texts of bytes are binary."),
}
"""Requests that do not travel as a JSON object: the type of what they hold, and how they do travel."""

_FILES: Final[Mapping[str, tuple[str, ...]]] = {
    events.DOWNLOAD_TASK_LOG.name: ("application/json-lines", "text/plain"),
    organization.DOWNLOAD.name: ("text/csv",),
}
"""Answers that are a file instead of an envelope, with its types."""

_INTRODUCTION: Final = """\
Each action answers GET, POST and PUT alike, at `/{action}` and `/v{X.Y}/{action}`; parameters may also come in the
query string. The answer is an envelope: `meta` says how it went, `data` holds what was asked for. Unknown fields of a
request are passed over, and `null` means that a field is absent. Files are stored and fetched at `/files/{path}`.
"""


def describe(table: Mapping[str, AnyEndpoint]) -> dict[str, Any]:
    """The OpenAPI document of all endpoints.

    Args:
        table: the endpoints by name.
    """
    types = [kind for name in sorted(table) for kind in _types(table[name])]
    schemas, components = msgspec.json.schema_components([*types, Meta], ref_template="#/components/schemas/{name}")
    by_type = dict(zip(map(repr, types), schemas, strict=False))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pellucid", "version": __version__, "description": _INTRODUCTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": service} for service in sorted({name.partition(".")[0] for name in table})],
        "paths": {f"/{name}": {"post": _operation(table[name], by_type, schemas[-1])} for name in sorted(table)},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "keys": {"type": "http", "scheme": "basic", "description": "Access key and secret key."},
            },
        },
    }


def _types(endpoint: AnyEndpoint) -> tuple[Any, Any]:
    action = endpoint.action
    return _BODIES.get(action.name, (action.request,))[0], action.response


def _operation(endpoint: AnyEndpoint, schemas: Mapping[str, Any], meta: Any) -> dict[str, Any]:
    action = endpoint.action
    request, response = (schemas[repr(kind)] for kind in _types(endpoint))
    return {
        "operationId": action.name,
        "tags": [action.name.partition(".")[0]],
        "summary": (inspect.getdoc(endpoint.handler) or inspect.getdoc(action.request) or "").partition("\n")[0],
        "description": inspect.getdoc(action.request) or "",
        "x-policy": endpoint.policy.value,
        "security": [] if endpoint.policy is Policy.PUBLIC else [{"token": []}, {"keys": []}],
        "requestBody": _body(endpoint, request),
        "responses": {
            "200": _file(_FILES[action.name]) if action.name in _FILES else _answer("Done.", meta, response),
            "default": _answer("An error: `meta.result_msg` says which, `meta.result_code` is the status.", meta, {}),
        },
    }


def _body(endpoint: AnyEndpoint, request: Any) -> dict[str, Any]:
    if special := _BODIES.get(endpoint.action.name):
        _, kind, description = special
        return {"required": True, "description": description, "content": {kind: {"schema": request}}}
    required = any(field.required for field in msgspec.structs.fields(endpoint.action.request))
    return {"required": required, "content": {JSON: {"schema": request}}}


def _answer(description: str, meta: Any, data: Any) -> dict[str, Any]:
    envelope = {"type": "object", "required": ["meta", "data"], "properties": {"meta": meta, "data": data}}
    return {"description": description, "content": {JSON: {"schema": envelope}}}


def _file(kinds: Sequence[str]) -> dict[str, Any]:
    return {"description": "The file.", "content": {kind: {"schema": {"type": "string"}} for kind in kinds}}
