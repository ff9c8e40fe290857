"""An API request from bytes to bytes: find the endpoint, decode, check who asks, call, wrap in the envelope."""

from __future__ import annotations

import gzip
import logging
import re
from typing import Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from pellucid.base.clock import Clock
from pellucid.base.ids import new_id
from pellucid.server.auth.authority import Authority
from pellucid.server.auth.session import user_of_request
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Policy
from pellucid.server.errors import ApiError, from_store
from pellucid.server.event_records import parse_lines
from pellucid.server.request import merge_parameters, parse_object, to_request
from pellucid.store.api import Store
from pellucid.store.errors import StoreError
from pellucid.wire import events
from pellucid.wire.codes import ErrorCode
from pellucid.wire.envelope import API_VERSION, PELLUCID_CLIENT_HEADER, Endpoint, Envelope, Meta

API_PATH: Final = re.compile(r"(?:/api)?(?:/v(?P<version>\d+(?:\.\d+)?))?/(?P<name>[A-Za-z_]\w+\.[A-Za-z_]\w+)/?")
"""Paths of the API (protocol §1.1)."""

MOST_BYTES: Final = 64 << 20
"""Size of a request body at most; clients cut theirs at 15 MiB (protocol §1.9)."""

_COMPRESS_FROM: Final = 4096
_log = logging.getLogger(__name__)
_encoder = msgspec.json.Encoder()


class Dispatcher:
    """Answers API requests over one store."""

    def __init__(self, table: dict[str, AnyEndpoint], store: Store, authority: Authority, clock: Clock) -> None:
        self._table = table
        self._store = store
        self._authority = authority
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """Answer one request; whatever happens, the answer is an envelope."""
        match = API_PATH.fullmatch(request.url.path)
        name, version = (match["name"], match["version"] or API_VERSION) if match else (request.url.path, API_VERSION)
        if request.method == "OPTIONS":
            return Response()
        try:
            body = await _read_body(request)
            form = (await request.form()).multi_items() if _is_form(request) else []
            data = await run_in_threadpool(self._answer, name, request, body, [(k, str(v)) for k, v in form])
            return _respond(request, name, version, ErrorCode.GENERAL, data=data)
        except ApiError as error:
            return _respond(request, name, version, error.code, message=error.message)
        except Exception:  # noqa: BLE001 - the edge of a request: the client gets an envelope, the log the traceback
            _log.exception("%s failed", name)
            return _respond(request, name, version, ErrorCode.GENERAL, message=ErrorCode.GENERAL.sentence)

    def _answer(self, name: str, request: Request, body: bytes, form: list[tuple[str, str]]) -> bytes:
        endpoint = self._table.get(name)
        if endpoint is None:
            raise ApiError(ErrorCode.NOT_FOUND, name)
        try:
            user = None if endpoint.policy is Policy.PUBLIC else user_of_request(request, self._authority)
            if endpoint.policy is Policy.ADMIN and user is not None and user.role != "admin":
                raise ApiError(ErrorCode.FORBIDDEN, name)
            context = Context(
                store=self._store,
                authority=self._authority,
                clock=self._clock,
                user=user,
                worker=request.headers.get("X-ClearML-Worker") or request.headers.get("X-Trains-Worker") or "",
                authorization=request.headers.get("Authorization"),
            )
            content = _decode(endpoint, request, body, form)
            return encode(endpoint.handler(context, content))
        except StoreError as error:
            raise from_store(error) from error


def encode(data: Any) -> bytes:
    """JSON as the protocol has it: dates with an offset, and ``null`` for what is no finite number."""
    return _encoder.encode(data)


def _decode(endpoint: AnyEndpoint, request: Request, body: bytes, form: list[tuple[str, str]]) -> Any:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip()
    try:
        if kind == "application/json-lines" or endpoint.action is events.ADD_BATCH:
            sound, malformed = parse_lines(body)
            if not sound and not malformed:
                raise ApiError(ErrorCode.BATCH_EMPTY)
            return events.AddBatch(events=sound, malformed=malformed)
        if kind == "application/msgpack":
            return msgspec.msgpack.decode(body, type=endpoint.action.request)
    except msgspec.ValidationError as error:
        raise ApiError(ErrorCode.BATCH_ITEM_INVALID if b"\n" in body else ErrorCode.VALIDATION, str(error)) from error
    except msgspec.DecodeError as error:
        raise ApiError(ErrorCode.BAD_REQUEST, f"the body cannot be read: {error}") from error
    content = {} if form else parse_object(body)
    merged = merge_parameters(content, [*request.query_params.multi_items(), *form])
    return to_request(merged, endpoint.action.request)


async def _read_body(request: Request) -> bytes:
    if request.headers.get("Content-Encoding"):
        raise ApiError(ErrorCode.CONTENT_ENCODING)
    declared = request.headers.get("Content-Length", "0")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        raise ApiError(ErrorCode.TOO_LARGE, f"{declared} bytes; the limit is {MOST_BYTES}")
    if _is_form(request):
        return b""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES:
            raise ApiError(ErrorCode.TOO_LARGE, f"more than {MOST_BYTES} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _is_form(request: Request) -> bool:
    return request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")


def _respond(
    request: Request, name: str, version: str, code: ErrorCode, *, data: bytes | None = None, message: str = "OK"
) -> Response:
    succeeded = data is not None
    call = new_id()
    envelope = Envelope(
        meta=Meta(
            id=call,
            trx=request.headers.get("X-Clearml-Trx", call),
            endpoint=Endpoint(name=name, requested_version=version, actual_version=API_VERSION),
            result_code=200 if succeeded else code.status,
            result_subcode=0 if succeeded else code.subcode,
            result_msg=message,
        ),
        data=msgspec.Raw(data or b"{}"),
    )
    content = _encoder.encode(envelope)
    headers = {"Cache-Control": "no-store"}
    if PELLUCID_CLIENT_HEADER not in request.headers and "cookie" not in request.headers:
        # Existing clients fork with open sockets and mix up the answers on kept connections.
        headers["Connection"] = "close"
    if len(content) >= _COMPRESS_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        content = gzip.compress(content, compresslevel=1)
        headers["Content-Encoding"] = "gzip"
    return Response(content, envelope.meta.result_code, headers, media_type="application/json")
