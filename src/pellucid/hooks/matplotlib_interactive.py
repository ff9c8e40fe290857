"""Figures of ``matplotlib`` as Plotly's: lines, points and bars in plain axes, which is what most figures are.

A figure with anything else in it is none of Plotly's, as it would lack that.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    # The library is handed in, never imported.
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_POINTS: Final = 50_000
"""In one figure; a picture of more is smaller, and shows as much."""

_DASHES: Final = {"-": "solid", "--": "dash", ":": "dot", "-.": "dashdot"}
_STEPS: Final = {"default": "linear", "steps": "vh", "steps-pre": "vh", "steps-post": "hv", "steps-mid": "hvh"}
_MARKERS: Final = {
    "o": "circle",
    ".": "circle",
    "s": "square",
    "D": "diamond",
    "^": "triangle-up",
    "v": "triangle-down",
    "<": "triangle-left",
    ">": "triangle-right",
    "*": "star",
    "x": "x-thin-open",
    "+": "cross-thin-open",
    "p": "pentagon",
    "h": "hexagon",
}
_NOTHING: Final = ("None", "none", " ", "", None)


class _NotSimpleError(Exception):
    """There is something in a figure that is not known here."""


def interactive(figure: Figure) -> dict[str, Any] | None:
    """A figure's ``data`` and ``layout`` as Plotly has them; ``None`` for one that is not simple enough."""
    try:
        return _converted(figure)
    except (_NotSimpleError, AttributeError):  # the latter where a release of the library lacks something
        return None


def _converted(figure: Figure) -> dict[str, Any]:
    places = [tuple(axes.get_position().bounds) for axes in figure.axes]
    _only(figure.axes and len(set(places)) == len(places))  # two axes in one place are twins
    _only(not (figure.legends or figure.images or figure.patches or figure.lines or figure.subfigs))
    suptitle = figure.get_suptitle()
    _only(len(figure.texts) <= bool(suptitle))
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {"barmode": "overlay", "showlegend": False, "annotations": []}
    for number, axes in enumerate(figure.axes):
        suffix = str(number + 1) if number else ""
        begin = len(traces)
        traces += ({**trace, "xaxis": f"x{suffix}", "yaxis": f"y{suffix}"} for trace in _traces(axes))
        _only(len(traces) > begin)
        layout[f"xaxis{suffix}"] = _axis(axes.xaxis, axes.get_xlim(), axes.get_autoscalex_on(), f"y{suffix}")
        layout[f"yaxis{suffix}"] = _axis(axes.yaxis, axes.get_ylim(), axes.get_autoscaley_on(), f"x{suffix}")
        layout["showlegend"] |= axes.get_legend() is not None
        if len(figure.axes) > 1:
            left, bottom, width, height = places[number]
            layout[f"xaxis{suffix}"]["domain"] = [max(left, 0), min(left + width, 1)]
            layout[f"yaxis{suffix}"]["domain"] = [max(bottom, 0), min(bottom + height, 1)]
            layout["annotations"] += _heading(axes, suffix)
    _only(sum(len(trace["x"]) for trace in traces) <= _MOST_POINTS)
    title = suptitle or (figure.axes[0].get_title() if len(figure.axes) == 1 else "")
    return {"data": traces, "layout": {**layout, "title": {"text": _text(title)}}}


def _traces(axes: Axes) -> Iterator[dict[str, Any]]:
    _only(axes.name == "rectilinear" and axes.axison and axes.get_aspect() == "auto")
    _only(not (axes.texts or axes.images or axes.tables or axes.artists or axes.child_axes))
    bars = [patch for container in axes.containers for patch in container if type(container).__name__ == "BarContainer"]
    _only(set(axes.patches) == set(bars) and all(type(one).__name__ == "BarContainer" for one in axes.containers))
    for line in axes.lines:
        if line.get_visible():
            yield _line(axes, line)
    for points in axes.collections:
        if points.get_visible():
            yield _scatter(axes, points)
    for container in axes.containers:
        yield _bars(container)


def _line(axes: Axes, line: Any) -> dict[str, Any]:
    _only(line.get_transform() == axes.transData)
    style, marker = line.get_linestyle(), line.get_marker()
    has_line, has_markers = style not in _NOTHING, marker not in _NOTHING
    _only((not has_line or style in _DASHES) and (not has_markers or marker in _MARKERS))
    _only(line.get_drawstyle() in _STEPS and (has_line or has_markers))
    colour = _colour(line.get_color(), line.get_alpha())
    trace = {
        **_named(line.get_label()),
        "type": "scatter",
        "mode": "+".join(["lines"] * has_line + ["markers"] * has_markers),
        "x": _numbers(axes.xaxis, line.get_xdata(orig=False)),
        "y": _numbers(axes.yaxis, line.get_ydata(orig=False)),
    }
    if has_line:
        shape = _STEPS[line.get_drawstyle()]
        trace["line"] = {"color": colour, "width": line.get_linewidth(), "dash": _DASHES[style], "shape": shape}
    if has_markers:
        face = _colour(line.get_markerfacecolor(), line.get_alpha())
        trace["marker"] = {"color": face, "size": line.get_markersize(), "symbol": _MARKERS[marker]}
    return trace


def _scatter(axes: Axes, points: Any) -> dict[str, Any]:
    _only(type(points).__name__ == "PathCollection" and points.get_offset_transform() == axes.transData)
    points.update_scalarmappable()
    places = points.get_offsets()
    x, y = zip(*places.filled(math.nan).tolist(), strict=True) if len(places) else ((), ())
    colours = [_colour(colour) for colour in points.get_facecolors()]
    sizes = [math.sqrt(size) for size in points.get_sizes()]
    _only(len(colours) in (1, len(x)) and len(sizes) in (1, len(x)))
    marker = {"color": colours[0] if len(colours) == 1 else colours, "size": sizes[0] if len(sizes) == 1 else sizes}
    return {
        **_named(points.get_label()),
        "type": "scatter",
        "mode": "markers",
        "x": _numbers(axes.xaxis, x),
        "y": _numbers(axes.yaxis, y),
        "marker": marker,
    }


def _bars(container: Any) -> dict[str, Any]:
    _only(container.errorbar is None and len(container) > 0)
    across = container.orientation == "horizontal"
    boxes = [(bar.get_x(), bar.get_y(), bar.get_width(), bar.get_height()) for bar in container]
    centres = [float(y + height / 2 if across else x + width / 2) for x, y, width, height in boxes]
    lengths = [float(width if across else height) for _, _, width, height in boxes]
    colours = [_colour(bar.get_facecolor()) for bar in container]
    return {
        **_named(container.get_label()),
        "type": "bar",
        "orientation": "h" if across else "v",
        "x": lengths if across else centres,
        "y": centres if across else lengths,
        "base": [float(x if across else y) for x, y, _, _ in boxes],
        "width": [float(height if across else width) for _, _, width, height in boxes],
        "marker": {"color": colours[0] if len(set(colours)) == 1 else colours},
    }


def _axis(axis: Any, limits: tuple[float, float], autoscaled: bool, anchor: str) -> dict[str, Any]:
    scale = axis.get_scale()
    _only(scale in ("linear", "log"))
    found: dict[str, Any] = {"title": {"text": _text(axis.get_label_text())}, "anchor": anchor}
    if scale == "log":
        found["type"] = "log"
    if not _is_of_dates(axis):
        if not autoscaled or limits[0] > limits[1]:
            found["range"] = [math.log10(limit) if scale == "log" else float(limit) for limit in limits]
        if type(axis.get_major_formatter()).__name__ in ("StrCategoryFormatter", "FixedFormatter", "FuncFormatter"):
            found |= {
                "tickmode": "array",
                "tickvals": [float(place) for place in axis.get_majorticklocs()],
                "ticktext": [_text(label.get_text()) for label in axis.get_majorticklabels()],
            }
    return found


def _numbers(axis: Any, values: Iterable[Any]) -> list[Any]:
    """Numbers, with nothing where one is not finite; dates as texts."""
    numbers = [float(value) for value in values]
    if _is_of_dates(axis):
        date_of = sys.modules["matplotlib.dates"].num2date
        return [
            date_of(number).replace(tzinfo=None).isoformat() if math.isfinite(number) else None for number in numbers
        ]
    return [number if math.isfinite(number) else None for number in numbers]


def _is_of_dates(axis: Any) -> bool:
    return type(axis.get_major_formatter()).__module__ == "matplotlib.dates"


def _heading(axes: Axes, suffix: str) -> Iterator[dict[str, Any]]:
    if axes.get_title():
        place = {"xref": f"x{suffix} domain", "yref": f"y{suffix} domain", "x": 0.5, "y": 1, "yanchor": "bottom"}
        yield {**place, "text": _text(axes.get_title()), "showarrow": False}


def _named(label: Any) -> dict[str, Any]:
    """A name, unless it is one that the library has made up."""
    text = _text(str(label))
    return {"showlegend": False} if text.startswith("_") or not text else {"name": text}


def _text(text: str) -> str:
    _only("$" not in text)  # a formula
    return text.replace("\n", "<br>")


def _colour(colour: Any, alpha: float | None = None) -> str:
    red, green, blue, opacity = sys.modules["matplotlib.colors"].to_rgba(colour, alpha)
    shades = ",".join(str(round(float(part) * 255)) for part in (red, green, blue))
    return f"rgba({shades},{round(float(opacity), 3)})"


def _only(simple: object) -> None:
    if not simple:
        raise _NotSimpleError
