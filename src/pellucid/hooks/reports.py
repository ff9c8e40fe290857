"""What hooks of plotting and metrics libraries report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Reports(Protocol):
    """What a run does with the metrics, plots and samples that a library makes."""

    def report_scalar(self, title: str, series: str, value: float, iteration: int) -> None:
        """A point of a curve."""
        ...

    def report_plot(self, title: str, series: str, figure: Any, iteration: int) -> None:
        """A figure of Plotly, or a dictionary of its ``data`` and ``layout``."""
        ...

    def report_sample(self, title: str, series: str, content: bytes, extension: str, iteration: int) -> None:
        """A picture, sound, film or text.

        Args:
            title: what it is a sample of.
            series: what it is a sample of.
            content: the file's content.
            extension: of the file's name, with the dot; it tells what the content is.
            iteration: when.
        """
        ...

    def report_picture_plot(self, title: str, series: str, content: bytes, extension: str, iteration: int) -> None:
        """A plot that was drawn already: shown among the plots, not among the samples. Arguments as above."""
        ...

    def report_parameters(self, section: str, values: Mapping[str, Any]) -> None:
        """Hyperparameters, by name."""
        ...

    def last_iteration(self) -> int:
        """The highest iteration that was reported so far; 0 when there is none."""
        ...
