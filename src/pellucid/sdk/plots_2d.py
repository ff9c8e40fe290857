"""Plots on two axes, as the JSON of plotly figures (sdk-surface §3 Logger, §4.28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_choice, check_text
from pellucid.sdk.plot_json import axis, check_plotly, draw, plain
from pellucid.sdk.plot_values import check_labels, check_matrix, check_points, check_series

BAR_MODES: Final = ("group", "stack", "relative")
"""How bars of several series stand: beside each other, on each other, on each other by sign."""

MARKS: Final = ("lines", "markers", "lines+markers")
"""How points are drawn."""


def histogram(
    title: str,
    series: str,
    values: object,
    *,
    labels: Sequence[str] | None = None,
    xlabels: Sequence[str] | None = None,
    xaxis: str | None = None,
    yaxis: str | None = None,
    mode: str | None = None,
    data_args: Mapping[str, Any] | None = None,
    extra_layout: Mapping[str, Any] | None = None,
) -> str:
    """Bars whose heights are given; several series of them if there are several rows.

    Raises:
        UsageError: the values are no numbers, or there are not as many labels as series or bars.
    """
    rows = check_series("values", values)
    single = [labels] if isinstance(labels, str) else labels
    names = check_labels("labels", single, len(rows), "values")
    if names is None:
        names = [series] if len(rows) == 1 else [f"{series} {number}" for number in range(len(rows))]
    bars = max(len(row) for row in rows)
    places: list[Any] = check_labels("xlabels", xlabels, bars, "values") or list(range(bars))
    arguments = check_plotly("data_args", data_args)
    traces = [
        {"type": "bar", "name": name, "x": places[: len(row)], "y": row, **arguments}
        for name, row in zip(names, rows, strict=True)
    ]
    layout = {
        "xaxis": axis(xaxis, **({"type": "category"} if xlabels is not None else {})),
        "yaxis": axis(yaxis),
        "barmode": "group" if mode is None else check_choice("mode", mode, BAR_MODES),
    }
    return draw(title, traces, layout, extra_layout=extra_layout)


def scatter(
    title: str,
    series: str,
    points: object,
    *,
    xaxis: str | None = None,
    yaxis: str | None = None,
    labels: Sequence[str] | None = None,
    mode: str = "lines",
    comment: str | None = None,
    extra_layout: Mapping[str, Any] | None = None,
) -> str:
    """Points, or a line through them.

    Raises:
        UsageError: the points are no pairs of numbers, or there are not as many labels.
    """
    trace = _line("scatter", series, points, mode, labels)
    return draw(
        title, [trace], {"xaxis": axis(xaxis), "yaxis": axis(yaxis)}, comment=comment, extra_layout=extra_layout
    )


@dataclass
class SeriesInfo:
    """A line of a plot of several (sdk-surface §3, ``Logger.SeriesInfo``).

    Attributes:
        name: of the line.
        data: pairs of numbers, x and y.
        labels: a text for each point.
    """

    name: str
    data: Sequence[Any]
    labels: Sequence[str] | None = None


def lines(
    title: str,
    series: object,
    *,
    xaxis: str | None = None,
    yaxis: str | None = None,
    mode: str = "lines",
    reverse_xaxis: bool = False,
    comment: str | None = None,
    extra_layout: Mapping[str, Any] | None = None,
) -> str:
    """Several lines, each a dictionary, or an object, with ``name``, ``data`` (pairs of numbers) and perhaps ``labels``
    (a text for each point).

    Raises:
        UsageError: a line is of another kind.
    """
    found = series if isinstance(series, list | tuple) else [series]
    if not found:
        raise UsageError("series is empty; allowed is a list of dictionaries with name and data")
    traces = [_described_line(one, mode) for one in found]
    layout = {"xaxis": axis(xaxis, **({"autorange": "reversed"} if reverse_xaxis else {})), "yaxis": axis(yaxis)}
    return draw(title, traces, layout, comment=comment, extra_layout=extra_layout)


def confusion_matrix(
    title: str,
    matrix: object,
    *,
    xaxis: str | None = None,
    yaxis: str | None = None,
    xlabels: Sequence[str] | None = None,
    ylabels: Sequence[str] | None = None,
    yaxis_reversed: bool = False,
    comment: str | None = None,
    extra_layout: Mapping[str, Any] | None = None,
) -> str:
    """A heat map with a number in each field.

    Raises:
        UsageError: the matrix is no rectangle of numbers, or the labels are not as many as its columns and rows.
    """
    rows = check_matrix("matrix", matrix)
    heat = {
        "type": "heatmap",
        "z": rows,
        "x": check_labels("xlabels", xlabels, len(rows[0]), "the matrix") or _numbered(len(rows[0])),
        "y": check_labels("ylabels", ylabels, len(rows), "the matrix") or _numbered(len(rows)),
        "text": [[_short(value) for value in row] for row in rows],
        "texttemplate": "%{text}",
        "colorscale": "Blues",
        "hovertemplate": f"{xaxis or 'x'}: %{{x}}<br>{yaxis or 'y'}: %{{y}}<br>%{{z}}<extra></extra>",
    }
    layout = {
        "xaxis": axis(xaxis, type="category"),
        # The first row is on top, as it is written down; plotly's own order is from below.
        "yaxis": axis(yaxis, type="category", autorange=True if yaxis_reversed else "reversed"),
    }
    return draw(title, [heat], layout, comment=comment, extra_layout=extra_layout)


def _line(argument: str, name: str, data: object, mode: str, labels: object) -> dict[str, Any]:
    points = check_points(argument, data, 2)
    drawn = check_choice("mode", "lines" if mode == "line" else mode, MARKS)
    trace: dict[str, Any] = {
        "type": "scatter",
        "name": name,
        "mode": drawn,
        "x": [point[0] for point in points],
        "y": [point[1] for point in points],
    }
    texts = check_labels("labels", labels, len(points), argument)
    return trace if texts is None else {**trace, "text": texts, "hoverinfo": "x+y+text"}


def _described_line(description: object, mode: str) -> dict[str, Any]:
    parts: Mapping[str, Any] = description if isinstance(description, Mapping) else getattr(description, "__dict__", {})
    if "name" not in parts or "data" not in parts:
        raise UsageError(f"series has {description!r}; allowed are dictionaries with name and data, or SeriesInfo")
    labels = parts.get("labels")
    return _line(
        "data", check_text("name in series", parts["name"]), parts["data"], mode, labels if plain(labels) else None
    )


def _numbered(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def _short(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
