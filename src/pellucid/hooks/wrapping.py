"""The one way to patch: a function of a library is put behind one of ours, which calls it exactly once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeAlias

Undo: TypeAlias = Callable[[], None]


def wrap(owner: Any, name: str, around: Callable[..., Any]) -> Undo:
    """Have calls of a function go through another one.

    Args:
        owner: the module or class that has the function.
        name: of the function; one that the library does not have, in its release at hand, is passed over.
        around: called with the function, then with what it was called with; what it returns is returned.

    Returns:
        What takes it out again, unless somebody else has put something over it.
    """
    present = vars(owner).get(name, getattr(owner, name, None))
    if present is None:
        return lambda: None
    kind = type(present) if isinstance(present, staticmethod | classmethod) else None
    function = present.__func__ if isinstance(present, staticmethod | classmethod) else present
    inherited = name not in vars(owner)

    @functools.wraps(function)
    def observed(*args: Any, **kwargs: Any) -> Any:
        return around(function, *args, **kwargs)

    ours = observed if kind is None else kind(observed)
    setattr(owner, name, ours)

    def undo() -> None:
        if vars(owner).get(name) is not ours:
            return
        if inherited:
            delattr(owner, name)
        else:
            setattr(owner, name, present)

    return undo


def all_of(*undos: Undo) -> Undo:
    """Take several out, the last one first."""

    def undo() -> None:
        for each in reversed(undos):
            each()

    return undo
