"""A run that keeps what hooks report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


class RecordedReports:
    """Keeps what is reported (see ``pellucid.hooks.sink.LibrarySink``).

    Attributes:
        scalars: title, series, iteration and value of each point.
        plots: title, series, iteration and figure.
        samples: title, series, iteration, extension and content.
        picture_plots: as samples.
        parameters: by section.
        saved: path and framework of models that were written.
        loaded: of models that were read.
        unwanted: options that are off.
        overrides: parameters that a task has in place of the program's.
    """

    def __init__(self, *, iteration: int = 0) -> None:
        self.scalars: list[tuple[str, str, int, float]] = []
        self.plots: list[tuple[str, str, int, Any]] = []
        self.samples: list[tuple[str, str, int, str, bytes]] = []
        self.picture_plots: list[tuple[str, str, int, str, bytes]] = []
        self.parameters: dict[str, dict[str, Any]] = {}
        self.saved: list[tuple[Path, str | None]] = []
        self.loaded: list[tuple[Path, str | None]] = []
        self.unwanted: set[str] = set()
        self.overrides: dict[str, Any] = {}
        self.iteration = iteration

    def report_scalar(self, title: str, series: str, value: float, iteration: int) -> None:
        """Keep it."""
        self.scalars.append((title, series, iteration, value))

    def report_plot(self, title: str, series: str, figure: Any, iteration: int) -> None:
        """Keep it."""
        self.plots.append((title, series, iteration, figure))

    def report_sample(self, title: str, series: str, content: bytes, extension: str, iteration: int) -> None:
        """Keep it."""
        self.samples.append((title, series, iteration, extension, content))

    def report_picture_plot(self, title: str, series: str, content: bytes, extension: str, iteration: int) -> None:
        """Keep it."""
        self.picture_plots.append((title, series, iteration, extension, content))

    def report_parameters(self, section: str, values: Mapping[str, Any]) -> None:
        """Keep them."""
        self.parameters.setdefault(section, {}).update(values)

    def connect_parameters(self, section: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Keep them; some are others."""
        used = {**values, **{name: value for name, value in self.overrides.items() if name in values}}
        self.report_parameters(section, used)
        return used

    def last_iteration(self) -> int:
        """What the test has said."""
        return self.iteration

    def wants(self, option: str) -> bool:
        """Whether the test has not said otherwise."""
        return option not in self.unwanted

    def model_saved(self, path: str | Path, framework: str | None = None) -> None:
        """Keep it."""
        self.saved.append((Path(path), framework))

    def model_loaded(self, path: str | Path, framework: str | None = None) -> None:
        """Keep it."""
        self.loaded.append((Path(path), framework))
