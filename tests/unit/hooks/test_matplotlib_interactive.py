"""Figures of matplotlib as Plotly's."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from matplotlib.figure import Figure

from pellucid.hooks.matplotlib_interactive import interactive


def drawn(draw: Callable[[Any], object], **options: Any) -> Any:
    """What one axes become that something is drawn in."""
    figure = Figure()
    draw(figure.subplots(**options))
    found = interactive(figure)
    if found is not None:
        go.Figure(found)  # which raises for what is none of Plotly's
        json.dumps(found, allow_nan=False)
    return found


def test_lines() -> None:
    """With names, styles and markers; where there is no number there is none."""
    found = drawn(lambda axes: (axes.semilogy([1, 10, float("nan")], "r--s", label="loss"), axes.legend()))
    (line,) = found["data"]
    assert (line["x"], line["y"], line["name"], line["mode"]) == ([0, 1, 2], [1, 10, None], "loss", "lines+markers")
    assert (line["line"]["color"], line["line"]["dash"], line["marker"]["symbol"]) == (
        "rgba(255,0,0,1.0)",
        "dash",
        "square",
    )
    assert (found["layout"]["yaxis"]["type"], found["layout"]["showlegend"]) == ("log", True)


def test_points() -> None:
    """Each with a colour of its own."""
    (points,) = drawn(lambda axes: axes.scatter([1, 2], [3, 4], c=[0, 1], s=25))["data"]
    assert (points["mode"], points["x"], points["y"], points["marker"]["size"]) == ("markers", [1, 2], [3, 4], 5)
    assert len(set(points["marker"]["color"])) == 2


def test_bars() -> None:
    """Upright with categories, or lying."""
    found = drawn(lambda axes: axes.bar(["a", "b"], [1, 2], bottom=[0, 1]))
    (bars,) = found["data"]
    assert (bars["x"], bars["y"], bars["base"], bars["orientation"]) == ([0, 1], [1, 2], [0, 1], "v")
    assert found["layout"]["xaxis"]["ticktext"] == ["a", "b"]
    (lying,) = drawn(lambda axes: axes.barh([5], [2]))["data"]
    assert (lying["x"], lying["y"], lying["orientation"]) == ([2], [5], "h")
    (counts,) = drawn(lambda axes: axes.hist([1, 1, 2], bins=2))["data"]
    assert counts["y"] == [2, 1]


def test_axes_of_dates_and_of_ranges() -> None:
    """As they are."""
    (line,) = drawn(lambda axes: axes.plot([date(2024, 1, 1), date(2024, 1, 2)], [1, 2]))["data"]
    assert line["x"] == ["2024-01-01T00:00:00", "2024-01-02T00:00:00"]
    layout = drawn(lambda axes: (axes.plot([1, 2]), axes.set_xlim(5, 0), axes.set_ylabel("loss")))["layout"]
    assert (layout["xaxis"]["range"], layout["yaxis"]["title"]["text"]) == ([5, 0], "loss")


def test_several_axes() -> None:
    """Each in its place, below its heading."""
    figure = Figure()
    upper, lower = figure.subplots(2, 1)
    upper.plot([1, 2])
    lower.plot([2, 1])
    upper.set_title("upper")
    figure.suptitle("both")
    found = interactive(figure)
    assert found is not None
    assert [trace["xaxis"] for trace in found["data"]] == ["x", "x2"]
    assert found["layout"]["yaxis"]["domain"][0] > found["layout"]["yaxis2"]["domain"][1]
    assert found["layout"]["title"]["text"] == "both"
    assert [heading["text"] for heading in found["layout"]["annotations"]] == ["upper"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.imshow([[0, 1]]),
        lambda axes: axes.pie([1, 2]),
        lambda axes: axes.fill_between([1, 2], [1, 2]),
        lambda axes: axes.errorbar([1, 2], [1, 2], yerr=0.1),
        lambda axes: (axes.plot([1, 2]), axes.text(0, 1, "here")),
        lambda axes: (axes.plot([1, 2]), axes.axhline(1)),
        lambda axes: (axes.plot([1, 2]), axes.set_title("$x^2$")),
        lambda axes: (axes.plot([1, 2]), axes.twinx().plot([3, 4])),
        lambda axes: (axes.plot([1, 2]), axes.figure.colorbar(axes.scatter([1], [1], c=[1]))),
        lambda axes: axes.plot(np.zeros(60_000)),
        lambda axes: None,
    ],
)
def test_what_is_not_simple(draw: Callable[[Any], object]) -> None:
    """Is none of Plotly's, as something would be missing."""
    assert drawn(draw) is None


def test_other_kinds_of_axes() -> None:
    """Nor are they."""
    assert drawn(lambda axes: axes.plot([1, 2]), subplot_kw={"projection": "polar"}) is None
    assert interactive(Figure()) is None
