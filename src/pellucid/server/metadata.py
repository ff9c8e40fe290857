"""Metadata of models and queues: sent as a list, stored and read back by key (protocol §2.5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from pellucid.server.errors import ApiError
from pellucid.store.records import Document
from pellucid.wire.codes import ErrorCode
from pellucid.wire.metadata import GivenMetadata, MetadataItem


def by_key(given: GivenMetadata | None) -> Document:
    """The stored form; later items of a key stand. Raises ApiError 400/12 for an empty key."""
    items: Sequence[MetadataItem] = list(given.values()) if isinstance(given, dict) else given or []
    if not all(item.key for item in items):
        raise ApiError(ErrorCode.VALIDATION, "metadata: a key is empty")
    return {item.key: msgspec.to_builtins(item) for item in items}


def updated(stored: Document, given: Sequence[MetadataItem], *, replace: bool) -> Document:
    """Stored metadata with items set; the others go if ``replace``."""
    return {**({} if replace else stored), **by_key(list(given))}


def without(stored: Document, keys: Collection[str]) -> Document:
    """Stored metadata without some keys."""
    return {key: item for key, item in stored.items() if key not in keys}
