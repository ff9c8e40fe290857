"""What a run does with what hooks see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pellucid.hooks.sink import Argument
from pellucid.sdk.models.checkpoints import Checkpoints
from pellucid.sdk.parameters import encode
from pellucid.wire.tasks import Hyperparams, Parameter

SECTION: Final = "Args"
"""The section of command-line arguments (sdk-surface §4.3)."""

_EVERYTHING_ELSE: Final = "*"


class HookSink:
    """Makes parameters of command-line arguments, and models of weights (see ``pellucid.hooks.sink.Sink``)."""

    def __init__(
        self,
        switches: bool | Mapping[str, Any],
        present: Callable[[], Hyperparams],
        record: Callable[[list[Parameter]], None],
        *,
        remote: bool,
    ) -> None:
        """Record arguments.

        Args:
            switches: ``auto_connect_arg_parser``: all or none, or a switch for each argument, where ``*`` is for those
                that are not named and an empty dictionary is none (seed, Argument Parsers).
            present: the task's parameters now.
            record: sets parameters.
            remote: whether the task's values replace the program's.
        """
        self._switches = switches
        self._present = present
        self._record = record
        self._remote = remote
        self._checkpoints = Checkpoints()

    def report_arguments(self, arguments: Sequence[Argument]) -> None:
        """Record those that are wanted; under an agent, those that the task does not have."""
        known = self._present().get(SECTION, {}) if self._remote else {}
        wanted = [one for one in arguments if self._wants(one.name) and one.name not in known]
        if wanted:
            self._record([_to_parameter(argument) for argument in wanted])

    def argument_overrides(self) -> Mapping[str, str]:
        """The task's values."""
        if not self._remote:
            return {}
        stored = self._present().get(SECTION, {})
        return {name: parameter.value or "" for name, parameter in stored.items() if self._wants(name)}

    def model_saved(self, path: str | Path, framework: str | None = None) -> None:
        """An output model of the task."""
        self._checkpoints.saved(path, framework)

    def model_loaded(self, path: str | Path, framework: str | None = None) -> None:
        """An input model of the task."""
        self._checkpoints.loaded(path, framework)

    def after_fork(self) -> None:
        """In a child: the parent's threads are not ours."""
        self._checkpoints.after_fork()

    def close(self) -> None:
        """Nothing is reported any more; wait for what is still being found out, a little while."""
        self._checkpoints.close()

    def _wants(self, name: str) -> bool:
        if isinstance(self._switches, bool):
            return self._switches
        if not self._switches:
            return False
        return bool(self._switches.get(name, self._switches.get(_EVERYTHING_ELSE, True)))


def _to_parameter(argument: Argument) -> Parameter:
    return encode(f"{SECTION}/{argument.name}", argument.value, description=argument.help, type_=argument.type)
