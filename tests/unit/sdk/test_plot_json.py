"""Tests of ``pellucid.sdk.plot_json``."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from pellucid.base.errors import UsageError
from pellucid.sdk.plot_json import draw, figure_json


class Figure:
    """What plotly's figures are to us."""

    def to_json(self) -> str:
        """As plotly does."""
        return '{"data": []}'


@pytest.mark.parametrize("figure", [Figure(), {"data": []}, {"data": np.zeros((0,))}])
def test_figures(figure: Any) -> None:
    """Of plotly, or as a dictionary."""
    assert json.loads(figure_json(figure)) == {"data": []}


@pytest.mark.parametrize("figure", [3, {"data": object()}])
def test_what_is_no_figure_is_refused(figure: Any) -> None:
    """Before it is recorded."""
    with pytest.raises(UsageError, match="figure"):
        figure_json(figure)


def test_the_user_s_layout_comes_last() -> None:
    """So that it can replace anything."""
    text = draw("title", [], {"barmode": "group"}, comment="why", extra_layout={"barmode": "stack", "title": "other"})
    assert json.loads(text) == {"data": [], "layout": {"barmode": "stack", "title": "other"}}
