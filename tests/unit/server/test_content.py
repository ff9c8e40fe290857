"""What every database holds."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.server.content import checked, without_nul
from pellucid.server.errors import ApiError

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
CONTENT = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


def leaves(value: Any) -> list[Any]:
    """Every text and number in it, keys too."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in [key, *leaves(item)]]
    return [leaf for item in value for leaf in leaves(item)] if isinstance(value, list) else [value]


@given(CONTENT)
def test_what_passes_is_fit_and_what_does_not_is_named(value: Any) -> None:
    """There is no third way."""
    unfit = any(
        "\0" in leaf if isinstance(leaf, str) else isinstance(leaf, int) and leaf.bit_length() > 63
        for leaf in leaves(value)
        if leaf != -(2**63)
    )
    if unfit:
        with pytest.raises(ApiError, match=r"at `\$"):
            checked(value)
    else:
        numbers = [leaf for leaf in leaves(checked(value)) if isinstance(leaf, float)]
        assert all(map(math.isfinite, numbers))


def test_a_nul_in_what_a_run_printed_is_replaced() -> None:
    """All else stays as it is."""
    assert without_nul("a\0b\x01") == "a\ufffdb\x01"
