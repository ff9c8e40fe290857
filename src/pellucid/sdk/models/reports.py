"""Reporting on a model itself, rather than on the task that makes it (sdk-surface §3 BaseModel)."""

from __future__ import annotations

import math
from typing import Any, Final

from pellucid.base.clock import now_milliseconds
from pellucid.base.points import SINGLE_VALUE_ITERATION, SINGLE_VALUE_TITLE
from pellucid.sdk.arguments import check_iteration, check_number, check_text
from pellucid.sdk.models.records import ModelRecord
from pellucid.sdk.plot_methods import PlotMethods
from pellucid.wire import events
from pellucid.wire.action import Action, Request
from pellucid.wire.enums import EventType


class _Report(Request, frozen=True, kw_only=True, omit_defaults=True):
    """An event of a model. JSON has neither NaN nor infinities, so those are texts."""

    type: EventType
    task: str
    metric: str
    variant: str
    iter: int
    timestamp: int
    model_event: bool
    value: float | str | None = None
    plot_str: str | None = None


_ADD: Final = Action(events.ADD.name, _Report, events.AddResponse)


class ModelReports(PlotMethods):
    """Scalars and plots of a model.

    Each report is a request of its own, as other clients read and write them: a model has a few results, while curves
    of many points belong to its task. A published model takes no more of them.
    """

    _record: ModelRecord

    def report_scalar(self, title: str, series: str, value: float, iteration: int) -> None:
        """Report one point of a curve.

        Args:
            title: of the graph.
            series: of the curve in it.
            value: a number, or what converts to one.
            iteration: the x value; a later report for the same one replaces the earlier.

        Raises:
            UsageError: an argument is of another kind.
        """
        self._report(
            EventType.scalar,
            check_text("title", title),
            check_text("series", series),
            check_iteration(iteration),
            value=_writable(check_number("value", value)),
        )

    def report_single_value(self, name: str, value: float) -> None:
        """Report a number that belongs to the whole model; a later one of the same name replaces it.

        Args:
            name: what it is.
            value: a number, or what converts to one.

        Raises:
            UsageError: an argument is of another kind.
        """
        number = _writable(check_number("value", value))
        name = check_text("name", name)
        self._report(EventType.scalar, SINGLE_VALUE_TITLE, name, SINGLE_VALUE_ITERATION, value=number)

    def _report_plot(self, title: str, series: str, figure: str, iteration: int | None) -> None:
        place = 0 if iteration is None else check_iteration(iteration)
        title, series = check_text("title", title), check_text("series", series)
        self._report(EventType.plot, title, series, place, plot_str=figure)

    def _report(self, kind: EventType, title: str, series: str, iteration: int, **content: Any) -> None:
        event = _Report(
            type=kind,
            task=self._record.model_id,
            model_event=True,
            timestamp=now_milliseconds(),
            metric=title,
            variant=series,
            iter=iteration,
            **content,
        )
        self._record.change(_ADD, event)


def _writable(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)
