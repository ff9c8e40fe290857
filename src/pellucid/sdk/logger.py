"""Reporting (seed, Scalars; sdk-surface §4.28).

Nothing here asks a server or raises because of one when the task runs in this process: what is reported is on local
disk when the call returns.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from pellucid.base.clock import now_milliseconds
from pellucid.base.errors import UsageError
from pellucid.base.points import SINGLE_VALUE_ITERATION, SINGLE_VALUE_TITLE
from pellucid.hooks.presentation import presentation
from pellucid.sdk import current, not_finite
from pellucid.sdk.arguments import check_flag, check_iteration, check_number, check_text
from pellucid.sdk.live import LiveTask, Points
from pellucid.sdk.plot_methods import PlotMethods
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.sample_methods import SampleMethods
from pellucid.sdk.samples import Samples
from pellucid.wire.enums import EventType
from pellucid.wire.events import Event


class Logger(PlotMethods, SampleMethods):
    """Reports to one task; made by ``Task.get_logger``."""

    def __init__(
        self, record: TaskRecord, worker: str, muted: Callable[[], AbstractContextManager[object]] = nullcontext
    ) -> None:
        """Report to a task.

        Args:
            record: the task.
            worker: who reports.
            muted: while it is entered, what is printed is not recorded as console output.
        """
        self._record = record
        self._worker = worker
        self._muted = muted
        self._samples = Samples(record, worker)
        self._points = record.points if isinstance(record, LiveTask) else Points()

    @classmethod
    def current_logger(cls) -> Logger | None:
        """The logger of the current task; ``None`` if there is no task."""
        task = current.get()
        return None if task is None else task.get_logger()

    def report_scalar(self, title: str, series: str, value: float, iteration: int) -> None:
        """Report one point of a curve. Costs well under a microsecond.

        Args:
            title: of the graph.
            series: of the curve in it.
            value: a number, or what converts to one; NaN and the infinities are kept as they are.
            iteration: the x value, an integer of 64 bits. A later report for the same one replaces the earlier.

        Raises:
            UsageError: an argument is of another kind.
        """
        points = self._points
        try:
            points.append(points.numbers[title][series], iteration, value)
        except (KeyError, TypeError):
            check_text("title", title)
            check_text("series", series)
            self._record.report_point(title, series, check_iteration(iteration), check_number("value", value))

    def report_single_value(self, name: str, value: float) -> None:
        """Report a number that belongs to the whole task; a later one of the same name replaces it.

        Args:
            name: what it is.
            value: a number, or what converts to one.

        Raises:
            UsageError: an argument is of another kind.
        """
        number = check_number("value", value)
        self._record.report_point(SINGLE_VALUE_TITLE, check_text("name", name), SINGLE_VALUE_ITERATION, number)

    def report_text(
        self, msg: str, level: int = logging.INFO, print_console: bool = True, *args: Any, **_: Any
    ) -> None:
        """Add text to the console of the task.

        Args:
            msg: the text; with ``args``, a format as in ``logging``.
            level: of the ``logging`` module.
            print_console: whether to print it here too.
            args: values for the format.

        Raises:
            UsageError: the level is no number, or the format does not fit.
        """
        if not isinstance(level, int):
            raise UsageError(f"level is {level!r}; allowed is a level of the logging module, such as logging.INFO")
        try:
            text = str(msg) % args if args else str(msg)
        except (TypeError, ValueError) as error:
            raise UsageError(f"msg is {msg!r}, which does not fit its arguments {args!r}: {error}") from error
        self.report_lines(logging.getLevelName(level).lower(), text)
        if print_console:
            with self._muted():
                print(text)

    @classmethod
    def set_reporting_nan_value(cls, value: float, warn_period: int = 1000) -> None:
        """Report another number in place of NaN, in this process from now on.

        Args:
            value: the number; NaN, as in the beginning, for itself.
            warn_period: accepted for existing scripts; the first replacement is told.

        Raises:
            UsageError: it is no number.
        """
        not_finite.set_nan(check_number("value", value))
        cls._reroute()

    @classmethod
    def set_reporting_inf_value(cls, value: float, warn_period: int = 1000) -> None:
        """Report another number in place of the infinities, in this process from now on.

        Args:
            value: the number; an infinity, as in the beginning, for themselves.
            warn_period: accepted for existing scripts; the first replacement is told.

        Raises:
            UsageError: it is no number.
        """
        not_finite.set_infinity(check_number("value", value))
        cls._reroute()

    @classmethod
    def tensorboard_auto_group_scalars(cls, group_scalars: bool = False) -> None:
        """Choose where TensorBoard's curves go whose tag has no slash, in this process from now on.

        Args:
            group_scalars: into one diagram, ``Scalars``; each into one of its own if not.

        Raises:
            UsageError: it is no truth value.
        """
        presentation.group_scalars = check_flag("group_scalars", group_scalars)

    @classmethod
    def tensorboard_single_series_per_graph(cls, single_series: bool = False) -> None:
        """Choose whether each of TensorBoard's curves has a diagram of its own, in this process from now on.

        Args:
            single_series: a diagram for each; those that share the part of their tag before the last slash share one
                if not.

        Raises:
            UsageError: it is no truth value.
        """
        presentation.single_series = check_flag("single_series", single_series)

    @classmethod
    def matplotlib_force_report_non_interactive(cls, force: bool) -> None:
        """Choose whether figures of matplotlib that are logged by themselves are pictures, in this process from now on.

        Args:
            force: pictures only; lines, points and bars that can be zoomed, where a figure is simple enough, if not.

        Raises:
            UsageError: it is no truth value.
        """
        presentation.static_figures = check_flag("force", force)

    @classmethod
    def _reroute(cls) -> None:
        logger = cls.current_logger()
        if logger is not None and isinstance(logger._record, LiveTask):
            logger._record.reroute()

    def flush(self, wait: bool = False) -> bool:
        """Have everything sent now.

        Args:
            wait: until the server has it.
        """
        if isinstance(self._record, LiveTask):
            self._record.run.wake()
            if wait:
                return self._record.run.wait_until_sent()
        return True

    def report_lines(self, level: str, text: str) -> None:
        """Record console output.

        Args:
            level: ``info``, ``error`` …
            text: one line or several.
        """
        self._record.report(
            Event(
                type=EventType.log,
                task=self._record.task_id,
                timestamp=now_milliseconds(),
                worker=self._worker,
                level=level,
                msg=text,
            )
        )

    def _report_plot(self, title: str, series: str, figure: str, iteration: int | None) -> None:
        self._record.report(
            Event(
                type=EventType.plot,
                task=self._record.task_id,
                timestamp=now_milliseconds(),
                worker=self._worker,
                metric=check_text("title", title),
                variant=check_text("series", series),
                iter=0 if iteration is None else check_iteration(iteration),
                plot_str=figure,
            )
        )
