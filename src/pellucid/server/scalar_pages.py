"""All points of a task by iteration, page by page, without reading all of them for each page."""

from __future__ import annotations

from typing import Final

import msgspec

from pellucid.server.scalar_rows import ScalarRow, rows_by_iteration
from pellucid.store.api import Store
from pellucid.wire.action import Int64, Position

_FIRST: Final = -(2**63)
_LAST: Final = 2**63 - 1
_WIDEST: Final = 2**62


class Reached(msgspec.Struct, array_like=True, frozen=True):
    """Where a page has ended.

    Attributes:
        iteration: of its last point.
        shown: how many points of that iteration this and earlier pages have shown.
        span: how many iterations the page went over, a guess at how many the next one will.
        total: how many points there were when the first page was made.
    """

    iteration: Int64
    shown: Position
    span: Position
    total: Position


def first_page(store: Store, task: str, *, size: int, descending: bool) -> tuple[list[ScalarRow], Reached]:
    """The first points by (iteration, title, series), or the last ones. This page takes reading, and counting, all."""
    curves = store.events.points(task)
    total = sum(len(points.iteration) for points in curves.values())
    rows = rows_by_iteration(curves, offset=0, limit=size, descending=descending)
    return rows, _reached(rows, Reached(iteration=0, shown=0, span=0, total=total))


def next_page(
    store: Store, task: str, reached: Reached, *, size: int, descending: bool
) -> tuple[list[ScalarRow], Reached]:
    """The points after those of a page."""
    rows: list[ScalarRow] = []
    # If the guess was too low, there is a gap between iterations, or the end.
    for width in (2 * reached.span, _LAST - _FIRST):
        if descending:
            between = (max(reached.iteration - width, _FIRST), reached.iteration)
        else:
            between = (reached.iteration, min(reached.iteration + width, _LAST))
        curves = store.events.points(task, between=between)
        rows = rows_by_iteration(curves, offset=reached.shown, limit=size, descending=descending)
        if len(rows) == size:
            break
    return rows, _reached(rows, reached)


def _reached(rows: list[ScalarRow], before: Reached) -> Reached:
    if not rows:
        return before
    last = rows[-1].iteration
    shown = sum(row.iteration == last for row in rows)
    if shown == len(rows) and last == before.iteration:
        shown += before.shown
    span = min(abs(last - rows[0].iteration) + 1, _WIDEST)
    return Reached(iteration=last, shown=shown, span=span, total=before.total)
