"""Waiting times between attempts."""

from __future__ import annotations

import random
from itertools import islice

from pellucid.base.retry import backoff


def test_waits_grow_to_the_limit_with_jitter() -> None:
    """Each wait is between half and the whole of its nominal time."""
    waits = list(islice(backoff(1.0, 8.0, rng=random.Random(3)), 6))

    for wait, nominal in zip(waits, [1, 2, 4, 8, 8, 8], strict=True):
        assert nominal / 2 <= wait <= nominal
    assert len(set(waits)) == 6


def test_the_user_s_random_numbers_are_left_alone() -> None:
    """Waiting must not change what a seeded script computes."""
    random.seed(7)
    expected = random.random()
    random.seed(7)

    next(backoff(1.0, 8.0))

    assert random.random() == expected
