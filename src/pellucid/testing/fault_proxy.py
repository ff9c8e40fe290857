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
        resets: how many connections were reset.
    """

    def __init__(self, target: str) -> None:
        """Listen on a free port of the loopback interface.

        Args:
            target: address of the server, such as ``http://127.0.0.1:8080``; may be changed later.
        """
        self.target = target
        self.cut_request_after: int | None = None
        self.cut_answer_after: int | None = None
        self.resets = 0
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

    def close(self) -> None:
        """Stop listening."""
        self._closing = True
        socket.create_connection(self._listener.getsockname()).close()  # wakes ``accept``
        self._listener.close()

    def _forward(self, client: socket.socket) -> None:
        address = urllib.parse.urlsplit(self.target)
        try:
            server = socket.create_connection((address.hostname or "", address.port or 80))
        except OSError:
            self._reset(client)
            return
        back = threading.Thread(target=self._pump, args=(server, client, lambda: self.cut_answer_after), daemon=True)
        back.start()
        self._pump(client, server, lambda: self.cut_request_after)
        back.join()
        client.close()
        server.close()

    def _pump(self, source: socket.socket, sink: socket.socket, limit: Callable[[], int | None]) -> None:
        """Copy one direction until its end, or until a fault, when both connections are reset."""
        passed = 0
        try:
            while data := source.recv(_CHUNK):
                allowed = limit()
                passed = 0 if allowed is None else passed + len(data)
                if allowed is not None and passed > allowed:
                    self.resets += 1
                    self._reset(source, sink)
                    return
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
