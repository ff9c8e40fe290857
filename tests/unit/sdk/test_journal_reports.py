"""What a run without a server says about itself."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from pellucid.base.errors import ServerUnavailableError
from pellucid.base.points import SINGLE_VALUE_ITERATION
from pellucid.sdk.journal_reports import JournalReports
from pellucid.testing.run_folder import RecordedRun
from pellucid.wire import events, samples, scalars, tasks
from pellucid.wire.enums import EventType, TaskStatus
from pellucid.wire.events import Event
from pellucid.wire.records import RecordKind, encode_record


@pytest.fixture
def run(tmp_path: Path) -> RecordedRun:
    """A run that goes on."""
    return RecordedRun(tmp_path / "run")


@pytest.fixture
def reports(run: RecordedRun) -> JournalReports:
    """Its reports."""
    document = tasks.Task(id=run.task, name="first", type="training", status=TaskStatus.in_progress)
    return JournalReports(run.folder, document)


def test_curves(run: RecordedRun, reports: JournalReports) -> None:
    """The last value of an iteration counts; long curves are sampled from end to end."""
    number = run.series("loss", "train")
    for iteration in [*range(100), 3]:
        run.writer.append_point(number, iteration, -iteration if iteration != 3 else math.nan)

    whole = reports.send(scalars.SCALAR_HISTOGRAM, scalars.ScalarHistogram(task=run.task))["loss"]["train"]
    sampled = reports.send(scalars.SCALAR_HISTOGRAM, scalars.ScalarHistogram(task=run.task, samples=5))["loss"]["train"]
    times = reports.send(scalars.SCALAR_HISTOGRAM, scalars.ScalarHistogram(task=run.task, key="iso_time"))

    assert whole.x == list(range(100))
    assert whole.y[4] == -4
    assert math.isnan(whole.y[3] or 0)
    assert (sampled.x[0], sampled.x[-1], len(sampled.x)) == (0, 99, 5)
    assert times["loss"]["train"].x[0].endswith("Z")


def test_summaries(run: RecordedRun, reports: JournalReports) -> None:
    """Single values are no points of a curve; what is no number is neither the least nor the greatest."""
    loss, best = run.series("loss", "train"), run.series("Summary", "best")
    for iteration, value in enumerate([2.0, math.nan, 1.0]):
        run.writer.append_point(loss, iteration, value)
    run.writer.append_point(best, SINGLE_VALUE_ITERATION, 0.5)

    task = reports.send(tasks.GET_BY_ID, tasks.GetById(task=run.task)).task
    summary = task.last_metrics["loss"]["train"]
    assert (summary.value, summary.min_value, summary.max_value, task.last_iteration) == (1.0, 1.0, 2.0, 2)
    (found,) = reports.send(scalars.SINGLE_VALUES, scalars.SingleValues(tasks=[run.task])).tasks
    assert [(one.variant, one.value) for one in found.values] == [("best", 0.5)]


def test_lines_and_points(run: RecordedRun, reports: JournalReports) -> None:
    """The newest lines, in their order; all points on one page."""
    for text in ("one", "two", "three"):
        run.line(text)
    run.writer.append_point(run.series("loss", "train"), 7, 1.0)

    lines = reports.send(events.GET_TASK_LOG, events.GetTaskLog(task=run.task, batch_size=2)).events
    assert [line["msg"] for line in lines] == ["two", "three"]
    page = reports.send(events.GET_TASK_EVENTS, events.GetTaskEvents(task=run.task, event_type=EventType.scalar))
    assert [(event["metric"], event["iter"], event["value"]) for event in page.events] == [("loss", 7, 1.0)]


def test_plots(run: RecordedRun, reports: JournalReports) -> None:
    """Of the last iterations of each series; the same again replaces."""
    for iteration, figure in [(0, "a"), (1, "b"), (1, "c")]:
        event = Event(type=EventType.plot, task=run.task, metric="m", variant="v", iter=iteration, plot_str=figure)
        run.writer.append(RecordKind.EVENT, encode_record(event))

    def figures(iterations: int) -> list[str]:
        request = samples.GetTaskPlots(task=run.task, iters=iterations)
        return [plot["plot_str"] for plot in reports.send(samples.GET_TASK_PLOTS, request).plots]

    assert (figures(1), figures(2)) == (["c"], ["c", "a"])


def test_other_questions_are_a_server_s(run: RecordedRun, reports: JournalReports) -> None:
    """And nothing was reported yet."""
    assert reports.send(scalars.SCALAR_HISTOGRAM, scalars.ScalarHistogram(task=run.task)) == {}
    with pytest.raises(ServerUnavailableError, match="pellucid sync"):
        reports.send(samples.GET_MULTI_TASK_PLOTS, samples.GetMultiTaskPlots(tasks=[run.task]))
