"""The wall between a program and what observes it.

What is observed runs exactly once, outside of the wall, with the caller's own arguments; its result and its exceptions
reach the caller untouched. An error of ours stays on our side: one warning in the field, loud in tests.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from pellucid.base.log import trouble

_loud = False


@contextlib.contextmanager
def guarded(hook: str, consequence: str | None = None) -> Iterator[None]:
    """Keep our own errors from the program.

    Args:
        hook: the library, for the warning.
        consequence: a sentence for people, which is a warning of its own; by default, that something is not recorded.
    """
    try:
        yield
    except Exception as error:  # the wall itself
        if _loud:
            raise
        usual = f"Something that {hook} did is not recorded; the program is unaffected."
        trouble(f"hooks.{hook}.{consequence}" if consequence else f"hooks.{hook}", consequence or usual, error)


@contextlib.contextmanager
def loud_errors() -> Iterator[None]:
    """For tests: let our own errors through."""
    global _loud
    before, _loud = _loud, True
    try:
        yield
    finally:
        _loud = before
