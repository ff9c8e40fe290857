"""Filters by moments and numbers, as conditions of the store (protocol §2.0)."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final

from pellucid.server.errors import ApiError
from pellucid.store.conditions import Compares, Condition, Every, Operator
from pellucid.wire.codes import ErrorCode
from pellucid.wire.query import Range

_OPERATORS: Final[tuple[Operator, ...]] = (">=", "<=", ">", "<")
_Bound = str | int | float


def moment_condition(field: str, given: Range) -> Condition:
    """Comparisons with moments: ISO 8601, in UTC where there is no zone. Raises ApiError 400/12."""
    return Every(tuple(Compares(field, operator, _moment(field, value)) for operator, value in _bounds(field, given)))


def number_condition(field: str, given: Range) -> Condition:
    """Comparisons with numbers. Raises ApiError 400/12."""
    return Every(tuple(Compares(field, operator, _number(field, value)) for operator, value in _bounds(field, given)))


def _bounds(field: str, given: Range) -> list[tuple[Operator, _Bound]]:
    """What is compared with what: a pair without operators is an inclusive range."""
    items = given if isinstance(given, list) else [given]
    split = [_split(item) for item in items]
    if len(split) == 2 and all(operator is None for operator, _ in split):
        (_, least), (_, greatest) = split
        ends: list[tuple[Operator, _Bound | None]] = [(">=", least), ("<=", greatest)]
        return [(operator, value) for operator, value in ends if value is not None]
    bounds: list[tuple[Operator, _Bound]] = []
    for operator, value in split:
        if value is None:
            raise ApiError(ErrorCode.VALIDATION, f"{field}: null is an open end only in a list of two")
        bounds.extend([(operator, value)] if operator else [(">=", value), ("<=", value)])
    return bounds


def _split(item: _Bound | None) -> tuple[Operator | None, _Bound | None]:
    if isinstance(item, str):
        for operator in _OPERATORS:
            if item.startswith(operator):
                return operator, item.removeprefix(operator).strip()
    return None, item


def _moment(field: str, value: _Bound) -> datetime:
    try:
        if not isinstance(value, str):
            return datetime.fromtimestamp(value, UTC)
        moment = datetime.fromisoformat(value.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        raise ApiError(ErrorCode.VALIDATION, f"{field}: {value!r} is no moment, such as 2026-01-02T03:04:05Z") from None


def _number(field: str, value: _Bound) -> float:
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ApiError(ErrorCode.VALIDATION, f"{field}: {value!r} is no number")
    return number
