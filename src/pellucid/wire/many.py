"""What the ``*_many`` endpoints have in common (protocol §2.3)."""

from __future__ import annotations

from typing import Any

from pellucid.wire.action import Request, Response


class Many(Request, frozen=True):
    """Names several rows, each of which succeeds or fails by itself."""

    ids: list[str]


class Refusal(Response, frozen=True):
    """Why it failed; ``codes`` are the result code and subcode that the single form would have answered."""

    codes: tuple[int, int]
    msg: str
    data: dict[str, Any] = {}


class Failure(Response, frozen=True):
    """One that failed."""

    id: str
    error: Refusal


class ManyResponse(Response, frozen=True):
    """What became of each: an object with its ``id`` and what the single form would have answered."""

    succeeded: list[dict[str, Any]]
    failed: list[Failure]
