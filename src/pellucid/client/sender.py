"""What makes requests: a client of a server, or what stands for one."""

from __future__ import annotations

from typing import Protocol

from pellucid.wire.action import Action, RequestT, ResponseT


class Sender(Protocol):
    """What makes requests."""

    def send(self, action: Action[RequestT, ResponseT], request: RequestT, /) -> ResponseT:
        """Make a request.

        Raises:
            ServerError: the server is away, or said no.
        """
        ...

    def close(self) -> None:
        """Hang up."""
        ...
