"""A TCP proxy between a client and a server that loses requests and answers on demand."""

from __future__ import annotations

import socket
import struct
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_CHUNK = 1 << 14
_LINGER_ZERO = struct.pack("ii", 1, 0)


class FaultProxy:
    """Forwards bytes; tests set a fault, which counts each connection's bytes from then on.

    Attributes:
        url: where clients connect.
        cut_request_after: reset a connection after so many more bytes from the client; ``None`` to forward all.
        cut_answer_after: reset a connection after so many more bytes from the server: the request was carried out, but
            the client does not hear of it.
        answer_instead: what to answer each request with, in place of the server; ``None`` to forward.
        silent: take connections and never say anything on them.
        delay: seconds before each piece of an answer.
        resets: how many connections were reset.
        troubles: how many connections met any fault.
    """

    def __init__(self, target: str) -> None:
        """Listen on a free port of the loopback interface.

        Args:
            target: address of the server, such as ``http://127.0.0.1:8080``; may be changed later.
        """
        self.target = target
        self.cut_request_after: int | None = None
        self.cut_answer_after: int | None = None
        self.answer_instead: bytes | None = None
        self.silent = False
        self.delay = 0.0
        self.resets = 0
        self.troubles = 0
        self._healed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._closing = False

    def serve(self) -> None:
        """Forward connections until ``close`` is called."""
        while True:
            client, _ = self._listener.accept()
            if self._closing:
                client.close()
                return
            threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def heal(self) -> None:
        """No faults any more; connections that were left without an answer are reset."""
        self.cut_request_after = self.cut_answer_after = self.answer_instead = None
        self.silent, self.delay = False, 0.0
        self._healed.set()
        self._healed = threading.Event()

    def close(self) -> None:
        """Stop listening."""
        self._closing = True
        self._healed.set()
        socket.create_connection(self._listener.getsockname()).close()  # wakes ``accept``
        self._listener.close()

    def _forward(self, client: socket.socket) -> None:
        if self.silent:
            self.troubles += 1
            self._healed.wait()
            self._reset(client)
            return
        if self.answer_instead is not None:
            self.troubles += 1
            self._answer(client, self.answer_instead)
            return
        address = urllib.parse.urlsplit(self.target)
        try:
            server = socket.create_connection((address.hostname or "", address.port or 80))
        except OSError:
            self.troubles += 1
            self._reset(client)
            return
        back = threading.Thread(
            target=self._pump, args=(server, client, lambda: self.cut_answer_after, True), daemon=True
        )
        back.start()
        self._pump(client, server, lambda: self.cut_request_after)
        back.join()
        client.close()
        server.close()

    @staticmethod
    def _answer(client: socket.socket, answer: bytes) -> None:
        """Answer one request, whatever it is."""
        with client:
            client.settimeout(1.0)
            try:
                head = b""
                while b"\r\n\r\n" not in head and (piece := client.recv(_CHUNK)):
                    head += piece
                client.sendall(answer)
                client.shutdown(socket.SHUT_WR)
                while client.recv(_CHUNK):
                    pass  # the body, so that closing does not reset what we said
            except OSError:
                pass  # it has heard enough

    def _pump(
        self, source: socket.socket, sink: socket.socket, limit: Callable[[], int | None], answering: bool = False
    ) -> None:
        """Copy one direction until its end, or until a fault, when both connections are reset."""
        passed = 0
        try:
            while data := source.recv(_CHUNK):
                allowed = limit()
                passed = 0 if allowed is None else passed + len(data)
                if allowed is not None and passed > allowed:
                    self.resets += 1
                    self.troubles += 1
                    self._reset(source, sink)
                    return
                if answering and self.delay:
                    self.troubles += 1
                    self._healed.wait(self.delay)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            self._reset(source, sink)  # the other direction has been reset

    @staticmethod
    def _reset(*connections: socket.socket) -> None:
        for connection in connections:
            try:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is closed already
            connection.close()


@contextmanager
def fault_proxy(target: str) -> Iterator[FaultProxy]:
    """A running proxy."""
    proxy = FaultProxy(target)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
