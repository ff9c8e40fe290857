"""Times in requests for graphs: seconds since the epoch (protocol §2.7, §2.8)."""

from __future__ import annotations

import math
from typing import Final

from pellucid.server.errors import ApiError
from pellucid.wire.codes import ErrorCode

_LATEST: Final = 2**40
"""Some 35 000 years from now: what is later cannot be kept as milliseconds everywhere."""


def to_range(from_date: float, to_date: float) -> tuple[int, int]:
    """Both ends in milliseconds. Raises ApiError 400/12 for what is no time, or an end before its beginning."""
    for name, value in (("from_date", from_date), ("to_date", to_date)):
        if not math.isfinite(value) or not 0 <= value <= _LATEST:
            raise ApiError(ErrorCode.VALIDATION, f"{name} is {value}; it is to be seconds since 1970")
    if to_date < from_date:
        raise ApiError(ErrorCode.VALIDATION, "to_date is before from_date")
    return int(from_date * 1000), int(to_date * 1000)
