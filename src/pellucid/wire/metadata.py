"""Metadata of models and queues: texts by key, sent as a list and read back as an object (protocol §2.5)."""

from __future__ import annotations

from typing import TypeAlias

from pellucid.wire.action import Response


class MetadataItem(Response, frozen=True):
    """One text under a key; ``type`` is for those who read it."""

    key: str
    type: str | None = None
    value: str | None = None


Metadata: TypeAlias = dict[str, MetadataItem]
"""As documents hold it."""

GivenMetadata: TypeAlias = list[MetadataItem] | dict[str, MetadataItem]
"""As requests bring it: some clients send what they have read."""
