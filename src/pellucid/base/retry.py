"""Waiting times between attempts."""

from __future__ import annotations

import random
from collections.abc import Iterator


def backoff(first: float, limit: float, *, factor: float = 2.0, rng: random.Random | None = None) -> Iterator[float]:
    """Endless waiting times in seconds: growing up to a limit, each with jitter so that clients don't march in step.

    Args:
        first: the first wait, before jitter.
        limit: no wait is longer than this.
        factor: growth from one wait to the next.
        rng: source of the jitter; a generator of its own by default, so that a user's seed is left alone.
    """
    rng = rng or random.Random()
    wait = first
    while True:
        yield min(limit, wait) * rng.uniform(0.5, 1.0)
        wait = min(limit, wait * factor)
