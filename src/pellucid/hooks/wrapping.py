"""The one way to patch: a function of a library is put behind one of ours, which calls it exactly once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, TypeAlias

Undo: TypeAlias = Callable[[], None]


class _Ours:
    """What stands in place of a library's function.

    Attributes:
        function: the library's.
        around: what is done beside calling it; ``None`` while ours is out.
        attribute: what to set as the owner's attribute.
    """

    attribute: Any

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.around: Callable[..., Any] | None = None

        @functools.wraps(function)
        def observed(*args: Any, **kwargs: Any) -> Any:
            if self.around is None:
                return function(*args, **kwargs)
            return self.around(function, *args, **kwargs)

        self.observed = self.attribute = observed

    def is_below(self, function: Any) -> bool:
        """Whether a wrapper, of whomever, ends in ours."""
        while function is not None and function is not self.observed:
            function = getattr(function, "__wrapped__", None)
        return function is not None


_made: Final[dict[tuple[Any, str], _Ours]] = {}
"""By owner and name: put in again, it is the same one that a program may have taken by name the first time."""


def wrap(owner: Any, name: str, around: Callable[..., Any]) -> Undo:
    """Have calls of a function go through another one.

    Args:
        owner: the module or class that has the function.
        name: of the function; one that the library does not have, in its release at hand, is passed over.
        around: called with the function, then with what it was called with; what it returns is returned.

    Returns:
        What takes it out again. Where somebody else has put something over it, or a program has taken the function by
        name, ours stays there and does nothing, until it is put in again.
    """
    present = vars(owner).get(name, getattr(owner, name, None))
    if present is None:
        return lambda: None
    kind = type(present) if isinstance(present, staticmethod | classmethod) else None
    function = present.__func__ if isinstance(present, staticmethod | classmethod) else present
    inherited = name not in vars(owner)
    ours = _made.get((owner, name))
    if ours is not None and ours.around is None and ours.is_below(function):
        ours.around = around
        return functools.partial(setattr, ours, "around", None)
    if ours is None or ours.around is not None or ours.function is not function:
        ours = _made[owner, name] = _Ours(function)
        if kind is not None:
            ours.attribute = kind(ours.observed)
    ours.around = around
    setattr(owner, name, ours.attribute)
    return functools.partial(_take_out, ours, owner, name, present, inherited=inherited)


def _take_out(ours: _Ours, owner: Any, name: str, before: Any, *, inherited: bool) -> None:
    ours.around = None
    if vars(owner).get(name) is not ours.attribute:
        return
    if inherited:
        delattr(owner, name)
    else:
        setattr(owner, name, before)


def all_of(*undos: Undo) -> Undo:
    """Take several out, the last one first."""

    def undo() -> None:
        for each in reversed(undos):
            each()

    return undo
