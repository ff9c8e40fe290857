"""Tests of ``pellucid.sdk.plots_2d``."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pellucid.base.errors import UsageError
from pellucid.sdk import plots_2d


def figure(text: str) -> Any:
    """A figure as it is read back."""
    return json.loads(text)


@pytest.mark.parametrize("matrix", [[[1, 2], [3, 4]], ((1, 2), (3, 4)), np.array([[1, 2], [3, 4]])])
def test_matrices_of_any_kind(matrix: Any) -> None:
    """Nested sequences and arrays; the first row is on top."""
    drawn = figure(plots_2d.confusion_matrix("title", matrix, xlabels=["a", "b"], xaxis="predicted"))

    (heat,) = drawn["data"]
    assert (heat["type"], heat["z"], heat["x"], heat["y"]) == ("heatmap", [[1, 2], [3, 4]], ["a", "b"], ["0", "1"])
    assert drawn["layout"]["xaxis"]["title"]["text"] == "predicted"
    assert drawn["layout"]["yaxis"]["autorange"] == "reversed"


def test_what_is_no_finite_number_is_empty() -> None:
    """JSON has neither NaN nor infinity."""
    assert figure(plots_2d.confusion_matrix("title", [[float("nan"), 1.0]]))["data"][0]["z"] == [[None, 1.0]]


@pytest.mark.parametrize("matrix", [None, 3, [], [[]], [1, 2], [[1], [1, 2]], [["a"]], np.zeros(3)])
def test_what_is_no_matrix_is_refused(matrix: Any) -> None:
    """The message says what is allowed."""
    with pytest.raises(UsageError, match=r"matrix is .*allowed are rows of numbers"):
        plots_2d.confusion_matrix("title", matrix)


def test_labels_must_be_as_many_as_fields() -> None:
    """Rows and columns."""
    with pytest.raises(UsageError, match="ylabels has 1 labels; the matrix needs 2"):
        plots_2d.confusion_matrix("title", [[1], [2]], ylabels=["only one"])


@pytest.mark.parametrize("values", [[1, 2, 3], np.array([1, 2, 3]), [[1, 2, 3]]])
def test_one_series_of_bars(values: Any) -> None:
    """Bears the name of the series."""
    drawn = figure(plots_2d.histogram("title", "hits", values, xlabels=["a", "b", "c"], xaxis="kind"))

    (bars,) = drawn["data"]
    assert (bars["type"], bars["name"], bars["x"], bars["y"]) == ("bar", "hits", ["a", "b", "c"], [1, 2, 3])
    assert drawn["layout"]["barmode"] == "group"
    assert drawn["layout"]["xaxis"] == {"title": {"text": "kind"}, "type": "category"}


def test_several_series_of_bars() -> None:
    """With a name for each, and plotly's own properties (sdk-surface §4.28)."""
    drawn = figure(
        plots_2d.histogram(
            "title",
            "hits",
            np.arange(6).reshape(2, 3),
            labels=["train", "test"],
            mode="stack",
            data_args={"opacity": 0.5},
            extra_layout={"bargap": 0},
        )
    )

    assert [(bars["name"], bars["y"], bars["opacity"]) for bars in drawn["data"]] == [
        ("train", [0, 1, 2], 0.5),
        ("test", [3, 4, 5], 0.5),
    ]
    assert (drawn["layout"]["barmode"], drawn["layout"]["bargap"]) == ("stack", 0)


def test_points() -> None:
    """With a text for each."""
    drawn = figure(
        plots_2d.scatter("title", "cloud", np.array([[1, 2], [3, 4]]), labels=["p", "q"], mode="markers", comment="why")
    )

    (trace,) = drawn["data"]
    assert (trace["x"], trace["y"], trace["text"], trace["mode"]) == ([1, 3], [2, 4], ["p", "q"], "markers")
    assert drawn["layout"]["title"]["text"] == "title<br><sub>why</sub>"


@pytest.mark.parametrize("kind", [dict, SimpleNamespace])
def test_lines(kind: Any) -> None:
    """As dictionaries or as objects."""
    lines = [kind(name="a", data=[(0, 1), (1, 2)]), kind(name="b", data=np.ones((2, 2)), labels=["p", "q"])]
    drawn = figure(plots_2d.lines("title", lines, xaxis="x", yaxis="y", reverse_xaxis=True))

    assert [(trace["name"], trace["x"], trace["y"]) for trace in drawn["data"]] == [
        ("a", [0, 1], [1, 2]),
        ("b", [1, 1], [1, 1]),
    ]
    assert drawn["layout"]["xaxis"]["autorange"] == "reversed"


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots_2d.histogram("t", "s", ["a"]), "values is"),
        (lambda: plots_2d.histogram("t", "s", []), "values is"),
        (lambda: plots_2d.histogram("t", "s", [1, 2], xlabels=["a"]), "xlabels has 1 labels; values needs 2"),
        (lambda: plots_2d.histogram("t", "s", [[1], [2]], labels=["a"]), "labels has 1 labels; values needs 2"),
        (lambda: plots_2d.histogram("t", "s", [1], mode="pile"), "mode is 'pile'; allowed are 'group', 'stack'"),
        (lambda: plots_2d.histogram("t", "s", [1], data_args=[1]), r"data_args is \[1\]"),  # type: ignore[arg-type]
        (lambda: plots_2d.histogram("t", "s", [1], extra_layout={"a": object()}), "extra_layout"),
        (lambda: plots_2d.scatter("t", "s", [1, 2]), "scatter is .* each of 2 numbers"),
        (lambda: plots_2d.scatter("t", "s", [[1, 2, 3]]), "scatter is .* each of 2 numbers"),
        (lambda: plots_2d.scatter("t", "s", [[1, 2]], labels=["a", "b"]), "labels has 2 labels; scatter needs 1"),
        (lambda: plots_2d.scatter("t", "s", [[1, 2]], mode="dots"), "mode is 'dots'"),
        (lambda: plots_2d.lines("t", []), "series is empty"),
        (lambda: plots_2d.lines("t", [{"name": "a"}]), "series has .*allowed are dictionaries with name and data"),
        (lambda: plots_2d.lines("t", ["a"]), "series has 'a'"),
    ],
)
def test_what_can_not_be_drawn_is_refused(draw: Any, message: str) -> None:
    """The message names the argument."""
    with pytest.raises(UsageError, match=message):
        draw()
