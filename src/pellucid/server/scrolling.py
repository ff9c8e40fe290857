"""Pages of listings: by number, or by a scroll id that says where the last one ended (protocol §2.0)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from pellucid.server.errors import ApiError
from pellucid.wire.codes import ErrorCode
from pellucid.wire.query import Query

MOST_ROWS: Final = 500
_TOKEN: Final = re.compile(rb"from (\d{1,15})")


def page_of(request: Query) -> tuple[int, int]:
    """The rows to pass over and to return at most. Raises ApiError 400/1104 for an unknown scroll id."""
    if not is_scrolling(request):
        size = min(max(request.page_size or MOST_ROWS, 1), MOST_ROWS)
        return (request.page or 0) * size, size
    size = min(max(request.size or MOST_ROWS, 1), MOST_ROWS)
    offset = _offset(request.scroll_id) if request.scroll_id else 0
    return (0, max(offset, size)) if request.refresh_scroll else (offset, size)


def is_scrolling(request: Query) -> bool:
    """Whether the answer is to say where it ended. A first page has no scroll id yet, but a size."""
    return request.scroll_id is not None or request.size is not None


def next_scroll(request: Query, rows: int) -> str | None:
    """The scroll id behind the rows that were found; ``None`` if there is no scrolling."""
    if not is_scrolling(request):
        return None
    offset, _ = page_of(request)
    # Nothing is kept on the server: several of them may share a database.
    return base64.urlsafe_b64encode(b"from %d" % (offset + rows)).decode()


def _offset(scroll_id: str) -> int:
    try:
        token = _TOKEN.fullmatch(base64.urlsafe_b64decode(scroll_id.encode()))
    except (ValueError, binascii.Error):
        token = None
    if token is None:
        raise ApiError(ErrorCode.INVALID_SCROLL_ID, f"scroll_id is {scroll_id!r}")
    return int(token[1])
