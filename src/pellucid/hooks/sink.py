"""Whom hooks report to, and how they find it.

A hook knows a library, not a task. What it sees it gives to the sink of the day; without one it sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import msgspec


class Argument(msgspec.Struct, frozen=True):
    """One argument of a command line.

    Attributes:
        name: the attribute that the program finds it in.
        value: its value, given or default.
        type: name of the type that makes a value of the text; ``None`` for the value's own.
        help: what the parser says about it.
    """

    name: str
    value: Any
    type: str | None = None
    help: str | None = None


class Sink(Protocol):
    """What a run does with what hooks see."""

    def report_arguments(self, arguments: Sequence[Argument]) -> None:
        """The arguments of a command line."""
        ...

    def argument_overrides(self) -> Mapping[str, str]:
        """Texts that replace arguments, by name: what the task says, in a run that an agent started. Else empty."""
        ...

    def model_saved(self, path: str | Path, framework: str | None = None) -> None:
        """A library has written weights, and is done with it.

        Args:
            path: the file, or the folder. Each path is one model, however often it is written.
            framework: name of the library as models carry it, such as ``PyTorch``; ``None`` for what the file's name
                tells.
        """
        ...

    def model_loaded(self, path: str | Path, framework: str | None = None) -> None:
        """A library has read weights.

        Args:
            path: the file, or the folder.
            framework: as for ``model_saved``.
        """
        ...


SinkOfTheDay: TypeAlias = Callable[[], Sink | None]
"""The sink at the moment of the call."""
