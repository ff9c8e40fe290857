"""``last_metrics.<md5 of title>.<md5 of series>.<field>``: what is known of a task's series, as SQL (protocol §2.6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, and_

from pellucid.store.series import metric
from pellucid.store.tables import tasks

_HASH: Final = re.compile("[0-9a-f]{32}")
_COLUMNS: Final = {
    "value": "last",
    "min_value": "least",
    "min_value_iteration": "least_iteration",
    "max_value": "greatest",
    "max_value_iteration": "greatest_iteration",
    "first_value": "first",
    "first_value_iteration": "first_iteration",
    "count": "count",
}
_MEAN: Final = "mean_value"


def is_metric(path: Sequence[str]) -> bool:
    """Whether a path leads to a number of a series."""
    if len(path) != 4 or path[0] != "last_metrics":
        return False
    return all(map(_HASH.fullmatch, path[1:3])) and (path[3] in _COLUMNS or path[3] == _MEAN)


def metric_value(summary: FromClause, path: Sequence[str]) -> ColumnElement[Any]:
    """The number that such a path leads to, of a row in the table of series."""
    if path[3] == _MEAN:
        return summary.c.total / summary.c["count"]
    return summary.c[_COLUMNS[path[3]]]


def is_of_task(summary: FromClause, path: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row in the table of series is that of the path and of the task at hand."""
    return and_(summary.c.task == tasks.c.id, summary.c.metric == metric(path[1], path[2]))
