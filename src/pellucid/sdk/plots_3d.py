"""Plots on three axes, as the JSON of plotly figures (sdk-surface §3 Logger, §4.28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_choice
from pellucid.sdk.plot_json import axis, draw, plain
from pellucid.sdk.plot_values import are_points, check_clouds, check_each_labels, check_labels, check_matrix
from pellucid.sdk.plots_2d import MARKS

_ALONG_Y: Final = 1
"""``surfaceaxis`` of plotly."""


def scatter(
    title: str,
    series: str,
    points: object,
    *,
    xaxis: str | None = None,
    yaxis: str | None = None,
    zaxis: str | None = None,
    labels: Sequence[Any] | None = None,
    mode: str = "markers",
    fill: bool = False,
    comment: str | None = None,
    extra_layout: Mapping[str, Any] | None = None,
) -> str:
    """Points, or a line through them; several series of them if there are several lists.

    Raises:
        UsageError: the points are no triples of numbers, or there are not as many labels.
    """
    clouds = check_clouds("scatter", points, 3)
    drawn = check_choice("mode", mode, MARKS)
    traces = []
    for number, (cloud, texts) in enumerate(zip(clouds, check_each_labels(labels, clouds), strict=True)):
        x, y, z = zip(*cloud, strict=True)
        trace: dict[str, Any] = {
            "type": "scatter3d",
            "name": series if len(clouds) == 1 else f"{series} {number}",
            "mode": drawn,
            "x": x,
            "y": y,
            "z": z,
            "marker": {"size": 4},
        }
        if texts is not None:
            trace |= {"text": texts, "hoverinfo": "x+y+z+text"}
        if fill:
            trace["surfaceaxis"] = _ALONG_Y
        traces.append(trace)
    layout = {"scene": {"xaxis": axis(xaxis), "yaxis": axis(yaxis), "zaxis": axis(zaxis)}}
    return draw(title, traces, layout, comment=comment, extra_layout=extra_layout)


def surface(
    title: str,
    series: str,
    matrix: object,
    *,
    xaxis: str | None = None,
    yaxis: str | None = None,
    zaxis: str | None = None,
    xlabels: Sequence[str] | None = None,
    ylabels: Sequence[str] | None = None,
    camera: Sequence[float] | None = None,
    comment: str | None = None,
    extra_layout: Mapping[str, Any] | None = None,
) -> str:
    """A surface over the columns and rows of a matrix.

    Raises:
        UsageError: the matrix is no rectangle of numbers, the labels are not as many as its columns and rows, or the
            camera is no place.
    """
    rows = check_matrix("matrix", matrix)
    place = plain(camera if camera is not None else (1, 1, 1))
    if not are_points([place], 3):
        raise UsageError(f"camera is {camera!r}; allowed are three numbers: where the camera is")
    columns = _ticks(check_labels("xlabels", xlabels, len(rows[0]), "the matrix"))
    names = _ticks(check_labels("ylabels", ylabels, len(rows), "the matrix"))
    trace = {"type": "surface", "name": series, "z": rows, "contours": {"z": {"show": True, "usecolormap": True}}}
    scene = {
        "xaxis": axis(xaxis, **columns),
        "yaxis": axis(yaxis, **names),
        "zaxis": axis(zaxis),
        "camera": {"eye": dict(zip("xyz", place, strict=True))},
    }
    return draw(title, [trace], {"scene": scene}, comment=comment, extra_layout=extra_layout)


def _ticks(labels: list[str] | None) -> dict[str, Any]:
    return {} if labels is None else {"tickvals": list(range(len(labels))), "ticktext": labels}
