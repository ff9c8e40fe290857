"""Identifiers."""

from __future__ import annotations

import pytest

from pellucid.base.ids import is_id, new_id


def test_fresh_ids_have_the_form_and_differ() -> None:
    """32 lower-case hexadecimal characters, never the same twice."""
    ids = {new_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(is_id(made) for made in ids)


@pytest.mark.parametrize("text", ["", "a" * 31, "a" * 33, "G" + "0" * 31, "A" * 32, "default"])
def test_other_texts_are_no_ids(text: str) -> None:
    """Names and near misses."""
    assert not is_id(text)
