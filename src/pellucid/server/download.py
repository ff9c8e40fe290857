"""What an endpoint answers that sends a file instead of an envelope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Download:
    """A file that is made while it is sent.

    Attributes:
        name: what a browser is to call it; plain letters and dots, and nothing that somebody else has chosen.
        kind: its media type.
        parts: its content.
    """

    name: str
    kind: str
    parts: Iterator[bytes]
