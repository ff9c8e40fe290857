"""Tests of ``pellucid.sdk.plots_3d``."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from pellucid.base.errors import UsageError
from pellucid.sdk import plots_3d


def test_one_cloud() -> None:
    """With names for its axes."""
    drawn = json.loads(
        plots_3d.scatter("title", "cloud", np.arange(6).reshape(2, 3), zaxis="height", labels=["p", "q"])
    )

    (trace,) = drawn["data"]
    assert (trace["x"], trace["y"], trace["z"], trace["text"]) == ([0, 3], [1, 4], [2, 5], ["p", "q"])
    assert drawn["layout"]["scene"]["zaxis"]["title"]["text"] == "height"


def test_several_clouds() -> None:
    """Are told apart by their number."""
    drawn = json.loads(plots_3d.scatter("title", "cloud", [np.zeros((2, 3)), [[1, 2, 3]]], fill=True))

    assert [(trace["name"], trace["x"], trace["surfaceaxis"]) for trace in drawn["data"]] == [
        ("cloud 0", [0, 0], 1),
        ("cloud 1", [1], 1),
    ]


def test_a_surface() -> None:
    """Is seen from the camera's place."""
    drawn = json.loads(plots_3d.surface("title", "hill", np.eye(2), xlabels=["a", "b"], camera=(1, 2, 3)))

    (trace,) = drawn["data"]
    assert (trace["type"], trace["z"]) == ("surface", [[1, 0], [0, 1]])
    assert drawn["layout"]["scene"]["camera"]["eye"] == {"x": 1, "y": 2, "z": 3}
    assert drawn["layout"]["scene"]["xaxis"]["ticktext"] == ["a", "b"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots_3d.scatter("t", "s", [[1, 2]]), "scatter is .* each of 3 numbers"),
        (lambda: plots_3d.scatter("t", "s", None), "scatter is None"),
        (lambda: plots_3d.scatter("t", "s", [[1, 2, 3]], mode="cubes"), "mode is 'cubes'"),
        (lambda: plots_3d.scatter("t", "s", [[1, 2, 3]], labels=["a", "b"]), "labels has 2 labels"),
        (lambda: plots_3d.surface("t", "s", [1]), "matrix is"),
        (lambda: plots_3d.surface("t", "s", [[1]], camera=(1, 2)), "camera is"),
        (lambda: plots_3d.surface("t", "s", [[1]], ylabels=["a", "b"]), "ylabels has 2 labels"),
    ],
)
def test_what_can_not_be_drawn_is_refused(draw: Any, message: str) -> None:
    """The message names the argument."""
    with pytest.raises(UsageError, match=message):
        draw()
