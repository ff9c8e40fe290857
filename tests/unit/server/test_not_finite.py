"""Saying which value was meant by null."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from pellucid.server.not_finite import text_of, texts_of


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_text_is_what_python_reads(value: float) -> None:
    """By float() as well as in its dialect of JSON."""
    text = text_of(value)

    assert text is not None
    assert repr(float(text)) == repr(json.loads(text)) == repr(value)


def test_finite_numbers_have_none() -> None:
    """Neither one nor many of them."""
    assert text_of(1.5) is None
    assert texts_of(np.array([1.5, 2.0])) is None
    assert texts_of(np.array([1.5, math.nan, -math.inf])) == {"1": "NaN", "2": "-Infinity"}
