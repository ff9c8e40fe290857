"""What others have set for a worker, for a while or for as long as it lives (protocol §2.8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from pellucid.store.records import Document
from pellucid.wire.workers import RuntimeProperty

_LONGEST: Final = timedelta(days=3650)


def lasting(stored: Document, now: datetime) -> list[RuntimeProperty]:
    """Those that have not expired, with the seconds that are left."""
    found = []
    for key, item in sorted(stored.items()):
        until = item.get("until")
        left = None if until is None else int(until - now.timestamp())
        if left is None or left > 0:
            found.append(RuntimeProperty(key=key, value=item["value"], expiry=left))
    return found


def updated(stored: Document, given: Iterable[RuntimeProperty], now: datetime) -> Document:
    """The stored form with some set anew."""
    return {**stored, **{item.key: {"value": item.value, "until": _until(item, now)} for item in given}}


def _until(item: RuntimeProperty, now: datetime) -> float | None:
    return None if item.expiry is None else now.timestamp() + min(item.expiry, _LONGEST.total_seconds())
