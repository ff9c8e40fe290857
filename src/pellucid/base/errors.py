"""The errors that users of the Python API may see.

PellucidError
├── UsageError (also ValueError)       the caller's mistake; names the argument, the value, what is allowed
└── ServerError                        the world's trouble, raised only by calls whose meaning is to ask the server
    ├── ServerUnavailableError         no answer: refused, timed out, cut off
    └── RequestRefusedError            an answer that says no, with the protocol's code and subcode
"""

from __future__ import annotations


class PellucidError(Exception):
    """The root of every error that Pellucid raises on purpose."""


class UsageError(PellucidError, ValueError):
    """An argument, or an order of calls, that can't work."""


class ServerError(PellucidError):
    """The server could not be asked, or said no."""


class ServerUnavailableError(ServerError):
    """No usable answer came back; the same call may succeed later."""


class RequestRefusedError(ServerError):
    """The server answered with an error of the protocol (protocol §1.8).

    Attributes:
        code: HTTP status, the same as ``meta.result_code``.
        subcode: ``meta.result_subcode``.
        message: the server's sentence.
    """

    def __init__(self, action: str, code: int, subcode: int, message: str) -> None:
        super().__init__(f"{action}: {message} ({code}/{subcode})")
        self.action = action
        self.code = code
        self.subcode = subcode
        self.message = message
