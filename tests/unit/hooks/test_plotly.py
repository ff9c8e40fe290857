"""Figures of Plotly that are shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pellucid.hooks import guard
from pellucid.hooks import plotly as hook
from pellucid.testing.reports import RecordedReports

pio: Any = pytest.importorskip("plotly.io")
go: Any = pytest.importorskip("plotly.graph_objects")


@pytest.fixture
def reports() -> Iterator[RecordedReports]:
    """A run that Plotly reports to; our own errors are heard."""
    reports = RecordedReports(iteration=2)
    before, pio.renderers.default = pio.renderers.default, ""
    undo = hook.patch(pio, lambda: reports)
    with guard.loud_errors():
        yield reports
    undo()
    pio.renderers.default = before


def test_a_figure_that_is_shown(reports: RecordedReports) -> None:
    """By itself or by the library."""
    figure = go.Figure(go.Bar(y=[1, 3]), layout={"title": {"text": "counts"}})
    figure.show()
    pio.show({"data": [], "layout": {"title": "a dictionary"}}, validate=False)
    go.Figure().show()
    assert [(title, series, iteration) for title, series, iteration, _ in reports.plots] == [
        ("counts", "plot", 2),
        ("a dictionary", "plot", 2),
        ("untitled", "plot", 2),
    ]
    assert reports.plots[0][3] is figure
