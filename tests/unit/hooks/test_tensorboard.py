"""What PyTorch's and tensorboardX's writers write, as a run gets it (sdk-surface §4.10)."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pellucid import Logger
from pellucid.hooks import guard, tensorboard
from pellucid.testing.reports import RecordedReports

MODULES = ("tensorboard.summary.writer.event_file_writer", "tensorboardX.event_file_writer")
OpenWriter = Callable[[Path], Any]


@pytest.fixture(params=["torch.utils.tensorboard", "tensorboardX"])
def open_writer(request: pytest.FixtureRequest) -> OpenWriter:
    """Opens a writer of either library."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        library = pytest.importorskip(request.param)
    return lambda folder: library.SummaryWriter(str(folder))


@pytest.fixture
def reports(open_writer: OpenWriter) -> Iterator[RecordedReports]:
    """A run that both libraries report to; our own errors are heard."""
    reports = RecordedReports()
    undo = [tensorboard.patch(importlib.import_module(name), lambda: reports) for name in MODULES]
    with guard.loud_errors(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield reports
    for each in undo:
        each()


@pytest.fixture
def writer(open_writer: OpenWriter, reports: RecordedReports, tmp_path: Path) -> Iterator[Any]:
    """One writer."""
    writer = open_writer(tmp_path / "logs")
    yield writer
    writer.close()


def test_m33_scalars(writer: Any, reports: RecordedReports) -> None:
    """The part behind the last slash is the series."""
    writer.add_scalar("train/loss", 0.5, 7)
    writer.add_scalar("accuracy", 1, 8)
    writer.add_scalar("a/b/c", 2, 9)
    assert reports.scalars == [
        ("train", "loss", 7, 0.5),
        ("accuracy", "accuracy", 8, 1),
        ("a/b", "c", 9, 2),
    ]


@pytest.mark.parametrize(
    ("group", "single", "places"),
    [
        (True, False, [("train", "loss"), ("Scalars", "accuracy")]),
        (False, True, [("train/loss", "loss"), ("accuracy", "accuracy")]),
    ],
)
def test_diagrams_of_scalars_are_chosen(
    writer: Any, reports: RecordedReports, request: pytest.FixtureRequest, group: bool, single: bool, places: list[Any]
) -> None:
    """For the whole process: one for all without a slash, or one for each."""
    request.addfinalizer(lambda: Logger.tensorboard_auto_group_scalars(False))
    request.addfinalizer(lambda: Logger.tensorboard_single_series_per_graph(False))
    Logger.tensorboard_auto_group_scalars(group)
    Logger.tensorboard_single_series_per_graph(single)
    writer.add_scalar("train/loss", 0.5, 7)
    writer.add_scalar("accuracy", 1, 8)
    assert [scalar[:2] for scalar in reports.scalars] == places


def test_steps_that_nobody_gives_are_counted(writer: Any, reports: RecordedReports) -> None:
    """For each curve from zero."""
    for value in (1, 2, 3):
        writer.add_scalar("loss", value)
    writer.add_scalar("other", 4)
    assert [(series, iteration) for _, series, iteration, _ in reports.scalars] == [
        ("loss", 0),
        ("loss", 1),
        ("loss", 2),
        ("other", 0),
    ]


def test_several_curves_in_one_diagram(writer: Any, reports: RecordedReports) -> None:
    """``add_scalars`` has a folder for each curve."""
    writer.add_scalars("accuracy/top", {"one": 0.1, "five": 0.5}, 3)
    assert sorted(reports.scalars) == [("accuracy/top", "five", 3, 0.5), ("accuracy/top", "one", 3, pytest.approx(0.1))]


def test_two_writers_are_told_apart(open_writer: OpenWriter, reports: RecordedReports, tmp_path: Path) -> None:
    """By what differs in their folders."""
    for place, name in enumerate(["train", "validation"]):
        writer = open_writer(tmp_path / name)
        writer.add_scalar("epoch/loss", place, 1)
        writer.close()
    assert [(title, series) for title, series, _, _ in reports.scalars] == [
        ("epoch", "loss"),
        ("epoch", "validation/loss"),
    ]


def test_histograms(writer: Any, reports: RecordedReports) -> None:
    """All values are in some bin, and no bin is beyond them."""
    writer.add_histogram("layer/weights", np.linspace(-1, 1, 50), 2)
    ((title, series, iteration, figure),) = reports.plots
    (bars,) = figure["data"]
    assert (title, series, iteration, sum(bars["y"])) == ("layer", "weights", 2, 50)
    assert min(bars["x"]) > -1
    assert max(bars["x"]) < 1


def test_pictures(writer: Any, reports: RecordedReports) -> None:
    """As they are in the file."""
    writer.add_image("digits/first", np.zeros((3, 4, 4), dtype=np.uint8), 5)
    writer.add_image("lone", np.zeros((3, 4, 4), dtype=np.uint8), 5)
    places = [(title, series, iteration, extension) for title, series, iteration, extension, _ in reports.samples]
    assert places == [("digits", "first", 5, ".png"), ("Images", "lone", 5, ".png")]
    assert all(content.startswith(b"\x89PNG") for *_, content in reports.samples)


def test_films(writer: Any, reports: RecordedReports) -> None:
    """What ``add_video`` writes, with a library that makes GIFs: pictures that move, among the others."""
    place = "tensorboardX.proto" if "tensorboardX" in type(writer).__module__ else "tensorboard.compat.proto"
    messages = importlib.import_module(f"{place}.summary_pb2")
    film = messages.Summary.Image(encoded_image_string=b"GIF89a...", height=4, width=4)
    summary = messages.Summary(value=[messages.Summary.Value(tag="runs/first", image=film)])
    writer.file_writer.add_summary(summary, 3)
    assert reports.samples == [("runs", "first", 3, ".gif", b"GIF89a...")]


def test_text(writer: Any, reports: RecordedReports) -> None:
    """As it was given."""
    writer.add_text("notes", "a *good* epoch", 1)
    assert reports.samples == [("Text", "notes", 1, ".txt", b"a *good* epoch")]


def test_precision_and_recall(writer: Any, reports: RecordedReports) -> None:
    """A curve."""
    writer.add_pr_curve("curve", np.array([0, 1, 1, 0]), np.array([0.1, 0.9, 0.8, 0.4]), 1)
    ((title, series, _, figure),) = reports.plots
    (line,) = figure["data"]
    assert (title, series) == ("Precision and recall", "curve")
    assert max(line["x"]) == 1
    assert max(line["y"]) == 1


def test_a_mesh(writer: Any, reports: RecordedReports) -> None:
    """Its parts come as one figure; where each part is an event, the last one has all."""
    vertices = np.array([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]])
    writer.add_mesh("shape", vertices, faces=np.array([[[0, 1, 2]]]))
    assert {(title, series, iteration) for title, series, iteration, _ in reports.plots} == {("Meshes", "shape", 0)}
    (surface,) = reports.plots[-1][3]["data"]
    assert surface["type"] == "mesh3d"
    assert (surface["x"], surface["i"], surface["k"]) == ([0, 1, 0], [0], [2])


@pytest.mark.parametrize("wanted", [True, False])
def test_m48_hyperparameters(writer: Any, reports: RecordedReports, wanted: bool) -> None:
    """Unless they are switched off; the metrics come in any case."""
    reports.unwanted = set() if wanted else {"report_hparams"}
    writer.add_hparams({"lr": 0.1, "layers": 3, "name": "small"}, {"best/accuracy": 0.5})
    expected = {"TB_hparams": {"layers": 3, "lr": 0.1, "name": "small"}} if wanted else {}
    assert reports.parameters == expected
    assert [(title, series, value) for title, series, _, value in reports.scalars] == [("best", "accuracy", 0.5)]


def test_nobody_listens_afterwards(open_writer: OpenWriter, tmp_path: Path) -> None:
    """Undone is undone, and undoing leaves what others have put over it."""
    reports = RecordedReports()
    libraries = [importlib.import_module(name) for name in MODULES]
    before = [library.EventFileWriter.add_event for library in libraries]
    undo = [tensorboard.patch(library, lambda: reports) for library in libraries]
    for each in undo:
        each()
    assert [library.EventFileWriter.add_event for library in libraries] == before
    writer = open_writer(tmp_path)
    writer.add_scalar("loss", 1, 1)
    writer.close()
    assert reports.scalars == []
