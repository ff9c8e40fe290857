"""Column types that mean the same on every database."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Double, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON value; the indexed, binary form where there is one."""

RowNumber = BigInteger().with_variant(Integer, "sqlite")
"""A key that the database counts up; SQLite does so for ``INTEGER`` only."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept without zone in UTC: SQLite has no zones, and a text of fixed width sorts by time."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the naive form; a naive moment from outside would be a guess, so it is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back to the aware form."""
        return None if value is None else value.replace(tzinfo=UTC)


class Measurement(TypeDecorator[float]):
    """A float that may be NaN, which is kept as NULL: SQLite cannot hold NaN, and so it sorts last everywhere."""

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> float | None:
        """NaN to NULL."""
        return None if value is None or math.isnan(value) else value

    def process_result_value(self, value: float | None, dialect: Dialect) -> float:
        """NULL to NaN."""
        return math.nan if value is None else value
