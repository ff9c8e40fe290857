"""Figures of matplotlib as pictures or plots; matplotlib itself is the user's and not imported here."""

from __future__ import annotations

import io
import json
from typing import Any

from pellucid.base.errors import UsageError
from pellucid.hooks.matplotlib_interactive import interactive
from pellucid.sdk.pictures import Picture


def picture_of_figure(figure: Any) -> Picture:
    """A figure, or the current one of ``matplotlib.pyplot``, as a PNG file.

    Raises:
        UsageError: it is none.
    """
    save = getattr(_figure_of(figure), "savefig", None)
    if not callable(save):
        raise UsageError(f"figure is of type {type(figure).__name__}; allowed is a figure of matplotlib, or its pyplot")
    file = io.BytesIO()
    save(file, format="png", bbox_inches="tight")
    return Picture(".png", file.getvalue())


def plot_of_figure(figure: Any) -> str | None:
    """Plotly's JSON of a figure, or of the current one of ``matplotlib.pyplot``; ``None`` unless it is simple."""
    figure = _figure_of(figure)
    if not any(kind.__module__ == "matplotlib.figure" for kind in type(figure).__mro__):
        return None  # something else that can be saved, such as a grid of seaborn
    found = interactive(figure)
    return None if found is None else json.dumps(found)


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


def _figure_of(figure: Any) -> Any:
    current = getattr(figure, "gcf", None)
    return current() if callable(current) else figure
