"""Figures of matplotlib that are shown or saved (sdk-surface §4.9)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import matplotlib.figure
import pytest
from matplotlib import pyplot as plt

from pellucid import Logger
from pellucid.hooks import guard
from pellucid.hooks import matplotlib as hook
from pellucid.testing.reports import RecordedReports


@pytest.fixture
def reports() -> Iterator[RecordedReports]:
    """A run that matplotlib reports to, in its fifth iteration; our own errors are heard."""
    mpl.use("agg")
    reports = RecordedReports(iteration=5)
    undo = [
        hook.patch_figure(mpl.figure, lambda: reports),
        hook.patch_pyplot(plt, lambda: reports),
    ]
    with guard.loud_errors():
        yield reports
    for each in undo:
        each()
    plt.close("all")


def places(reports: RecordedReports) -> list[tuple[str, str, int]]:
    """Title, series and iteration of the plots, first of the interactive ones."""
    interactive = [(title, series, iteration) for title, series, iteration, _ in reports.plots]
    return interactive + [(title, series, iteration) for title, series, iteration, _, _ in reports.picture_plots]


def test_m33_a_saved_figure(reports: RecordedReports, tmp_path: Path) -> None:
    """Is a plot, named as it is titled; what is saved into memory is not shown to anybody."""
    figure, axes = plt.subplots()
    axes.plot([1, 2, 4])
    axes.set_title("loss")
    figure.savefig(io.BytesIO())
    figure.savefig(tmp_path / "loss.png")
    assert places(reports) == [("loss", "plot", 5)]
    assert reports.plots[0][3]["data"][0]["y"] == [1, 2, 4]


def test_m33_a_figure_that_is_not_simple(reports: RecordedReports, tmp_path: Path) -> None:
    """Is a plot that shows a picture."""
    figure, axes = plt.subplots()
    axes.pie([1, 2])
    axes.set_title("shares")
    figure.savefig(tmp_path / "shares.png")
    assert places(reports) == [("shares", "plot image", 5)]
    assert reports.picture_plots[0][4].startswith(b"\x89PNG")


def test_figures_can_be_pictures_all_of_them(reports: RecordedReports, request: pytest.FixtureRequest) -> None:
    """If the program says so."""
    request.addfinalizer(lambda: Logger.matplotlib_force_report_non_interactive(False))
    Logger.matplotlib_force_report_non_interactive(True)
    _, axes = plt.subplots()
    axes.plot([1, 2, 4])
    axes.set_title("loss")
    plt.show()
    assert places(reports) == [("loss", "plot image", 5)]


def test_show_leaves_the_current_figure(reports: RecordedReports) -> None:
    """What is drawn next is drawn where it would be."""
    first, _ = plt.figure(), plt.figure()
    plt.figure(first.number)
    plt.show()
    assert plt.gcf() is first


def test_show_has_all_open_figures(reports: RecordedReports) -> None:
    """Each once, as long as it looks the same."""
    for title in ("first", "second"):
        plt.figure().suptitle(title)
    plt.show()
    plt.show()
    assert places(reports) == [("first", "plot image", 5), ("second", "plot image", 5)]


def test_a_figure_that_changes_is_another_plot(reports: RecordedReports, tmp_path: Path) -> None:
    """Of the same title in the same iteration, it has a number."""
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    axes.set_title("loss")
    figure.savefig(tmp_path / "a.png")
    figure.savefig(tmp_path / "a.pdf")
    axes.plot([1, 2, 4])
    figure.savefig(tmp_path / "b.png")
    reports.iteration = 6
    axes.plot([4, 2, 1])
    figure.savefig(tmp_path / "c.png")
    assert places(reports) == [("loss", "plot", 5), ("loss/1", "plot", 5), ("loss", "plot", 6)]


def test_untitled_figures(reports: RecordedReports) -> None:
    """Are numbered."""
    for values in ([1, 2], [2, 1]):
        plt.figure()
        plt.plot(values)
    plt.show()
    assert [title for title, _, _ in places(reports)] == ["untitled 00", "untitled 01"]


def test_a_picture_is_a_sample(reports: RecordedReports) -> None:
    """What ``imshow`` shows."""
    plt.imshow([[0, 1], [1, 0]])
    plt.title("digit")
    plt.show()
    assert [(title, iteration, kind) for title, _, iteration, kind, _ in reports.samples] == [("digit", 5, ".png")]
    assert reports.picture_plots == []


def test_undone_is_undone() -> None:
    """The library is as it was."""
    before = (mpl.figure.Figure.savefig, mpl.figure.Figure.show, plt.show)
    undo = [hook.patch_figure(mpl.figure, lambda: None), hook.patch_pyplot(plt, lambda: None)]
    for each in undo:
        each()
    assert (mpl.figure.Figure.savefig, mpl.figure.Figure.show, plt.show) == before
