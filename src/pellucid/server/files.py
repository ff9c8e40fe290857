"""The file server: ``/files/<path>``, and multipart uploads as existing clients make them (protocol §1.11)."""

from __future__ import annotations

import mimetypes
import os
import re
from collections.abc import Iterator
from typing import IO, Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from pellucid.server import resumed_uploads
from pellucid.server.auth.authority import Authority
from pellucid.server.auth.session import caller_of_request
from pellucid.server.errors import ApiError, from_store
from pellucid.server.file_tree import BadPathError, FileTree
from pellucid.server.request import parse_object, read_body, refuse_encoding
from pellucid.server.uploads import store_parts
from pellucid.store.errors import StoreError
from pellucid.wire.codes import ErrorCode
from pellucid.wire.files import UPLOAD

_CHUNK: Final = 1 << 20
_RANGE: Final = re.compile(r"bytes=(\d{0,99})-(\d{0,99})")
_MOST_NAMES: Final = 16 << 20

_SHOWN: Final = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "application/json", "text/csv", "video/mp4",
     "audio/mpeg", "audio/x-wav", "application/pdf"}
)  # fmt: skip
"""Types that a browser shows without running anything; all others are offered for download."""

_RUN: Final = frozenset({"text/javascript", "application/javascript", "text/css", "application/wasm"})
"""Types that a page of our own origin would run, were it tricked into naming such a file; under another it can't."""

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Accept-Ranges": "bytes",
}

_REFUSALS: Final = (ApiError, BadPathError, ClientDisconnect, OSError, StoreError)


class FileServer:
    """Stores and serves files for those who have a token or a session."""

    def __init__(self, tree: FileTree, authority: Authority) -> None:
        self._tree = tree
        self._authority = authority

    async def one(self, request: Request) -> Response:
        """GET, HEAD, PUT, PATCH or DELETE of one file."""
        path = request.path_params["path"]
        try:
            reading = request.method in ("GET", "HEAD")
            await run_in_threadpool(caller_of_request, request, self._authority, reading=reading)
            if request.method == "PUT":
                return await self._put(request, path)
            if request.method == "PATCH":
                return await resumed_uploads.append(request, self._tree, path)
            if request.method == "HEAD" and UPLOAD in request.query_params:
                return await resumed_uploads.tell_offset(request, self._tree, path)
            if request.method == "DELETE":
                await run_in_threadpool(self._tree.delete, path)
                return JSONResponse(path)
            file = await run_in_threadpool(self._tree.open, path)
            return _serve(request, path, file)
        except _REFUSALS as error:
            return _refuse(error)

    async def ping(self, _: Request) -> Response:
        """A sign of life, for everybody."""
        return PlainTextResponse("OK")

    async def delete_many(self, request: Request) -> Response:
        """Delete the files that a JSON body names (protocol §1.11)."""
        try:
            await run_in_threadpool(caller_of_request, request, self._authority)
            content = parse_object(await read_body(request, limit=_MOST_NAMES))
            names = content.get("files")
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                raise ApiError(ErrorCode.VALIDATION, "files: not a list of paths")
            return JSONResponse(await run_in_threadpool(self._delete_each, names))
        except (ApiError, StoreError, ClientDisconnect) as error:
            return _refuse(error)

    def _delete_each(self, names: list[str]) -> dict[str, Any]:
        deleted: dict[str, str] = {}
        errors: dict[str, list[str]] = {}
        for name in names:
            try:
                self._tree.delete(name)
                deleted[name] = name
            except BadPathError:
                errors.setdefault("not a path of a file here", []).append(name)
            except FileNotFoundError:
                errors.setdefault("no such file", []).append(name)
        return {"deleted": deleted, "errors": errors}

    async def upload(self, request: Request) -> Response:
        """A multipart upload: each part's name is the path of its file."""
        try:
            await run_in_threadpool(caller_of_request, request, self._authority)
            refuse_encoding(request)
            return JSONResponse(await store_parts(request, self._tree))
        except _REFUSALS as error:
            return _refuse(error)

    async def _put(self, request: Request, path: str) -> Response:
        refuse_encoding(request)
        with self._tree.replacing(path) as file:
            async for chunk in request.stream():
                await run_in_threadpool(file.write, chunk)
        return JSONResponse([path])


def _serve(request: Request, path: str, file: IO[bytes]) -> Response:
    state = os.fstat(file.fileno())
    size = state.st_size
    tag = f'"{state.st_mtime_ns:x}-{state.st_ino:x}"'
    kind, encoding = mimetypes.guess_type(path)
    # A compressed file is served as the bytes that it is, or clients would inflate it on the way (protocol §1.11).
    kind = "application/octet-stream" if encoding or not kind or kind in _RUN else kind
    headers = {**_HEADERS, "ETag": tag}
    if kind not in _SHOWN or "download" in request.query_params:
        name = path.rpartition("/")[2]
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    start, end = 0, size
    status = 200
    wanted = _RANGE.fullmatch(request.headers.get("Range", ""))
    # Whoever resumes says what the part is to fit to: a file that was replaced meanwhile comes whole.
    if wanted and (wanted[1] or wanted[2]) and request.headers.get("If-Range", tag) == tag:
        start, end = _span(wanted[1], wanted[2], size)
        if start >= end:
            file.close()
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        status = 206
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        file.close()
        return Response(status_code=status, headers=headers, media_type=kind)
    return StreamingResponse(_read(file, start, end), status, headers, media_type=kind)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


def _read(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < end and (chunk := file.read(min(_CHUNK, end - start))):
            start += len(chunk)
            yield chunk


def _refuse(error: Exception) -> Response:
    if isinstance(error, StoreError):
        error = from_store(error)
    if isinstance(error, ApiError):
        return PlainTextResponse(error.message, error.code.status)
    if isinstance(error, BadPathError):
        return PlainTextResponse(str(error), 400)
    if isinstance(error, ClientDisconnect):
        return PlainTextResponse("the request breaks off", 400)  # nobody is there to read it
    if isinstance(error, FileNotFoundError):
        return PlainTextResponse("no such file", 404)
    return PlainTextResponse(f"the file cannot be stored now: {error}", 503)
