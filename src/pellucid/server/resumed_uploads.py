"""Uploads that go on after they broke off: our own addition to the file server, which other clients need not know.

An upload is named by the SHA-256 of the whole content. ``HEAD /files/<path>?upload=<sha256>`` says in ``Upload-Offset``
how many bytes of it have arrived; ``PATCH`` with that ``Upload-Offset`` and the ``Upload-Length`` of the whole appends
its body. When all of it is there and is what its name says, the file takes its place, not before.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import IO, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from pellucid.server.errors import ApiError
from pellucid.server.file_tree import FileTree
from pellucid.server.request import refuse_encoding
from pellucid.wire.codes import ErrorCode
from pellucid.wire.files import UPLOAD, UPLOAD_LENGTH, UPLOAD_OFFSET

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NUMBER: Final = re.compile(r"\d{1,18}")
_CHUNK: Final = 1 << 20
_CONFLICT: Final = 409


async def tell_offset(request: Request, tree: FileTree, path: str) -> Response:
    """How much has arrived."""
    received = await run_in_threadpool(tree.received, path, _name(request))
    return Response(headers={UPLOAD_OFFSET: str(received)})


async def append(request: Request, tree: FileTree, path: str) -> Response:
    """Take in more of a file, and put it in its place if that is all."""
    refuse_encoding(request)
    digest, offset, length = _name(request), _number(request, UPLOAD_OFFSET), _number(request, UPLOAD_LENGTH)
    with tree.receiving(path, digest) as receiving:
        if receiving is None:
            return PlainTextResponse("somebody else is sending this file", _CONFLICT)
        size = os.fstat(receiving.file.fileno()).st_size
        if size != offset:
            return PlainTextResponse(f"{size} bytes are here", _CONFLICT, {UPLOAD_OFFSET: str(size)})
        async for chunk in request.stream():
            size += len(chunk)
            if size > length:
                raise ApiError(ErrorCode.VALIDATION, f"{UPLOAD_LENGTH} is {length}, but there is more")
            await run_in_threadpool(receiving.file.write, chunk)
        if size < length:
            return Response(headers={UPLOAD_OFFSET: str(size)})
        if await run_in_threadpool(_sha256, receiving.file) != digest:
            receiving.discard()
            raise ApiError(ErrorCode.VALIDATION, f"{UPLOAD}: what has arrived is something else")
        receiving.settle()
    return JSONResponse([path])


def _name(request: Request) -> str:
    name = request.query_params.get(UPLOAD, "")
    if not _SHA256.fullmatch(name):
        raise ApiError(ErrorCode.VALIDATION, f"{UPLOAD}: not a SHA-256 in hexadecimal")
    return name


def _number(request: Request, header: str) -> int:
    value = request.headers.get(header, "")
    if not _NUMBER.fullmatch(value):
        raise ApiError(ErrorCode.VALIDATION, f"{header}: not a number of bytes")
    return int(value)


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    at = 0
    while block := os.pread(file.fileno(), _CHUNK, at):
        digest.update(block)
        at += len(block)
    return digest.hexdigest()
