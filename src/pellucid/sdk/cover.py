"""Covering a method of one object, not of its class, and uncovering it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Cover:
    """A method of ours in the place of an object's own, for a while.

    Attributes:
        original: the object's own.
    """

    def __init__(self, place: Any, name: str, own: Callable[..., Any]) -> None:
        """Cover it.

        Args:
            place: the object.
            name: of the method.
            own: ours.

        Raises:
            AttributeError: there is no such method, or it can't be covered.
        """
        self._place = place
        self._name = name
        self._own = own
        self.original: Callable[..., Any] = getattr(place, name)
        self._was_covered = name in self._attributes()
        setattr(place, name, own)

    def close(self) -> None:
        """Uncover it, unless somebody else has covered ours meanwhile. Harmless when repeated."""
        if self._attributes().get(self._name) is not self._own:
            return
        if self._was_covered:
            setattr(self._place, self._name, self.original)
        else:
            del self._attributes()[self._name]

    def _attributes(self) -> dict[str, Any]:
        found: dict[str, Any] = getattr(self._place, "__dict__", {})
        return found
