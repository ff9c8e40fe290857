"""The wall clock, as a value that callers receive, so that tests can hold it still."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present as an aware datetime in UTC."""


def utc_now() -> datetime:
    """The present, aware, in UTC: naive datetimes break existing clients (protocol §1.4)."""
    return datetime.now(UTC)


def to_milliseconds(moment: datetime) -> int:
    """Milliseconds since the epoch, the unit of event timestamps (protocol §1.4)."""
    return round(moment.timestamp() * 1000)


def now_milliseconds() -> int:
    """Milliseconds since the epoch, now."""
    return time.time_ns() // 1_000_000
