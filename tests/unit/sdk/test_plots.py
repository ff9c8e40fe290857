"""Tests of ``pellucid.sdk.plots``."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from pellucid.base.errors import UsageError
from pellucid.sdk import plots


def heat_map(matrix: Any, **arguments: Any) -> dict[str, Any]:
    """The figure of a confusion matrix."""
    usual: dict[str, Any] = dict.fromkeys(["xaxis", "yaxis", "xlabels", "ylabels", "comment", "extra_layout"])
    text = plots.confusion_matrix("title", matrix, **{**usual, "yaxis_reversed": False, **arguments})
    return dict(json.loads(text))


@pytest.mark.parametrize("matrix", [[[1, 2], [3, 4]], ((1, 2), (3, 4)), np.array([[1, 2], [3, 4]])])
def test_matrices_of_any_kind(matrix: Any) -> None:
    """Nested sequences and arrays."""
    figure = heat_map(matrix, xlabels=["a", "b"], xaxis="predicted")

    (heat,) = figure["data"]
    assert (heat["type"], heat["z"], heat["x"], heat["y"]) == ("heatmap", [[1, 2], [3, 4]], ["a", "b"], ["0", "1"])
    assert figure["layout"]["xaxis"]["title"]["text"] == "predicted"
    assert figure["layout"]["yaxis"]["autorange"] == "reversed"


def test_what_is_no_finite_number_is_empty() -> None:
    """JSON has neither NaN nor infinity."""
    assert heat_map([[float("nan"), 1.0]])["data"][0]["z"] == [[None, 1.0]]


@pytest.mark.parametrize("matrix", [None, 3, [], [[]], [1, 2], [[1], [1, 2]], [["a"]], np.zeros(3)])
def test_what_is_no_matrix_is_refused(matrix: Any) -> None:
    """The message says what is allowed."""
    with pytest.raises(UsageError, match=r"matrix is .*allowed are rows of numbers"):
        heat_map(matrix)


def test_labels_must_be_as_many_as_fields() -> None:
    """Rows and columns."""
    with pytest.raises(UsageError, match="ylabels has 1 labels; the matrix needs 2"):
        heat_map([[1], [2]], ylabels=["only one"])


class Figure:
    """What plotly's figures are to us."""

    def to_json(self) -> str:
        """As plotly does."""
        return '{"data": []}'


@pytest.mark.parametrize("figure", [Figure(), {"data": []}, {"data": np.zeros((0,))}])
def test_figures(figure: Any) -> None:
    """Of plotly, or as a dictionary."""
    assert json.loads(plots.figure_json(figure)) == {"data": []}


@pytest.mark.parametrize("figure", [3, {"data": object()}])
def test_what_is_no_figure_is_refused(figure: Any) -> None:
    """Before it is recorded."""
    with pytest.raises(UsageError, match="figure"):
        plots.figure_json(figure)
