"""Tests of ``pellucid.hooks.wrapping``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from pellucid.hooks.wrapping import all_of, wrap


class Base:
    """Of a library."""

    def inherited(self, number: int) -> int:
        """Itself."""
        return number


class Library(Base):
    """A library."""

    def method(self, number: int) -> int:
        """Itself."""
        return number

    @classmethod
    def of_class(cls, number: int) -> tuple[str, int]:
        """And who was asked."""
        return cls.__name__, number

    @staticmethod
    def static(number: int) -> int:
        """Itself."""
        return number


@pytest.mark.parametrize("name", ["method", "inherited", "of_class", "static"])
def test_a_function_goes_through_ours_until_it_is_taken_out(name: str) -> None:
    """Whatever it is of; the class is as before afterwards."""
    calls = []
    before = dict(vars(Library))
    expected = getattr(Library(), name)(1)

    def around(original: Callable[..., Any], *args: Any) -> Any:
        calls.append(args[-1])
        return original(*args)

    undo = wrap(Library, name, around)
    assert getattr(Library(), name)(1) == expected
    undo()
    undo()
    assert getattr(Library(), name)(1) == expected
    assert calls == [1]
    assert dict(vars(Library)) == before


def test_a_function_that_the_library_does_not_have() -> None:
    """In the release at hand: nothing to do."""
    wrap(Library, "missing", lambda original: original)()
    assert not hasattr(Library, "missing")


def test_a_name_that_a_program_has_taken_is_put_in_again() -> None:
    """As of a second task; in between it does nothing."""
    calls = []

    def around(original: Callable[..., Any], number: int) -> Any:
        calls.append(number)
        return original(number)

    undo = wrap(Library, "static", around)
    taken = Library.static
    taken(1)
    undo()
    taken(2)
    again = wrap(Library, "static", around)
    taken(3)
    Library.static(4)
    again()
    assert calls == [1, 3, 4]


def test_under_somebody_else_s_wrapper_ours_becomes_idle_and_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Theirs stays, and nothing is seen twice."""
    calls = []

    def around(original: Callable[..., Any], self: Library, number: int) -> Any:
        calls.append(number)
        return original(self, number)

    undo = wrap(Library, "method", around)
    ours = vars(Library)["method"]

    @functools.wraps(ours)
    def theirs(self: Library, number: int) -> Any:
        return ours(self, number) + 100

    monkeypatch.setattr(Library, "method", theirs)
    undo()
    assert Library().method(1) == 101
    again = all_of(wrap(Library, "method", around))
    assert Library().method(2) == 102
    again()
    assert Library().method(3) == 103
    assert calls == [2]
    monkeypatch.undo()
    setattr(Library, "method", ours.__wrapped__)  # noqa: B010 - as it was before
