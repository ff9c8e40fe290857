"""A logged-in session with a server of the protocol: typed requests in, typed answers out."""

from __future__ import annotations

import platform
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec
import urllib3

from pellucid.base.connection import Connection
from pellucid.base.errors import RequestRefusedError, ServerUnavailableError
from pellucid.base.version import __version__
from pellucid.client.transport import Timeout, Transport
from pellucid.wire import auth, events, ingest
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.envelope import PELLUCID_CLIENT_HEADER, Envelope

_PATH_VERSION: Final = "v2.23"
"""The version that the current clients of the protocol put into their paths (protocol §1.1)."""

Body: TypeAlias = Callable[[], bytes | Iterable[bytes]]

_WORKER_HEADER: Final = "X-ClearML-Worker"

_TRY_LATER: Final = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class Client:
    """A server, and who we are to it. Logs in with the first request; may be used by several threads.

    Every call that asks the server raises ``ServerUnavailableError`` if no usable answer came (the same call may
    succeed later) and ``RequestRefusedError`` if the server said no. Nothing is sent twice but on a 401, which is
    answered by one new login (protocol §1.6).

    Attributes:
        host: address of the API server, without a slash at the end.
    """

    def __init__(
        self,
        host: str,
        access_key: str | None,
        secret_key: str | None,
        *,
        token: str | None = None,
        verify: bool | str = True,
        timeout: Timeout = Timeout(),  # noqa: B008 - a constant
        worker: str | None = None,
    ) -> None:
        """Remember whom to ask; nothing is sent yet.

        Args:
            host: address of the API server.
            access_key: half of the credentials; ``None`` to go without.
            secret_key: the other half.
            token: to begin with; without keys there is no other when it has run out.
            verify: whether certificates are checked, or the path of a bundle to check them with.
            timeout: limits of each request, in seconds.
            worker: our name in the server's lists; the name of this machine by default (protocol §1.3).
        """
        self.host = host.rstrip("/")
        self._basic = f"Basic {b64encode(f'{access_key}:{secret_key}'.encode()).decode()}" if access_key else None
        self._token: str | None = token
        self._transport = Transport(host, verify=verify, timeout=timeout)
        self._headers = {PELLUCID_CLIENT_HEADER: __version__, _WORKER_HEADER: worker or platform.node()}

    @classmethod
    def to(cls, connection: Connection, *, timeout: Timeout = Timeout(), worker: str | None = None) -> Client:  # noqa: B008
        """A client of a server; see above."""
        return cls(
            connection.api_host,
            connection.access_key,
            connection.secret_key,
            token=connection.token,
            verify=connection.verify,
            timeout=timeout,
            worker=worker,
        )

    def send(self, action: Action[RequestT, ResponseT], request: RequestT) -> ResponseT:
        """Make a typed request."""
        data = self.send_raw(action.name, msgspec.json.encode(request))
        return _decode(action.name, data, action.response)

    def send_raw(self, name: str, body: bytes) -> bytes:
        """Make a request whose JSON is at hand; returns the JSON of the answer's ``data``."""
        return self._call(name, body, "application/json")

    def append(self, request: ingest.Append) -> ingest.AppendResponse:
        """Store what a run reported, exactly once (``pellucid.wire.ingest``)."""
        name = ingest.APPEND.name
        data = self._call(name, msgspec.msgpack.encode(request), "application/msgpack")
        return _decode(name, data, ingest.AppendResponse)

    def add_batch(self, batch: Sequence[events.Event]) -> events.AddResponse:
        """Store events; each line of the body is one (protocol §1.9)."""
        name = events.ADD_BATCH.name
        data = self._call(name, msgspec.json.Encoder().encode_lines(batch), "application/json-lines")
        return _decode(name, data, events.AddResponse)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        body: Body = bytes,
        authorize: bool = True,
        stream: bool = False,
        read_timeout: float | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """Make any HTTP request, with our token; the caller looks at the status.

        Args:
            method: HTTP method.
            url: whole address.
            headers: headers beside the usual ones; with a body in pieces there must be a ``Content-Length``.
            body: makes what to send; called again if a new login is needed.
            authorize: whether to send the token.
            stream: leave the body of the answer to be read by the caller.
            read_timeout: seconds to wait for the next bytes of the answer, if not the usual limit.
        """

        def attempt(token: str | None) -> urllib3.BaseHTTPResponse:
            bearer = {"Authorization": f"Bearer {token}"} if token else {}
            return self._transport.request(
                method,
                url,
                headers={**self._headers, **bearer, **headers},
                body=body(),
                stream=stream,
                read_timeout=read_timeout,
            )

        token = (self._token or self._login()) if authorize else None
        response = attempt(token)
        if response.status == HTTPStatus.UNAUTHORIZED and token:
            response.drain_conn()
            # Another thread may have renewed it meanwhile.
            response = attempt(self._login() if token == self._token else self._token)
        return response

    def close(self) -> None:
        """Close all connections; harmless when repeated."""
        self._transport.close()

    def _call(self, name: str, body: bytes, content_type: str) -> bytes:
        url = f"{self.host}/{_PATH_VERSION}/{name}"
        response = self.request("POST", url, headers={"Content-Type": content_type}, body=lambda: body)
        return _data(name, response)

    def _login(self) -> str | None:
        if self._basic is None:
            return None
        name = auth.LOGIN.name
        response = self._transport.request(
            "POST", f"{self.host}/{name}", headers={**self._headers, "Authorization": self._basic}
        )
        self._token = _decode(name, _data(name, response), auth.LoginResponse).token
        return self._token


def is_unavailable(status: int) -> bool:
    """Whether a status means that the same request may succeed later."""
    return status in _TRY_LATER


def _data(name: str, response: urllib3.BaseHTTPResponse) -> bytes:
    """The JSON of ``data`` in an answer (protocol §1.4)."""
    try:
        envelope = msgspec.json.decode(response.data, type=Envelope)
    except msgspec.DecodeError as error:
        # A proxy's error page, or not a server of this protocol at all.
        raise ServerUnavailableError(f"{name}: the answer is not of the protocol (HTTP {response.status})") from error
    if is_unavailable(response.status):
        raise ServerUnavailableError(f"{name}: {envelope.meta.result_msg} (HTTP {response.status})")
    if response.status != HTTPStatus.OK:
        raise RequestRefusedError(name, response.status, envelope.meta.result_subcode, envelope.meta.result_msg)
    return bytes(envelope.data)


def _decode(name: str, data: bytes, type_: type[ResponseT]) -> ResponseT:
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.DecodeError as error:
        raise ServerUnavailableError(f"{name}: the answer has another form than expected: {error}") from error
