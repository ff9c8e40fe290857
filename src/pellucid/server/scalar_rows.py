"""Points one by one, with their names: pages of those of several curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from pellucid.server.not_finite import text_of
from pellucid.store.records import Points
from pellucid.wire.enums import EventType


class ScalarRow(NamedTuple):
    """One point with its names; time in milliseconds since the epoch."""

    title: str
    series: str
    iteration: int
    time: int
    value: float


def rows_by_iteration(
    curves: Mapping[tuple[str, str], Points], *, offset: int, limit: int, descending: bool = False
) -> list[ScalarRow]:
    """A page of the points of all curves by (iteration, title, series); only its rows become Python objects."""
    names = sorted(curves)
    if not names:
        return []
    points = [curves[name] for name in names]
    of_curve = np.repeat(np.arange(len(points)), [len(curve.iteration) for curve in points])
    iteration = np.concatenate([curve.iteration for curve in points])
    time = np.concatenate([curve.time for curve in points])
    value = np.concatenate([curve.value for curve in points])
    order = np.lexsort((of_curve, iteration))
    page = (order[::-1] if descending else order)[offset : offset + limit]
    columns = zip(*(column[page].tolist() for column in (of_curve, iteration, time, value)), strict=True)
    return [ScalarRow(*names[place], *rest) for place, *rest in columns]


def to_document(row: ScalarRow, task: str) -> dict[str, Any]:
    """A point as an event, as clients read it."""
    document: dict[str, Any] = {
        "task": task,
        "type": EventType.scalar,
        "timestamp": row.time,
        "iter": row.iteration,
        "metric": row.title,
        "variant": row.series,
        "value": row.value,
    }
    text = text_of(row.value)
    return {**document, "not_finite": text} if text else document
