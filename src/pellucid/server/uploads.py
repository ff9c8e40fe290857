"""Multipart uploads as existing clients make them: each part is a file, its name is the path (protocol §1.11).

The parts go to their places while they arrive, so that a file of any size takes no memory and is written once.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import IO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from pellucid.server.errors import ApiError
from pellucid.server.file_tree import FileTree
from pellucid.wire.codes import ErrorCode


async def store_parts(request: Request, tree: FileTree) -> list[str]:
    """Store the files of a request, replacing those that are there.

    Returns:
        the paths, without a leading slash. If the request breaks off, the files that were whole are stored.

    Raises:
        ApiError: 400, the body is not multipart, holds no file or breaks off.
        BadPathError: the name of a part is no path of a file.
        ClientDisconnect: the client has gone.
    """
    _, options = parse_options_header(request.headers.get("Content-Type"))
    if b"boundary" not in options:
        raise ApiError(ErrorCode.BAD_REQUEST, "the upload is not multipart/form-data with a boundary")
    with ExitStack() as unfinished:
        parts = _Parts(tree, unfinished)
        try:
            parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": parts.begin,
                    "on_header_field": parts.header_field,
                    "on_header_value": parts.header_value,
                    "on_header_end": parts.header_end,
                    "on_headers_finished": parts.open,
                    "on_part_data": parts.write,
                    "on_part_end": parts.close,
                    "on_end": parts.end,
                },
            )
            async for chunk in request.stream():
                await run_in_threadpool(parser.write, chunk)
        except FormParserError as error:
            raise ApiError(ErrorCode.BAD_REQUEST, f"the upload cannot be read: {error}") from error
        if not parts.ended:
            raise ApiError(ErrorCode.BAD_REQUEST, "the upload breaks off")
        if not parts.stored:
            raise ApiError(ErrorCode.BAD_REQUEST, "no file in the upload")
    return parts.stored


class _Parts:
    """Where the parser puts what it finds; parts without a file name are passed over.

    Attributes:
        stored: the paths of the files that are complete.
        ended: whether the body has come to its proper end.
    """

    def __init__(self, tree: FileTree, unfinished: ExitStack) -> None:
        """``unfinished`` holds the file that is being written: left with an exception, it forgets the file."""
        self.stored: list[str] = []
        self.ended = False
        self._tree = tree
        self._unfinished = unfinished
        self._file: IO[bytes] | None = None
        self._path = ""
        self._headers: dict[str, str] = {}
        self._field = self._value = b""

    def begin(self) -> None:
        self._headers = {}

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        self._headers[self._field.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._field = self._value = b""

    def open(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition"))
        if b"filename" in options:
            self._path = options.get(b"name", b"").decode("utf-8", "replace").lstrip("/")
            self._file = self._unfinished.enter_context(self._tree.replacing(self._path))

    def write(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(memoryview(data)[start:end])

    def close(self) -> None:
        if self._file is not None:
            self._unfinished.close()
            self.stored.append(self._path)
            self._file = None

    def end(self) -> None:
        self.ended = True
