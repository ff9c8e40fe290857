"""What a run does with what hooks see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pellucid.hooks.sink import ARGUMENTS, DEFINITIONS, HYDRA, OMEGACONF, Argument
from pellucid.sdk.launch import is_first_rank
from pellucid.sdk.library_sink import LibrarySink, Switch, library_sink
from pellucid.sdk.live import LiveTask
from pellucid.sdk.logger import Logger
from pellucid.sdk.models.checkpoints import Checkpoints
from pellucid.sdk.parameters import encode
from pellucid.wire.tasks import Parameter

_EVERYTHING_ELSE: Final = "*"

_SWITCHES: Final[Mapping[str, Sequence[tuple[str, ...]]]] = {
    DEFINITIONS: [("tfdefines", "tensorflow"), ("tfdefines", "tensorboard")],
    HYDRA: [("hydra",)],
    OMEGACONF: [("hydra",)],
}
"""Sections and configuration objects that ``auto_connect_frameworks`` switches: by the switches of one of these, which
all have to be on (sdk-surface M44)."""


class HookSink:
    """Makes parameters of command-line arguments (see ``pellucid.hooks.sink.Sink``)."""

    def __init__(
        self,
        live: LiveTask,
        logger: Logger,
        record: Callable[[list[Parameter]], None],
        configure: Callable[[str, str, str], None],
        *,
        arguments: bool | Mapping[str, Any],
        frameworks: bool | Mapping[str, Switch],
        remote: bool,
    ) -> None:
        """Report to a task.

        Args:
            live: the task.
            logger: its logger.
            record: sets parameters.
            configure: sets a configuration object, by name, text and type.
            arguments: ``auto_connect_arg_parser``: all or none, or a switch for each argument, where ``*`` is for those
                that are not named and an empty dictionary is none (seed, Argument Parsers).
            frameworks: ``auto_connect_frameworks``.
            remote: whether the task's values replace the program's.
        """
        self._live = live
        self._logger = logger
        self._record = record
        self._configure = configure
        self._arguments = arguments
        self._frameworks = frameworks
        self._remote = remote
        self._checkpoints = Checkpoints()
        self._libraries: dict[tuple[str, ...], LibrarySink | None] = {}

    def report_arguments(self, arguments: Sequence[Argument], section: str = ARGUMENTS) -> None:
        """Record those that are wanted; under an agent, those that the task does not have."""
        known = self._live.document().hyperparams.get(section, {}) if self._remote else {}
        wanted = [one for one in arguments if self._wants(section, one.name) and one.name not in known]
        if wanted:
            self._record([_to_parameter(section, argument) for argument in wanted])

    def argument_overrides(self, section: str = ARGUMENTS) -> Mapping[str, str]:
        """The task's values."""
        if not self._remote:
            return {}
        stored = self._live.document().hyperparams.get(section, {})
        return {name: parameter.value or "" for name, parameter in stored.items() if self._wants(section, name)}

    def report_configuration(self, name: str, text: str, kind: str) -> None:
        """Record it."""
        if self._is_on(name):
            self._configure(name, text, kind)

    def configuration_override(self, name: str) -> str | None:
        """The task's text."""
        found = self._live.document().configuration.get(name) if self._remote and self._is_on(name) else None
        return None if found is None else found.value

    def for_library(self, *switches: str) -> LibrarySink | None:
        """Whom a library reports to, the same one each time."""
        if switches not in self._libraries:
            self._libraries[switches] = library_sink(
                self._frameworks,
                switches,
                self._live,
                self._logger,
                self._record,
                self._checkpoints if is_first_rank() else None,
                remote=self._remote,
            )
        return self._libraries[switches]

    def after_fork(self) -> None:
        """In a child: the parent's threads are not ours."""
        self._checkpoints.after_fork()

    def close(self) -> None:
        """Nothing is reported any more; wait for what is still being found out, a little while."""
        self._checkpoints.close()

    def _wants(self, section: str, name: str) -> bool:
        if section != ARGUMENTS:
            return self._is_on(section)
        if isinstance(self._arguments, bool):
            return self._arguments
        if not self._arguments:
            return False
        return bool(self._arguments.get(name, self._arguments.get(_EVERYTHING_ELSE, True)))

    def _is_on(self, what: str) -> bool:
        return any(self.for_library(*switches) is not None for switches in _SWITCHES[what])


def _to_parameter(section: str, argument: Argument) -> Parameter:
    return encode(f"{section}/{argument.name}", argument.value, description=argument.help, type_=argument.type)
