"""What a run does with what one library makes (see ``pellucid.hooks.sink.LibrarySink``)."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from pellucid.sdk.connect import overridden
from pellucid.sdk.live import LiveTask
from pellucid.sdk.logger import Logger
from pellucid.sdk.models.checkpoints import Checkpoints
from pellucid.sdk.parameters import encode
from pellucid.sdk.samples import SampleFile
from pellucid.wire.tasks import Parameter

Switch: TypeAlias = bool | str | Sequence[str] | Mapping[str, bool]
"""What ``auto_connect_frameworks`` may say of a library: all or nothing, wildcards for the files of models, or switches
of single options (seed, Control Automatic Logging)."""


class LibrarySink(msgspec.Struct, frozen=True):
    """Reports to a task.

    Attributes:
        live: the task.
        logger: takes metrics, plots and samples.
        record: sets parameters.
        checkpoints: takes models; ``None`` in a later rank, whose weights are those of the first (sdk-surface §4.19).
        patterns: wildcards for the files of models; any file if there are none.
        options: switches of single options.
        remote: whether the task's values replace the program's.
    """

    live: LiveTask
    logger: Logger
    record: Callable[[list[Parameter]], None]
    checkpoints: Checkpoints | None
    patterns: Sequence[str]
    options: Mapping[str, bool]
    remote: bool

    def report_scalar(self, title: str, series: str, value: float, iteration: int) -> None:
        """A point of a curve."""
        self.logger.report_scalar(title, series, value, iteration)

    def report_plot(self, title: str, series: str, figure: Any, iteration: int) -> None:
        """A figure of Plotly."""
        self.logger.report_plotly(title, series, figure, iteration)

    def report_picture_plot(self, title: str, series: str, content: bytes, extension: str, iteration: int) -> None:
        """A plot that was drawn already."""
        self.logger._report_drawing(title, series, iteration, SampleFile(extension, content))

    def report_sample(self, title: str, series: str, content: bytes, extension: str, iteration: int) -> None:
        """A picture, sound, film or text."""
        self.logger.report_media(title, series, iteration, stream=io.BytesIO(content), file_extension=extension)

    def report_parameters(self, section: str, values: Mapping[str, Any]) -> None:
        """Hyperparameters."""
        if values:
            self.record([encode(f"{section}/{name}", value) for name, value in values.items()])

    def connect_parameters(self, section: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Hyperparameters, of which the task may have others; what it does not have is added to it."""
        stored = self.live.document().hyperparams.get(section, {}) if self.remote else {}
        used = overridden(dict(values), stored)
        self.report_parameters(section, {name: value for name, value in used.items() if name not in stored})
        return used

    def last_iteration(self) -> int:
        """The iteration that was reported last."""
        return self.live.last_iteration()

    def wants(self, option: str) -> bool:
        """Whether it is not switched off."""
        return self.options.get(option, True)

    def model_saved(self, path: str | Path, framework: str | None = None) -> None:
        """An output model of the task."""
        if self.checkpoints is not None and self._is_wanted(path):
            self.checkpoints.saved(path, framework)

    def model_loaded(self, path: str | Path, framework: str | None = None) -> None:
        """An input model of the task."""
        if self.checkpoints is not None and self._is_wanted(path):
            self.checkpoints.loaded(path, framework)

    def _is_wanted(self, path: str | Path) -> bool:
        """A pattern without a folder is for the name, another one for the whole path (sdk-surface M45)."""
        names = [str(path), os.path.abspath(path), os.path.basename(path)]
        return not self.patterns or any(fnmatch(name, pattern) for name in names for pattern in self.patterns)


def library_sink(
    switches: bool | Mapping[str, Switch],
    names: Sequence[str],
    live: LiveTask,
    logger: Logger,
    record: Callable[[list[Parameter]], None],
    checkpoints: Checkpoints | None,
    *,
    remote: bool,
) -> LibrarySink | None:
    """The sink of a library; ``None`` if one of its switches is off.

    Args:
        switches: ``auto_connect_frameworks``; an empty dictionary is none (sdk-surface M42).
        names: of the library's switches; what says nothing is on.
        live: see ``LibrarySink``.
        logger: see ``LibrarySink``.
        record: see ``LibrarySink``.
        checkpoints: see ``LibrarySink``.
        remote: see ``LibrarySink``.
    """
    if not switches:
        return None
    patterns: list[str] = []
    options: dict[str, bool] = {}
    for name in names:
        switch = True if isinstance(switches, bool) else switches.get(name, True)
        if isinstance(switch, str):
            patterns.append(switch)
        elif isinstance(switch, Mapping):
            options |= switch
        elif not isinstance(switch, bool):
            patterns += switch
        elif not switch:
            return None
    return LibrarySink(live, logger, record, checkpoints, patterns, options, remote)
