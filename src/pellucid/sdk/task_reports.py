"""The part of ``Task`` that reads back what was reported (seed, Retrieving Scalar Values; sdk-surface §1.26)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from pellucid.base.points import SINGLE_VALUE_ITERATION
from pellucid.sdk.arguments import check_choice, check_count, check_text
from pellucid.sdk.record import TaskRecord
from pellucid.wire import events, samples, scalars, tasks
from pellucid.wire.enums import EventType

X_AXES: Final = ("iter", "timestamp", "iso_time")

_DEFAULT_SAMPLES: Final = 2000
_MOST_SAMPLES: Final = 5000
"""Of a series in one answer (seed, Get Sample Values)."""

_PAGE: Final = 10_000
_PAGE_OF_SAMPLES: Final = 100

Curves: TypeAlias = dict[str, dict[str, dict[str, Any]]]
"""Title to series to ``{"name": …, "x": […], "y": […]}``."""


class ReportMethods:
    """Reading a task's reports. In the run itself these calls first wait until the server has what was reported so far,
    ten seconds at most; a run without a server answers from its own journal. For other tasks all of them raise
    ``ServerError`` if there is no server to ask."""

    _record: TaskRecord

    def get_last_scalar_metrics(self) -> dict[str, dict[str, dict[str, float]]]:
        """Last, least and greatest value of each series, by title and series (seed, Scalar Summary)."""
        summary: dict[str, dict[str, dict[str, float]]] = {}
        for series in self._on_server().last_metrics.values():
            for one in series.values():
                texts = one.not_finite or {}
                summary.setdefault(one.metric, {})[one.variant] = {
                    "last": _number(one.value, texts.get("value")),
                    "min": _number(one.min_value, texts.get("min_value")),
                    "max": _number(one.max_value, texts.get("max_value")),
                }
        return {title: dict(sorted(series.items())) for title, series in sorted(summary.items())}

    def get_reported_scalars(self, max_samples: int = 0, x_axis: str = "iter") -> Curves:
        """Samples of all curves (seed, Get Sample Values).

        Args:
            max_samples: of each series at most; 0 for the usual 2000, and never more than 5000.
            x_axis: ``iter``, ``timestamp`` (milliseconds since the epoch) or ``iso_time``.

        Raises:
            UsageError: an argument is of another kind.
        """
        request = scalars.ScalarHistogram(
            task=self._record.task_id,
            samples=min(check_count("max_samples", max_samples, least=0) or _DEFAULT_SAMPLES, _MOST_SAMPLES),
            key=check_choice("x_axis", x_axis, X_AXES),
        )
        curves = self._record.reader().send(scalars.SCALAR_HISTOGRAM, request)
        return {
            title: {name: {"name": curve.name, "x": curve.x, "y": _values(curve)} for name, curve in series.items()}
            for title, series in curves.items()
        }

    def get_all_reported_scalars(self, x_axis: str = "iter") -> Curves:
        """All points of all curves (seed, Get Sample Values). Takes its time for long ones.

        Args:
            x_axis: as for ``get_reported_scalars``.

        Raises:
            UsageError: the axis is another one.
        """
        axis = check_choice("x_axis", x_axis, X_AXES)
        points: dict[str, dict[str, dict[Any, float]]] = {}
        for event in self._scalar_events():
            if event["iter"] != SINGLE_VALUE_ITERATION:
                title, series = event.get("metric") or "", event.get("variant") or ""
                points.setdefault(title, {}).setdefault(series, {})[_x(event, axis)] = _number(
                    event.get("value"), event.get("not_finite")
                )
        return {
            title: {
                name: {"name": name, "x": sorted(curve), "y": [curve[x] for x in sorted(curve)]}
                for name, curve in series.items()
            }
            for title, series in points.items()
        }

    def get_reported_single_values(self) -> dict[str, float]:
        """Values that belong to the whole task, by name (seed, Get Single Value Scalars)."""
        request = scalars.SingleValues(tasks=[self._record.task_id])
        found = self._record.reader().send(scalars.SINGLE_VALUES, request).tasks
        return {value.variant: _number(value.value, value.not_finite) for task in found for value in task.values}

    def get_reported_single_value(self, name: str) -> float | None:
        """One of these values; ``None`` if it was never reported."""
        return self.get_reported_single_values().get(check_text("name", name))

    def get_reported_console_output(self, number_of_reports: int = 1) -> list[str]:
        """The last pieces of console output, oldest first.

        Args:
            number_of_reports: how many.

        Raises:
            UsageError: the number is no integer above 0.
        """
        count = check_count("number_of_reports", number_of_reports, least=1)
        request = events.GetTaskLog(task=self._record.task_id, batch_size=count, order="asc")
        page = self._record.reader().send(events.GET_TASK_LOG, request)
        return [str(event.get("msg", "")) for event in page.events]

    def get_reported_plots(self, max_iterations: int | None = None) -> list[dict[str, Any]]:
        """Plots as events: ``metric`` (title), ``variant`` (series), ``iter`` and ``plot_str``, plotly's JSON.

        Args:
            max_iterations: of how many iterations of each series, the latest; 1 by default.

        Raises:
            UsageError: the number is no integer above 0.
        """
        count = 1 if max_iterations is None else check_count("max_iterations", max_iterations, least=1)
        reader, scroll, found = self._record.reader(), None, []
        while True:
            request = samples.GetTaskPlots(task=self._record.task_id, iters=count, scroll_id=scroll)
            page = reader.send(samples.GET_TASK_PLOTS, request)
            found += page.plots
            scroll = page.scroll_id
            if not page.plots or scroll is None:
                return found

    def get_debug_samples(self, title: str, series: str, n_last_iterations: int | None = None) -> list[dict[str, Any]]:
        """Images and other media as events, the latest first: ``iter`` and ``url``, with ``metric`` and ``variant``.

        Args:
            title: of the samples.
            series: of the samples.
            n_last_iterations: of how many iterations, the latest; all by default.

        Raises:
            UsageError: an argument is of another kind.
        """
        count = None if n_last_iterations is None else check_count("n_last_iterations", n_last_iterations, least=1)
        named = samples.TaskMetric(
            task=self._record.task_id, metric=check_text("title", title), variants=[check_text("series", series)]
        )
        reader, scroll, found = self._record.reader(), None, []
        while True:
            request = samples.DebugImages(metrics=[named], iters=count or _PAGE_OF_SAMPLES, scroll_id=scroll)
            page = reader.send(samples.DEBUG_IMAGES, request)
            events_of_page = [
                event for task in page.metrics for iteration in task.iterations for event in iteration.events
            ]
            found += events_of_page
            scroll = page.scroll_id
            if not events_of_page or scroll is None or count is not None:
                return found

    def get_last_iteration(self) -> int:
        """The greatest iteration that was reported."""
        return self._on_server().last_iteration

    def get_initial_iteration(self) -> int:
        """What is added to the iterations of what this process reports; that of a continued task is not 0."""
        return self._record.offset

    def set_initial_iteration(self, offset: int = 0) -> int:
        """Add this to the iterations of what this process reports from now on; returns it.

        Raises:
            UsageError: it is no integer.
        """
        self._record.offset = check_count("offset", offset, least=-(2**62))
        return offset

    def _on_server(self) -> tasks.Task:
        return self._record.reader().send(tasks.GET_BY_ID, tasks.GetById(task=self._record.task_id)).task

    def _scalar_events(self) -> list[dict[str, Any]]:
        client, scroll, found = self._record.reader(), None, []
        while True:
            request = events.GetTaskEvents(
                task=self._record.task_id, event_type=EventType.scalar, batch_size=_PAGE, scroll_id=scroll
            )
            page = client.send(events.GET_TASK_EVENTS, request)
            found += page.events
            scroll = page.scroll_id
            if page.returned < _PAGE or scroll is None:
                return found


def _number(value: float | None, text: str | None = None) -> float:
    """JSON has neither NaN nor infinities: the protocol says null, and our server beside it which one it was."""
    return float(text or "nan") if value is None else value


def _values(curve: scalars.Curve) -> list[float]:
    texts = curve.not_finite or {}
    return [_number(value, texts.get(str(place))) for place, value in enumerate(curve.y)]


def _x(event: dict[str, Any], axis: str) -> Any:
    if axis == "iter":
        return event["iter"]
    if axis == "timestamp":
        return event["timestamp"]
    moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
