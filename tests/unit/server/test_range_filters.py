"""Filters by moments and numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pellucid.server.range_filters import moment_condition, number_condition
from pellucid.store.conditions import Compares, Every

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
NIGHT = datetime(2026, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "bounds"),
    [
        (">2026-01-02T12:00:00+00:00", [(">", NOON)]),
        (">=2026-01-02T13:00:00+01:00", [(">=", NOON)]),
        ([">2026-01-02 12:00:00.000", "<2026-01-03"], [(">", NOON), ("<", NIGHT)]),
        (["2026-01-02T12:00:00Z", "2026-01-03"], [(">=", NOON), ("<=", NIGHT)]),
        ([None, "2026-01-03"], [("<=", NIGHT)]),
        ([None, None], []),
        ("2026-01-02T12:00", [(">=", NOON), ("<=", NOON)]),
        (["<=2026-01-03", "<2026-01-03", ">=2026-01-02T12:00"], [("<=", NIGHT), ("<", NIGHT), (">=", NOON)]),
        (1767355200, [(">=", NOON), ("<=", NOON)]),
    ],
)
def test_moments(given: Any, bounds: list[Any]) -> None:
    """The forms that clients use (protocol §2.0); what has no zone is in UTC."""
    assert moment_condition("f", given) == Every(tuple(Compares("f", sign, value) for sign, value in bounds))


@pytest.mark.parametrize(
    ("given", "bounds"), [([1, 5], [(">=", 1), ("<=", 5)]), (">2.5", [(">", 2.5)]), (3, [(">=", 3), ("<=", 3)])]
)
def test_numbers(given: Any, bounds: list[Any]) -> None:
    """In the same forms."""
    assert number_condition("f", given) == Every(tuple(Compares("f", sign, value) for sign, value in bounds))
