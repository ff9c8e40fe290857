"""A small server of the protocol in a thread: real sockets, answers as the test says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

import msgspec


@dataclass(frozen=True)
class ReceivedRequest:
    """One request, as it came.

    Attributes:
        method: HTTP method.
        path: path with its query.
        headers: by lower-case name.
        body: the whole body.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def action(self) -> str:
        """``service.action``: the last component of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Answer:
    """What to answer: the ``data`` of an envelope, or a body of its own."""

    data: Any = field(default_factory=dict)
    status: int = 200
    subcode: int = 0
    message: str = "OK"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler: TypeAlias = Callable[[ReceivedRequest], Answer]


class FakeServer:
    """Answers each action by a function that the test sets; anything else with 404, but ``auth.login``.

    Attributes:
        handlers: what answers, by action, or by HTTP method for files.
        requests: everything that was received, in order.
        url: its address.
    """

    def __init__(self) -> None:
        self.requests: list[ReceivedRequest] = []
        self.handlers: dict[str, Handler] = {"auth.login": self._login}
        self._logins = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_class(self._handle))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def serve(self) -> None:
        """Answer until ``close`` is called."""
        self._http.serve_forever(poll_interval=0.01)

    def close(self) -> None:
        """Stop listening."""
        self._http.shutdown()
        self._http.server_close()

    def answer(self, action: str, data: Any = None, **options: Any) -> None:
        """Let an action answer always the same."""
        self.handlers[action] = lambda _: Answer(data if data is not None else {}, **options)

    def calls(self, action: str) -> list[ReceivedRequest]:
        """The requests of one action so far."""
        return [request for request in self.requests if request.action == action]

    @property
    def token(self) -> str:
        """The token of the last login."""
        return f"token-{self._logins}"

    def _login(self, _: ReceivedRequest) -> Answer:
        self._logins += 1
        return Answer({"token": self.token})

    def _handle(self, request: ReceivedRequest) -> Answer:
        self.requests.append(request)
        handler = self.handlers.get(request.action) or self.handlers.get(request.method)
        return handler(request) if handler else Answer(status=404, message="Unsupported endpoint")


@contextmanager
def fake_server() -> Iterator[FakeServer]:
    """A running server."""
    server = FakeServer()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


def _handler_class(handle: Handler) -> type[BaseHTTPRequestHandler]:
    class RequestHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body go out separately, and would wait 40 ms for each other

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = handle(ReceivedRequest(self.command, self.path, headers, body))
            content = answer.body if answer.body is not None else _envelope(answer)
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(content)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815 - names given by http.server

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return RequestHandler


def _envelope(answer: Answer) -> bytes:
    meta = {
        "id": "0" * 32,
        "trx": "0" * 32,
        "endpoint": {"name": "", "requested_version": "2.23", "actual_version": None},
        "result_code": answer.status,
        "result_subcode": answer.subcode,
        "result_msg": answer.message,
        "error_stack": None,
        "error_data": {},
    }
    return msgspec.json.encode({"meta": meta, "data": answer.data})
