"""Parameters that a library is to train with: recorded, and under an agent the task's (sdk-surface §4.19)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySink, LibrarySinkOfTheDay


class TrainingParameters:
    """The parameters of a run's first training.

    Of a program that trains with several sets, as one that searches for the best, the others are its own: the task has
    one value of each, which must not get into all of them.
    """

    def __init__(self, hook: str, section: str, sink: LibrarySinkOfTheDay) -> None:
        """None yet.

        Args:
            hook: the library, for warnings.
            section: of the parameters.
            sink: whom to report to.
        """
        self._hook = hook
        self._section = section
        self._sink = sink
        self._first: tuple[LibrarySink, dict[str, Any]] | None = None

    def of(self, given: Any) -> Any:
        """What to train with in place of what the program gives, which is a dictionary or pairs."""
        with guarded(self._hook):
            receiver = self._sink()
            if receiver is not None and given:
                return self._connected(receiver, dict(given))
        return given

    def around(self, original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Train; ``params`` is the first argument."""
        if args:
            return original(self.of(args[0]), *args[1:], **kwargs)
        if "params" in kwargs:
            kwargs["params"] = self.of(kwargs["params"])
        return original(**kwargs)

    def _connected(self, receiver: LibrarySink, given: dict[str, Any]) -> Mapping[str, Any]:
        plain = {name: value for name, value in given.items() if _is_plain(value)}
        if self._first is None or self._first[0] is not receiver:
            self._first = (receiver, plain)
        elif self._first[1] != plain:
            return given
        return {**given, **receiver.connect_parameters(self._section, plain)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(item) for item in value)
    return isinstance(value, str | int | float)
