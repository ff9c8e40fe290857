"""A client for the few requests of ``Task.init`` to a server that speaks plain HTTP.

The HTTP library takes longer to import than ``Task.init`` may take altogether, and most runs need it for nothing else:
their uploader does the talking. So where no encryption and no proxy are in play these requests are written by hand.
"""

from __future__ import annotations

import os
import socket
from base64 import b64encode
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

from pellucid.base.connection import Connection
from pellucid.base.errors import RequestRefusedError, ServerUnavailableError
from pellucid.base.version import __version__
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.auth import LOGIN, Login
from pellucid.wire.envelope import PELLUCID_CLIENT_HEADER, Envelope

_LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}
_TRY_LATER: Final = {429, 502, 503, 504}
_LONGEST_HEAD: Final = 1 << 16


class PlainClient:
    """A server, on one connection; used by one thread."""

    def __init__(self, connection: Connection, *, timeout: float) -> None:
        """Remember whom to ask; nothing is sent yet.

        Args:
            connection: the server, for which ``suits`` must hold.
            timeout: seconds to wait for each piece of an answer.
        """
        self._connection = connection
        self._timeout = timeout
        self._address = urlsplit(connection.api_host)
        self._socket: socket.socket | None = None
        self._token = connection.token

    @staticmethod
    def suits(connection: Connection, environ: Mapping[str, str] = os.environ) -> bool:
        """Whether a server is spoken to in plain HTTP, without a proxy in between."""
        address = urlsplit(connection.api_host)
        proxied = any(name.lower() in ("http_proxy", "all_proxy") for name, value in environ.items() if value)
        return address.scheme == "http" and (not proxied or address.hostname in _LOOPBACK)

    def send(self, action: Action[RequestT, ResponseT], request: RequestT) -> ResponseT:
        """Make a request, as ``pellucid.client.session.Client`` does.

        Raises:
            ServerUnavailableError: no usable answer came.
            RequestRefusedError: the server said no.
        """
        if self._token is None and self._connection.access_key:
            keys = f"{self._connection.access_key}:{self._connection.secret_key}"
            self._token = self._ask(LOGIN, Login(), f"Basic {b64encode(keys.encode()).decode()}").token
        return self._ask(action, request, f"Bearer {self._token}" if self._token else None)

    def close(self) -> None:
        """Hang up; harmless when repeated."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, action: Action[RequestT, ResponseT], request: RequestT, authorization: str | None) -> ResponseT:
        try:
            status, body = self._exchange(action.name, msgspec.json.encode(request), authorization)
            envelope = msgspec.json.decode(body, type=Envelope)
        except (OSError, ValueError) as error:
            self.close()
            raise ServerUnavailableError(f"{action.name}: {self._connection.api_host}: {error}") from error
        if status in _TRY_LATER:
            raise ServerUnavailableError(f"{action.name}: {envelope.meta.result_msg} (HTTP {status})")
        if status != 200:
            raise RequestRefusedError(action.name, status, envelope.meta.result_subcode, envelope.meta.result_msg)
        try:
            return msgspec.json.decode(envelope.data, type=action.response)
        except msgspec.DecodeError as error:
            raise ServerUnavailableError(
                f"{action.name}: the answer has another form than expected: {error}"
            ) from error

    def _exchange(self, path: str, body: bytes, authorization: str | None) -> tuple[int, bytes]:
        """Send one request and read its answer.

        Raises:
            OSError: the connection failed.
            ValueError: the answer is not what a server of ours sends.
        """
        head = [
            f"POST {self._address.path}/{path} HTTP/1.1",
            f"Host: {self._address.netloc.rpartition('@')[2]}",
            f"{PELLUCID_CLIENT_HEADER}: {__version__}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *([f"Authorization: {authorization}"] if authorization else []),
        ]
        if self._socket is None:
            place = (self._address.hostname or "", self._address.port or 80)
            self._socket = socket.create_connection(place, timeout=self._timeout)
        # In one piece: of two, the second would wait until the first has been acknowledged.
        self._socket.sendall("\r\n".join([*head, "", ""]).encode() + body)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
            if len(received) > _LONGEST_HEAD:
                raise ValueError("the answer is not HTTP")
        lines = received[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        content = received[end + 4 :]
        length = int(headers.get("content-length", "-1"))
        if length < 0:
            raise ValueError("the answer does not say how long it is")
        while len(content) < length:
            content += self._receive()
        if headers.get("connection", "").lower() == "close":
            self.close()
        return int(lines[0].split()[1]), bytes(content)

    def _receive(self) -> bytes:
        assert self._socket is not None
        piece = self._socket.recv(1 << 16)
        if not piece:
            raise ConnectionError("the server hung up")
        return piece
