"""Scroll ids that hold where a listing has got to.

Nothing is kept between pages, so any server answers the next one.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, TypeVar

import msgspec

from pellucid.server.errors import ApiError
from pellucid.wire.codes import ErrorCode

T = TypeVar("T")


def to_scroll_id(state: Any) -> str:
    """A text that clients hand back."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(state)).decode()


def from_scroll_id(scroll_id: str, kind: type[T]) -> T:
    """The state in a scroll id. Raises ApiError 400/1104 for a text that is none."""
    try:
        return msgspec.msgpack.decode(base64.urlsafe_b64decode(scroll_id.encode()), type=kind)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise ApiError(ErrorCode.INVALID_SCROLL_ID, f"scroll_id is {scroll_id!r}") from error
