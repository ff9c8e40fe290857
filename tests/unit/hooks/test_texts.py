"""Tests of ``pellucid.hooks.texts``."""

from __future__ import annotations

from typing import Any

import pytest

from pellucid.hooks.texts import items, says


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, 2]", [1, 2]),
        ('["a", "b"]', ["a", "b"]),
        ("('a', 1.5)", ["a", 1.5]),
        ("a, b", ["a", "b"]),
        ("[a, b]", ["a", "b"]),
        ("7", [7]),
        ("", []),
    ],
)
def test_items(text: str, expected: list[Any]) -> None:
    """As JSON, as Python, or separated by commas."""
    assert items(text) == expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("", None, True),
        ("", "", True),
        ("None", None, False),
        ("1", 1, True),
        ("2", 1, False),
        ("False", False, True),
        ('["a", "b"]', ["a", "b"], True),
        ("['a', 'b']", ("a", "b"), True),
        ("[1]", [1, 2], False),
    ],
)
def test_says(text: str, value: Any, expected: bool) -> None:
    """What a task keeps of a value is not put in its place."""
    assert says(text, value) is expected
