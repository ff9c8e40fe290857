"""Points one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid.server.scalar_rows import ScalarRow, rows_by_iteration, to_document
from pellucid.store.records import Points


def points(values: list[float], *, step: int = 1) -> Points:
    """A series with one value every ``step`` iterations and every second."""
    count = len(values)
    return Points(
        iteration=np.arange(count, dtype=np.int64) * step,
        time=np.arange(count, dtype=np.int64) * 1000,
        value=np.array(values, dtype=np.float64),
    )


@pytest.mark.parametrize("descending", [False, True])
def test_rows_of_all_curves_are_paged_by_iteration(descending: bool) -> None:
    """As the slow and obvious way has them, whatever the page."""
    curves = {("b", "x"): points([1.0, 2.0, 3.0]), ("a", "y"): points([4.0, 5.0], step=2), ("a", "x"): points([6.0])}
    rows = sorted(
        (int(iteration), title, series, float(value))
        for (title, series), curve in curves.items()
        for iteration, value in zip(curve.iteration, curve.value, strict=True)
    )
    expected = rows[::-1] if descending else rows

    for size in (1, 2, 4, 10):
        found = [
            (row.iteration, row.title, row.series, row.value)
            for offset in range(0, 10, size)
            for row in rows_by_iteration(curves, offset=offset, limit=size, descending=descending)
        ]
        assert found == expected
    assert rows_by_iteration({}, offset=0, limit=5) == []


def test_a_point_as_an_event() -> None:
    """What JSON cannot express is said beside it."""
    row = ScalarRow("loss", "train", 3, 1000, 0.5)

    assert to_document(row, "t") == {
        "task": "t",
        "type": "training_stats_scalar",
        "timestamp": 1000,
        "iter": 3,
        "metric": "loss",
        "variant": "train",
        "value": 0.5,
    }
    assert to_document(row._replace(value=-math.inf), "t")["not_finite"] == "-Infinity"
