"""Whom hooks report to, and how they find it.

A hook knows a library, not a task. What it sees it gives to the sink of the day; without one it sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import msgspec

ARGUMENTS: Final = "Args"
"""The section of parameters that command lines make (sdk-surface §4.3)."""

DEFINITIONS: Final = "TF_DEFINE"
"""The section of absl's flags (sdk-surface §4.7)."""

HYDRA: Final = "Hydra"
"""The section of Hydra's overrides (sdk-surface §4.8)."""

OMEGACONF: Final = "OmegaConf"
"""The configuration object that Hydra composes."""


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


class LibrarySink(Protocol):
    """What a run does with what one library makes.

    Of metrics, plots and samples, ``title`` and ``series`` say what they are of, and ``iteration`` when.
    """

    def report_scalar(self, title: str, series: str, value: float, iteration: int) -> None:
        """A point of a curve."""
        ...

    def report_plot(self, title: str, series: str, figure: Any, iteration: int) -> None:
        """A figure of Plotly, or a dictionary of its ``data`` and ``layout``."""
        ...

    def report_picture_plot(self, title: str, series: str, content: bytes, extension: str, iteration: int) -> None:
        """A plot that was drawn already: shown among the plots, not among the samples. Arguments as of a sample."""
        ...

    def report_sample(self, title: str, series: str, content: bytes, extension: str, iteration: int) -> None:
        """A picture, sound, film or text.

        Args:
            title: see the class.
            series: see the class.
            content: of the file.
            extension: of the file's name, with the dot; it tells what the content is.
            iteration: see the class.
        """
        ...

    def report_parameters(self, section: str, values: Mapping[str, Any]) -> None:
        """Hyperparameters, by name."""
        ...

    def connect_parameters(self, section: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Hyperparameters by name, which a task that an agent runs has others of; returns those to be used."""
        ...

    def last_iteration(self) -> int:
        """The iteration that was reported last; 0 when there is none."""
        ...

    def wants(self, option: str) -> bool:
        """Whether an option of the library's switch is on, as ``report_hparams`` of ``tensorboard`` is unless the
        program says otherwise."""
        ...

    def model_saved(self, path: str | Path, framework: str | None = None) -> None:
        """The library has written weights, and is done with it.

        Args:
            path: the file, or the folder. Each path is one model, however often it is written.
            framework: name of the library as models carry it, such as ``PyTorch``; ``None`` for what the file's name
                tells.
        """
        ...

    def model_loaded(self, path: str | Path, framework: str | None = None) -> None:
        """The library has read weights.

        Args:
            path: the file, or the folder.
            framework: as for ``model_saved``.
        """
        ...


class Overrides(Protocol):
    """What a task says in place of the program, in a run that an agent started."""

    def argument_overrides(self, section: str = ARGUMENTS) -> Mapping[str, str]:
        """Texts that replace arguments, by name; empty without an agent."""
        ...

    def configuration_override(self, name: str) -> str | None:
        """The text that replaces a configuration; ``None`` without an agent, or if the task has none."""
        ...


class CommandLineSink(Overrides, Protocol):
    """What is done with what a command line says."""

    def report_arguments(self, arguments: Sequence[Argument], section: str = ARGUMENTS) -> None:
        """The arguments of a command line."""
        ...

    def report_configuration(self, name: str, text: str, kind: str) -> None:
        """A configuration that was made of files and arguments.

        Args:
            name: the configuration object's.
            text: its text.
            kind: what the text is.
        """
        ...


class Sink(CommandLineSink, Protocol):
    """What a run does with what hooks see."""

    def for_library(self, *switches: str) -> LibrarySink | None:
        """Whom a library reports to; ``None`` if one of its switches in ``auto_connect_frameworks`` is off."""
        ...


SinkOfTheDay: TypeAlias = Callable[[], Sink | None]
"""The sink at the moment of the call."""

CommandLineSinkOfTheDay: TypeAlias = Callable[[], CommandLineSink]
"""Who takes command lines at the moment of the call."""

LibrarySinkOfTheDay: TypeAlias = Callable[[], LibrarySink | None]
"""A library's sink at the moment of the call."""
