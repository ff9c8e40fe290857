"""Pages of listings."""

from __future__ import annotations

import pytest

from pellucid.server.errors import ApiError
from pellucid.server.scrolling import next_scroll, page_of
from pellucid.wire.codes import ErrorCode
from pellucid.wire.query import Query


@pytest.mark.parametrize(
    ("request_", "page"),
    [
        (Query(), (0, 500)),
        (Query(page=2, page_size=9_999), (1_000, 500)),
        (Query(page=3, page_size=10), (30, 10)),
        (Query(size=20), (0, 20)),
    ],
)
def test_pages_are_capped_and_counted_from_zero(request_: Query, page: tuple[int, int]) -> None:
    """500 rows at most, and by default."""
    assert page_of(request_) == page


def test_a_scroll_goes_on_where_it_ended() -> None:
    """And begins anew, up to there, when asked to."""
    first = next_scroll(Query(size=20), 20)
    second = next_scroll(Query(size=20, scroll_id=first), 5)

    assert page_of(Query(size=20, scroll_id=first)) == (20, 20)
    assert page_of(Query(size=20, scroll_id=second)) == (25, 20)
    assert page_of(Query(size=20, scroll_id=second, refresh_scroll=True)) == (0, 25)
    assert next_scroll(Query(page=1), 20) is None


@pytest.mark.parametrize("scroll_id", ["x", "ZnJvbSAtMQ==", "ü", "1"])
def test_an_unknown_scroll_is_told(scroll_id: str) -> None:
    """400/1104."""
    with pytest.raises(ApiError) as refusal:
        page_of(Query(size=20, scroll_id=scroll_id))
    assert refusal.value.code is ErrorCode.INVALID_SCROLL_ID
