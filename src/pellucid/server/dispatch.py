"""An API request from bytes to bytes: find the endpoint, check who asks, decode, call, wrap in the envelope."""

from __future__ import annotations

import gzip
import logging
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from pellucid.base.clock import Clock
from pellucid.base.ids import new_id
from pellucid.server.auth.authority import ADMIN_ROLE, Authority
from pellucid.server.auth.session import caller_of_request, worker_of
from pellucid.server.context import Context
from pellucid.server.download import Download
from pellucid.server.endpoints import AnyEndpoint, Policy
from pellucid.server.errors import ApiError, from_store
from pellucid.server.event_records import parse_lines, parse_objects
from pellucid.server.file_tree import FileTree
from pellucid.server.request import merge_parameters, parse_object, read_body, to_request
from pellucid.store.api import Store
from pellucid.store.errors import StoreError
from pellucid.wire import action, events, ingest, task_contents
from pellucid.wire.codes import ErrorCode
from pellucid.wire.envelope import API_VERSION, PELLUCID_CLIENT_HEADER, Endpoint, Envelope, Meta

API_PATH: Final = re.compile(r"(?:/api)?(?:/v(?P<version>\d+(?:\.\d+)?))?/(?P<name>[A-Za-z_]\w+\.[A-Za-z_]\w+)/?")
"""Paths of the API (protocol §1.1)."""

MOST_BYTES: Final = 64 << 20
"""Size of a request body at most; clients cut theirs at 15 MiB (protocol §1.9)."""

_COMPRESS_FROM: Final = 4096
_RETRY_SECONDS: Final = "5"
_log = logging.getLogger(__name__)
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True)
class _Call:
    """A request and what it asks for; ``endpoint`` is ``None`` if there is none of this name."""

    request: Request
    name: str
    version: str
    endpoint: AnyEndpoint | None


class Dispatcher:
    """Answers API requests over one store."""

    def __init__(
        self, table: dict[str, AnyEndpoint], store: Store, authority: Authority, files: FileTree, clock: Clock
    ) -> None:
        self._table = table
        self._store = store
        self._authority = authority
        self._clock = clock
        self._files = files

    async def __call__(self, request: Request) -> Response:
        """Answer one request; whatever happens, the answer is an envelope."""
        if request.method == "OPTIONS":
            return Response()
        match = API_PATH.fullmatch(request.url.path)
        name = match["name"] if match else request.url.path
        call = _Call(request, name, (match and match["version"]) or API_VERSION, self._table.get(name))
        try:
            body = await read_body(request, limit=MOST_BYTES)
        except ApiError as error:
            return _respond(call, error)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        # All that takes time is done there: the store's work, decoding, and compressing the answer.
        return await run_in_threadpool(self._answer, call, body)

    def _answer(self, call: _Call, body: bytes) -> Response:
        try:
            return _respond(call, self._data(call, body))
        except ApiError as error:
            return _respond(call, error)
        except StoreError as error:
            return _respond(call, from_store(error))
        except RecursionError:
            return _respond(call, ApiError(ErrorCode.BAD_REQUEST, "the content is nested too deeply"))
        except Exception:  # noqa: BLE001 - the edge of a request: the client gets an envelope, the log the traceback
            _log.exception("%s failed", call.name)
            return _respond(call, ApiError(ErrorCode.GENERAL))

    def _data(self, call: _Call, body: bytes) -> bytes | Download:
        endpoint, request = call.endpoint, call.request
        if endpoint is None:
            raise ApiError(ErrorCode.NOT_FOUND, call.name)
        caller = None if endpoint.policy is Policy.PUBLIC else caller_of_request(request, self._authority)
        if endpoint.policy is Policy.ADMIN and (caller is None or caller.user.role != ADMIN_ROLE):
            raise ApiError(ErrorCode.FORBIDDEN, call.name)
        context = Context(
            store=self._store,
            authority=self._authority,
            clock=self._clock,
            caller=caller,
            worker=worker_of(request),
            authorization=request.headers.get("Authorization"),
            files=self._files,
            client=request.headers.get("X-ClearML-Client") or request.headers.get("X-Trains-Client") or "",
            address=request.client.host if request.client else "",
        )
        answer = endpoint.handler(context, _decode(endpoint, request, body))
        return answer if isinstance(answer, Download) else encode(answer)


def encode(data: Any) -> bytes:
    """JSON as the protocol has it: dates with an offset, and ``null`` for what is no finite number."""
    return _encoder.encode(data)


def _decode(endpoint: AnyEndpoint, request: Request, body: bytes) -> Any:
    if endpoint.action is events.ADD_BATCH:
        sound, malformed = parse_lines(body)
        if not sound and not malformed:
            raise ApiError(ErrorCode.BATCH_EMPTY)
        return events.AddBatch(events=sound, malformed=malformed)
    if endpoint.action is task_contents.UPDATE_BATCH:
        return task_contents.UpdateBatch(
            updates=[to_request(line, task_contents.Update) for line in parse_objects(body)]
        )
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip()
    if kind == "application/msgpack":
        return _from_msgpack(body, endpoint.action.request)
    content, parameters = {}, request.query_params.multi_items()
    if kind == "application/x-www-form-urlencoded":
        parameters += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    else:
        content = parse_object(body)
    return to_request(merge_parameters(content, parameters), endpoint.action.request)


def _from_msgpack(body: bytes, request: type[action.Request]) -> Any:
    try:
        if request is ingest.Append:
            return msgspec.msgpack.decode(body, type=ingest.Append)
        content = msgspec.msgpack.decode(body)
    except msgspec.ValidationError as error:
        raise ApiError(ErrorCode.VALIDATION, str(error)) from error
    except msgspec.DecodeError as error:
        raise ApiError(ErrorCode.BAD_REQUEST, f"the body is not MessagePack: {error}") from error
    if not isinstance(content, dict):
        raise ApiError(ErrorCode.BAD_REQUEST, "the body is not a MessagePack map")
    return to_request(content, request)


def _respond(call: _Call, outcome: bytes | Download | ApiError) -> Response:
    """The envelope around data or an error, or a file as it is."""
    headers = call.request.headers
    extra = {"Cache-Control": "no-store"}
    if PELLUCID_CLIENT_HEADER not in headers and "cookie" not in headers:
        # Existing clients fork with open sockets and mix up the answers on kept connections.
        extra["Connection"] = "close"
    if isinstance(outcome, Download):
        extra |= {"Content-Disposition": f'attachment; filename="{outcome.name}"', "X-Content-Type-Options": "nosniff"}
        return StreamingResponse(outcome.parts, headers=extra, media_type=outcome.kind)
    status, subcode, message = 200, 0, "OK"
    if isinstance(outcome, ApiError):
        status, subcode, message = outcome.code.status, outcome.code.subcode, outcome.message
    call_id = new_id()
    envelope = Envelope(
        meta=Meta(
            id=call_id,
            trx=headers.get("X-Clearml-Trx", call_id),
            endpoint=Endpoint(
                name=call.name,
                requested_version=call.version,
                actual_version=API_VERSION if call.endpoint else None,
            ),
            result_code=status,
            result_subcode=subcode,
            result_msg=message,
        ),
        data=msgspec.Raw(outcome if isinstance(outcome, bytes) else b"{}"),
    )
    content = _encoder.encode(envelope)
    if status == ErrorCode.UNAVAILABLE.status:
        # Existing clients come back on a 503 for ever, and would wait for up to two minutes between two attempts.
        extra["Retry-After"] = _RETRY_SECONDS
    if len(content) >= _COMPRESS_FROM and "gzip" in headers.get("Accept-Encoding", ""):
        content = gzip.compress(content, compresslevel=1)
        extra["Content-Encoding"] = "gzip"
    return Response(content, status, extra, media_type="application/json")
