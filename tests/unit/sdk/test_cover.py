"""Tests of ``pellucid.sdk.cover``."""

from __future__ import annotations

import logging

import pytest

from pellucid.sdk.cover import Cover


class Door:
    """Something with a method."""

    def knock(self) -> str:
        """Who is there."""
        return "its own"


def test_covered_and_uncovered() -> None:
    """The object is as before afterwards."""
    door = Door()
    cover = Cover(door, "knock", lambda: f"ours over {cover.original()}")

    assert door.knock() == "ours over its own"
    cover.close()
    cover.close()
    assert door.knock() == "its own"
    assert vars(door) == {}


def test_a_cover_over_somebody_else_s() -> None:
    """Gives theirs back."""
    door = Door()
    theirs = lambda: "theirs"  # noqa: E731 - a stand-in for another library
    door.knock = theirs  # type: ignore[method-assign]
    Cover(door, "knock", lambda: "ours").close()

    assert vars(door) == {"knock": theirs}


def test_somebody_else_s_over_ours_stays() -> None:
    """They may hold on to it."""
    door = Door()
    cover = Cover(door, "knock", lambda: "ours")
    theirs = lambda: "theirs"  # noqa: E731 - a stand-in for another library
    door.knock = theirs  # type: ignore[method-assign]
    cover.close()

    assert vars(door) == {"knock": theirs}


def test_a_method_of_a_class() -> None:
    """Is put back too."""
    before = logging.Logger.__dict__["callHandlers"]
    Cover(logging.Logger, "callHandlers", lambda *_: None).close()

    assert logging.Logger.__dict__["callHandlers"] is before


def test_what_cannot_be_covered() -> None:
    """Is told."""
    with pytest.raises(AttributeError):
        Cover("text", "upper", lambda: "")
