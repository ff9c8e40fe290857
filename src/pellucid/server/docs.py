"""``/docs``: the description of the API, as a page for people and as a document for programs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from html import escape
from itertools import groupby
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pellucid.server.endpoints import AnyEndpoint
from pellucid.server.openapi import JSON, describe

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin: 2rem 0 .5rem; text-transform: capitalize }
summary { cursor: pointer; padding: .15rem 0 } summary code { font-weight: 600 }
summary span { opacity: .7 } table { border-collapse: collapse; margin: .5rem 0 1rem 1.2rem }
td, th { text-align: left; padding: .1rem 1.2rem .1rem 0; vertical-align: top } p { margin: .3rem 1.2rem }
@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd } a { color: #8bf } }
"""

_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_HEADERS: Final = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Docs:
    """Describes the endpoints of a server. Nothing is made before somebody asks."""

    def __init__(self, table: Mapping[str, AnyEndpoint]) -> None:
        self._table = table

    def schema(self, _: Request) -> Response:
        """The OpenAPI document."""
        return Response(self._document, headers=_HEADERS, media_type="application/json")

    def page(self, _: Request) -> Response:
        """The page. It runs no script and asks no other host."""
        return HTMLResponse(self._page, headers=_HEADERS)

    @cached_property
    def _document(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(describe(self._table)))

    @cached_property
    def _page(self) -> str:
        return "".join(_page(describe(self._table)))


def _page(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"<!doctype html><html lang=en><meta charset=utf-8><title>Pellucid API</title><style>{_STYLE}</style>"
    yield "<h1>Pellucid API</h1><p>Each action answers <code>POST /{action}</code> with a JSON body, as does "
    yield "<code>GET</code>. The whole description: <a href='/docs/openapi.json'>openapi.json</a> (OpenAPI 3.1).</p>"
    operations = [path["post"] for path in document["paths"].values()]
    for service, group in groupby(operations, key=lambda operation: operation["tags"][0]):
        yield f"<h2>{escape(service)}</h2>"
        for operation in group:
            yield from _action(operation, document["components"]["schemas"])


def _action(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    yield f"<details><summary><code>{escape(operation['operationId'])}</code> <span>{escape(operation['summary'])} "
    yield f"({escape(operation['x-policy'])})</span></summary>"
    (asked,) = operation["requestBody"]["content"].values()
    yield from _fields("Request", asked["schema"], schemas)
    answer = operation["responses"]["200"]["content"].get(JSON)  # Some answer with a file.
    if answer is not None:
        yield from _fields("Answer", answer["schema"]["properties"]["data"], schemas)
    yield "</details>"


def _fields(title: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    schema = schemas[_name(schema)] if "$ref" in schema else schema
    if not schema.get("properties"):
        return
    yield f"<table><tr><th>{title}<th>Type<th>"
    for name, kind in schema["properties"].items():
        needed = "required" if title == "Request" and name in schema.get("required", ()) else ""
        yield f"<tr><td><code>{escape(name)}</code><td>{escape(_shape(kind))}<td>{needed}"
    yield "</table>"


def _shape(schema: Mapping[str, Any]) -> str:
    """A type as a person reads it, without the limits that are in the document."""
    if "$ref" in schema:
        return _name(schema).removeprefix("pellucid.wire.")
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_shape(each) for each in schema["anyOf"] if each != {"type": "null"}))
    if schema.get("type") == "array":
        items = schema.get("items")
        return f"list of {_shape(items)}" if isinstance(items, Mapping) else "list"
    return str(schema.get("format") or schema.get("type") or "anything")


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
