"""Command lines that are parsed before there is a task: many programs call ``Task.init`` in what a parser starts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import ARGUMENTS, Argument, Overrides, Sink

_REMEMBERED: Final = 64
"""Reports that are kept for a sink that comes later."""


class Waiting:
    """Takes the place of a sink: keeps what is reported for the one that comes.

    Attributes:
        find_overrides: finds the values of the task that an agent runs the program for; ``None`` if no agent does.
    """

    def __init__(self) -> None:
        """Nothing was reported yet."""
        self.find_overrides: Callable[[], Overrides | None] = lambda: None
        self._reports: deque[Callable[[Sink], None]] = deque(maxlen=_REMEMBERED)

    def report_arguments(self, arguments: Sequence[Argument], section: str = ARGUMENTS) -> None:
        """Keep the arguments of a command line."""
        self._reports.append(lambda sink: sink.report_arguments(arguments, section))

    def report_configuration(self, name: str, text: str, kind: str) -> None:
        """Keep a configuration."""
        self._reports.append(lambda sink: sink.report_configuration(name, text, kind))

    def argument_overrides(self, section: str = ARGUMENTS) -> Mapping[str, str]:
        """What the task says that is going to be run."""
        overrides = self.find_overrides()
        return {} if overrides is None else overrides.argument_overrides(section)

    def configuration_override(self, name: str) -> str | None:
        """What the task says that is going to be run."""
        overrides = self.find_overrides()
        return None if overrides is None else overrides.configuration_override(name)

    def replay(self, sink: Sink) -> None:
        """Give a sink what was reported before it came, once."""
        while self._reports:
            with guarded("command line"):
                self._reports.popleft()(sink)


waiting: Final = Waiting()
"""The one of this process."""
