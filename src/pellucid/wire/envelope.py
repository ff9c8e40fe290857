"""The object around every answer (protocol §1.4)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

API_VERSION: Final = "2.34"
"""The version of the protocol that the server promises in its tokens (protocol §1.10)."""

COMPATIBLE_SERVER_VERSION: Final = "2.3.0"
"""The release of the reference server whose behaviour existing clients may assume (protocol §1.6)."""

PELLUCID_CLIENT_HEADER: Final = "X-Pellucid-Client"
"""Sent by our own clients, which handle kept connections correctly; all others are told to close."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Which endpoint was asked for, and in which version it was answered."""

    name: str
    requested_version: str
    actual_version: str | None


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """About the answer. ``result_code`` equals the HTTP status."""

    id: str
    trx: str
    endpoint: Endpoint
    result_code: int
    result_subcode: int = 0
    result_msg: str = "OK"
    error_stack: str | None = None
    error_data: dict[str, Any] = {}


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer; ``data`` is an object even on errors."""

    meta: Meta
    data: msgspec.Raw = msgspec.Raw(b"{}")
