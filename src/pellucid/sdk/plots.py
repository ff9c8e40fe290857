"""Plots as the JSON of plotly figures, made without plotly."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.base.errors import UsageError


def figure_json(figure: object) -> str:
    """The JSON of a figure.

    Args:
        figure: a plotly figure, or a dictionary with the same content.

    Raises:
        UsageError: it is neither.
    """
    to_json = getattr(figure, "to_json", None)
    if callable(to_json):
        return str(to_json())
    if isinstance(figure, Mapping):
        try:
            return json.dumps(_plain(figure))
        except (TypeError, ValueError) as error:
            raise UsageError(f"figure: it can't be written as JSON: {error}") from error
    raise UsageError(f"figure is of type {type(figure).__name__}; allowed is a plotly figure, or a dictionary of one")


def confusion_matrix(
    title: str,
    matrix: object,
    *,
    xaxis: str | None,
    yaxis: str | None,
    xlabels: Sequence[str] | None,
    ylabels: Sequence[str] | None,
    yaxis_reversed: bool,
    comment: str | None,
    extra_layout: Mapping[str, Any] | None,
) -> str:
    """The JSON of a heat map with a number in each field.

    Raises:
        UsageError: the matrix is no rectangle of numbers, or the labels are not as many as its columns and rows.
    """
    rows = _rows(matrix)
    columns = _labels("xlabels", xlabels, len(rows[0]))
    names = _labels("ylabels", ylabels, len(rows))
    heat = {
        "type": "heatmap",
        "z": rows,
        "x": columns,
        "y": names,
        "text": [[_short(value) for value in row] for row in rows],
        "texttemplate": "%{text}",
        "colorscale": "Blues",
        "hovertemplate": f"{xaxis or 'x'}: %{{x}}<br>{yaxis or 'y'}: %{{y}}<br>%{{z}}<extra></extra>",
    }
    layout: dict[str, Any] = {
        "title": {"text": f"{title}<br><sub>{comment}</sub>" if comment else title},
        "xaxis": {"title": {"text": xaxis or ""}, "type": "category"},
        # The first row is on top, as it is written down; plotly's own order is from below.
        "yaxis": {
            "title": {"text": yaxis or ""},
            "type": "category",
            "autorange": True if yaxis_reversed else "reversed",
        },
    }
    return json.dumps(_plain({"data": [heat], "layout": {**layout, **(extra_layout or {})}}))


def _rows(matrix: object) -> list[list[float]]:
    """Nested sequences, or an array of any library."""
    nested = _plain(matrix)
    if isinstance(nested, list) and nested and all(isinstance(row, list) for row in nested):
        numbers = all(isinstance(value, int | float) or value is None for row in nested for value in row)
        if numbers and nested[0] and len({len(row) for row in nested}) == 1:
            return nested
    raise UsageError(f"matrix is {matrix!r}; allowed are rows of numbers, all of the same length")


def _labels(argument: str, labels: Sequence[str] | None, count: int) -> list[str]:
    if labels is None:
        return [str(number) for number in range(count)]
    if len(labels) != count:
        raise UsageError(f"{argument} has {len(labels)} labels; the matrix needs {count}")
    return [str(label) for label in labels]


def _plain(value: Any) -> Any:
    """Dictionaries, lists and numbers that JSON knows: arrays become lists, what is no finite number becomes null."""
    to_list: Any = getattr(value, "tolist", None)
    if callable(to_list):
        value = to_list()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _short(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
