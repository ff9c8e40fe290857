"""Reporting plots: what ``Logger`` and models have in common (sdk-surface §3 Logger, §4.28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pellucid.base.errors import UsageError
from pellucid.base.log import trouble
from pellucid.sdk import plots_2d, plots_3d, tables
from pellucid.sdk.arguments import check_text
from pellucid.sdk.plot_json import figure_json


class PlotMethods:
    """Plots of whatever takes them.

    All methods take ``title``, of the plot, ``series``, of what is drawn in it, ``iteration``, when it was so (0 by
    default), and ``extra_layout``, more of plotly's layout. Arrays of any library may be given for lists. A later plot
    of the same title, series and iteration replaces the earlier. All raise ``UsageError`` for an argument of another
    kind than they say.
    """

    SeriesInfo = plots_2d.SeriesInfo

    def _report_plot(self, title: str, series: str, figure: str, iteration: int | None) -> None:
        """Keep the JSON of a figure."""
        raise NotImplementedError

    def report_plotly(self, title: str, series: str, figure: Any, iteration: int | None = None) -> None:
        """Report a plotly figure.

        Args:
            title: see the class.
            series: see the class.
            figure: a plotly figure, or a dictionary of one.
            iteration: see the class.
        """
        self._report_plot(title, series, figure_json(figure), iteration)

    def report_histogram(
        self,
        title: str,
        series: str,
        values: Any,
        iteration: int | None = None,
        labels: Sequence[str] | None = None,
        xlabels: Sequence[str] | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        mode: str | None = None,
        data_args: Mapping[str, Any] | None = None,
        extra_layout: Mapping[str, Any] | None = None,
    ) -> None:
        """Report bars; nothing is counted here.

        Args:
            title: see the class.
            series: see the class.
            values: heights of the bars, or a list of them for each of several series.
            iteration: see the class.
            labels: a name for each series.
            xlabels: a name for each bar.
            xaxis: name of the x axis.
            yaxis: name of the y axis.
            mode: ``group`` (the default), ``stack`` or ``relative``: how bars of several series stand.
            data_args: more of plotly's bars.
            extra_layout: see the class.
        """
        figure = plots_2d.histogram(
            check_text("title", title),
            check_text("series", series),
            values,
            labels=labels,
            xlabels=xlabels,
            xaxis=xaxis,
            yaxis=yaxis,
            mode=mode,
            data_args=data_args,
            extra_layout=extra_layout,
        )
        self._report_plot(title, series, figure, iteration)

    def report_vector(
        self,
        title: str,
        series: str,
        values: Any,
        iteration: int | None = None,
        labels: Sequence[str] | None = None,
        xlabels: Sequence[str] | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        mode: str | None = None,
        extra_layout: Mapping[str, Any] | None = None,
    ) -> None:
        """The same as ``report_histogram``."""
        self.report_histogram(
            title, series, values, iteration, labels, xlabels, xaxis, yaxis, mode, extra_layout=extra_layout
        )

    def report_table(
        self,
        title: str,
        series: str,
        iteration: int | None = None,
        table_plot: Any = None,
        csv: str | Path | None = None,
        url: str | None = None,
        extra_layout: Mapping[str, Any] | None = None,
        extra_data: Mapping[str, Any] | None = None,
    ) -> None:
        """Report a table, from one of three sources.

        Args:
            title: see the class.
            series: see the class.
            iteration: see the class.
            table_plot: a DataFrame of pandas or polars, or a list of rows of which the first is the header.
            csv: path of a file whose first line is the header.
            url: address of such a file, which is fetched while the caller waits; if that fails, nothing is reported.
            extra_layout: see the class.
            extra_data: more of plotly's table.
        """
        given = [name for name, value in (("table_plot", table_plot), ("csv", csv), ("url", url)) if value is not None]
        if len(given) != 1:
            raise UsageError(
                f"report_table has {' and '.join(given) or 'no table'}; allowed is one of table_plot, csv, url"
            )
        try:
            table = (
                tables.table_of(table_plot)
                if table_plot is not None
                else tables.read_csv(csv)
                if csv is not None
                else tables.fetch_csv(url)
            )
        except OSError as error:
            trouble("plots.table", f"The table {title!r} is not reported; the program goes on.", error)
            return
        figure = tables.draw_table(check_text("title", title), table, extra_layout=extra_layout, extra_data=extra_data)
        self._report_plot(title, series, figure, iteration)

    def report_line_plot(
        self,
        title: str,
        series: Sequence[Any],
        xaxis: str,
        yaxis: str,
        mode: str = "lines",
        iteration: int | None = None,
        reverse_xaxis: bool = False,
        comment: str | None = None,
        extra_layout: Mapping[str, Any] | None = None,
    ) -> None:
        """Report several lines in one plot.

        Args:
            title: see the class.
            series: a ``SeriesInfo``, or a dictionary, for each line, with its ``name`` and ``data``, a list of pairs of
                numbers.
            xaxis: name of the x axis.
            yaxis: name of the y axis.
            mode: ``lines``, ``markers`` or ``lines+markers``.
            iteration: see the class.
            reverse_xaxis: the x axis goes from right to left.
            comment: a line under the title.
            extra_layout: see the class.
        """
        figure = plots_2d.lines(
            check_text("title", title),
            series,
            xaxis=xaxis,
            yaxis=yaxis,
            mode=mode,
            reverse_xaxis=reverse_xaxis,
            comment=comment,
            extra_layout=extra_layout,
        )
        self._report_plot(title, title, figure, iteration)

    def report_scatter2d(
        self,
        title: str,
        series: str,
        scatter: Any,
        iteration: int | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        labels: Sequence[str] | None = None,
        mode: str = "lines",
        comment: str | None = None,
        extra_layout: Mapping[str, Any] | None = None,
    ) -> None:
        """Report points on two axes.

        Args:
            title: see the class.
            series: see the class.
            scatter: pairs of numbers.
            iteration: see the class.
            xaxis: name of the x axis.
            yaxis: name of the y axis.
            labels: a text for each point.
            mode: ``lines``, ``markers`` or ``lines+markers``.
            comment: a line under the title.
            extra_layout: see the class.
        """
        figure = plots_2d.scatter(
            check_text("title", title),
            check_text("series", series),
            scatter,
            xaxis=xaxis,
            yaxis=yaxis,
            labels=labels,
            mode=mode,
            comment=comment,
            extra_layout=extra_layout,
        )
        self._report_plot(title, series, figure, iteration)

    def report_scatter3d(
        self,
        title: str,
        series: str,
        scatter: Any,
        iteration: int | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        zaxis: str | None = None,
        labels: Sequence[Any] | None = None,
        mode: str = "markers",
        fill: bool = False,
        comment: str | None = None,
        extra_layout: Mapping[str, Any] | None = None,
    ) -> None:
        """Report points on three axes.

        Args:
            title: see the class.
            series: see the class.
            scatter: triples of numbers, or a list of them for each of several series.
            iteration: see the class.
            xaxis: name of the x axis.
            yaxis: name of the y axis.
            zaxis: name of the z axis.
            labels: a text for each point, or a list of them for each of several series.
            mode: ``lines``, ``markers`` or ``lines+markers``.
            fill: fill the space between the points.
            comment: a line under the title.
            extra_layout: see the class.
        """
        figure = plots_3d.scatter(
            check_text("title", title),
            check_text("series", series),
            scatter,
            xaxis=xaxis,
            yaxis=yaxis,
            zaxis=zaxis,
            labels=labels,
            mode=mode,
            fill=fill,
            comment=comment,
            extra_layout=extra_layout,
        )
        self._report_plot(title, series, figure, iteration)

    def report_confusion_matrix(
        self,
        title: str,
        series: str,
        matrix: Any,
        iteration: int | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        xlabels: Sequence[str] | None = None,
        ylabels: Sequence[str] | None = None,
        yaxis_reversed: bool = False,
        comment: str | None = None,
        extra_layout: Mapping[str, Any] | None = None,
    ) -> None:
        """Report a matrix as a heat map.

        Args:
            title: see the class.
            series: see the class.
            matrix: rows of numbers.
            iteration: see the class.
            xaxis: what the columns are.
            yaxis: what the rows are.
            xlabels: names of the columns.
            ylabels: names of the rows.
            yaxis_reversed: put the first row at the bottom.
            comment: a line under the title.
            extra_layout: see the class.
        """
        figure = plots_2d.confusion_matrix(
            check_text("title", title),
            matrix,
            xaxis=xaxis,
            yaxis=yaxis,
            xlabels=xlabels,
            ylabels=ylabels,
            yaxis_reversed=yaxis_reversed,
            comment=comment,
            extra_layout=extra_layout,
        )
        self._report_plot(title, series, figure, iteration)

    def report_matrix(
        self,
        title: str,
        series: str,
        matrix: Any,
        iteration: int | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        xlabels: Sequence[str] | None = None,
        ylabels: Sequence[str] | None = None,
        yaxis_reversed: bool = False,
        extra_layout: Mapping[str, Any] | None = None,
    ) -> None:
        """The same as ``report_confusion_matrix``."""
        self.report_confusion_matrix(
            title,
            series,
            matrix,
            iteration,
            xaxis,
            yaxis,
            xlabels,
            ylabels,
            yaxis_reversed,
            extra_layout=extra_layout,
        )

    def report_surface(
        self,
        title: str,
        series: str,
        matrix: Any,
        iteration: int | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        zaxis: str | None = None,
        xlabels: Sequence[str] | None = None,
        ylabels: Sequence[str] | None = None,
        camera: Sequence[float] | None = None,
        comment: str | None = None,
        extra_layout: Mapping[str, Any] | None = None,
    ) -> None:
        """Report a matrix as a surface.

        Args:
            title: see the class.
            series: see the class.
            matrix: rows of numbers, the heights.
            iteration: see the class.
            xaxis: name of the x axis.
            yaxis: name of the y axis.
            zaxis: name of the z axis.
            xlabels: names of the columns.
            ylabels: names of the rows.
            camera: where it is seen from, three numbers; (1, 1, 1) by default.
            comment: a line under the title.
            extra_layout: see the class.
        """
        figure = plots_3d.surface(
            check_text("title", title),
            check_text("series", series),
            matrix,
            xaxis=xaxis,
            yaxis=yaxis,
            zaxis=zaxis,
            xlabels=xlabels,
            ylabels=ylabels,
            camera=camera,
            comment=comment,
            extra_layout=extra_layout,
        )
        self._report_plot(title, series, figure, iteration)
