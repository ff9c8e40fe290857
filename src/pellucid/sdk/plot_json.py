"""Figures as the JSON of plotly, made without plotly: ``{"data": [traces], "layout": {…}}`` (protocol §3.6)."""

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
        return _encode("figure", figure)
    raise UsageError(f"figure is of type {type(figure).__name__}; allowed is a plotly figure, or a dictionary of one")


def draw(
    title: str,
    traces: Sequence[Mapping[str, Any]],
    layout: Mapping[str, Any],
    *,
    comment: str | None = None,
    extra_layout: Mapping[str, Any] | None = None,
) -> str:
    """The JSON of a figure that is made of traces.

    Args:
        title: above the figure.
        traces: what is drawn.
        layout: how.
        comment: a line under the title.
        extra_layout: what the user adds to the layout.

    Raises:
        UsageError: what the user adds is no dictionary, or can't be written as JSON.
    """
    more = check_plotly("extra_layout", extra_layout)
    heading = {"title": {"text": f"{title}<br><sub>{comment}</sub>" if comment else title}}
    return _encode("extra_layout", {"data": list(traces), "layout": {**heading, **layout, **more}})


def axis(name: str | None, **properties: Any) -> dict[str, Any]:
    """An axis of a layout."""
    return {"title": {"text": name or ""}, **properties}


def check_plotly(argument: str, value: object) -> Mapping[str, Any]:
    """Properties of plotly that the user gives by name; ``None`` is none."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    raise UsageError(f"{argument} is {value!r}; allowed is a dictionary of plotly's properties")


def plain(value: Any) -> Any:
    """Dictionaries, lists and numbers that JSON knows: arrays become lists, what is no finite number becomes null."""
    to_list: Any = getattr(value, "tolist", None)
    if callable(to_list):
        value = to_list()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _encode(argument: str, figure: Mapping[str, Any]) -> str:
    try:
        return json.dumps(plain(figure))
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"{argument}: it can't be written as JSON: {error}") from error
