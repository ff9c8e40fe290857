"""What is reported in place of scalars that are no finite numbers: they themselves, unless the program says otherwise
(sdk-surface §3 Logger, ``set_reporting_nan_value``)."""

from __future__ import annotations

import math
from collections.abc import Callable

from pellucid.base.log import trouble

_nan = math.nan
_infinity: float | None = None


def set_nan(value: float) -> None:
    """Report this in place of NaN; NaN for itself."""
    global _nan
    _nan = value


def set_infinity(value: float) -> None:
    """Report this in place of both infinities; an infinity for themselves."""
    global _infinity
    _infinity = None if math.isinf(value) else value


def replaced(value: float) -> float:
    """What to report for a value."""
    if math.isfinite(value):
        return value
    instead = _nan if math.isnan(value) else value if _infinity is None else _infinity
    if math.isfinite(instead):
        trouble("scalars.not_finite", f"A scalar is {value}, and reported as {instead}; there may be more.")
    return instead


def replacing(append: Callable[[int, int, float], None]) -> Callable[[int, int, float], None]:
    """A way of points that replaces; the same one if there is nothing to replace, so that nobody else pays for it."""
    if math.isnan(_nan) and _infinity is None:
        return append
    return lambda number, iteration, value: append(number, iteration, replaced(float(value)))
