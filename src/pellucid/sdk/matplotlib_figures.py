"""Figures of matplotlib as pictures; matplotlib itself is the user's and not imported here."""

from __future__ import annotations

import io
import json
from typing import Any

from pellucid.base.errors import UsageError
from pellucid.sdk.pictures import Picture


def picture_of_figure(figure: Any) -> Picture:
    """A figure, or the current one of ``matplotlib.pyplot``, as a PNG file.

    Raises:
        UsageError: it is none.
    """
    current = getattr(figure, "gcf", None)
    if callable(current):
        figure = current()
    save = getattr(figure, "savefig", None)
    if not callable(save):
        raise UsageError(f"figure is of type {type(figure).__name__}; allowed is a figure of matplotlib, or its pyplot")
    file = io.BytesIO()
    save(file, format="png", bbox_inches="tight")
    return Picture(".png", file.getvalue())


def plot_of_picture(title: str, url: str) -> str:
    """Plotly's JSON of a plot that shows a picture (protocol §3.6)."""
    picture = {
        "source": url,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "sizex": 1,
        "sizey": 1,
        "sizing": "contain",
        "layer": "below",
    }
    nothing = {"visible": False}
    layout = {"title": {"text": title}, "images": [picture], "xaxis": nothing, "yaxis": nothing, "showlegend": False}
    return json.dumps({"data": [], "layout": layout})
