"""Tests of ``pellucid.sdk.sample_methods``: files as samples, against a real server."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any
from urllib.request import url2pathname

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from pellucid import Task, UsageError
from pellucid.client.files import FilesClient
from pellucid.client.session import Client
from pellucid.testing.server import RunningServer

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def task() -> Task:
    """A running task."""
    return Task.init("sdk tests", "samples", reuse_last_task_id=False)


@pytest.fixture
def files(server: RunningServer, client: Client) -> FilesClient:
    """The file server."""
    return FilesClient(client, f"{server.url}/files")


def content(files: FilesClient, tmp_path: Path, url: str) -> bytes:
    """A stored file."""
    files.download(url, tmp_path / "fetched")
    return (tmp_path / "fetched").read_bytes()


def test_an_image_arrives(task: Task, files: FilesClient, tmp_path: Path) -> None:
    """As a file and an event that names it (protocol §3.6)."""
    picture = np.full((4, 5, 3), 200, np.uint8)
    task.get_logger().report_image("in/put", "first", iteration=7, image=picture)
    picture[:] = 0

    (sample,) = task.get_debug_samples("in/put", "first")
    assert (sample["iter"], sample["metric"], sample["variant"]) == (7, "in/put", "first")
    assert f".{task.id}/metrics/in.slash.put/first/in.slash.put_first_" in sample["key"]
    stored = np.asarray(Image.open(io.BytesIO(content(files, tmp_path, sample["url"]))))
    assert (stored == 200).all()


def test_a_file_arrives(task: Task, files: FilesClient, tmp_path: Path) -> None:
    """As it was when the call returned; what is given away is gone."""
    file = tmp_path / "picture.png"
    Image.new("L", (2, 2)).save(file)
    written = file.read_bytes()
    task.get_logger().report_image("file", "kept", local_path=file)
    task.get_logger().report_image("file", "given", local_path=str(file), delete_after_upload=True)

    assert not file.exists()
    for series in ("kept", "given"):
        (sample,) = task.get_debug_samples("file", series)
        assert sample["url"].endswith(".png")
        assert content(files, tmp_path, sample["url"]) == written


@pytest.mark.parametrize(
    ("stream", "extension", "stored"),
    [(io.BytesIO(b"RIFF"), "wav", b"RIFF"), (io.StringIO("<p>ü</p>"), ".html", "<p>ü</p>".encode())],
)
def test_media_of_streams(
    task: Task, files: FilesClient, tmp_path: Path, stream: Any, extension: str, stored: bytes
) -> None:
    """Bytes and texts, with the suffix that is given."""
    task.get_logger().report_media("media", "stream", stream=stream, file_extension=extension, iteration=1)

    (sample,) = task.get_debug_samples("media", "stream")
    assert sample["url"].endswith(f".{extension.removeprefix('.')}")
    assert content(files, tmp_path, sample["url"]) == stored


def test_an_address_is_only_named(task: Task) -> None:
    """Nothing is fetched (sdk-surface §4.28)."""
    task.get_logger().report_media("media", "link", url="https://host.invalid/film.mp4")
    task.get_logger().report_image("media", "link", url="s3://bucket/picture.png", iteration=1)

    assert [sample["url"] for sample in task.get_debug_samples("media", "link")] == [
        "s3://bucket/picture.png",
        "https://host.invalid/film.mp4",
    ]


def test_only_the_latest_files_are_kept(task: Task) -> None:
    """As many as are asked for; others take their names."""
    logger = task.get_logger()
    for iteration in range(5):
        logger.report_media(
            "m", "few", iteration, stream=io.StringIO(str(iteration)), file_extension="txt", max_history=2
        )
        logger.report_media(
            "m", "all", iteration, stream=io.StringIO(str(iteration)), file_extension="txt", max_history=-1
        )

    few, everything = task.get_debug_samples("m", "few"), task.get_debug_samples("m", "all")
    assert len({sample["url"] for sample in few}) == 2
    assert [sample["iter"] for sample in everything] == [4, 3, 2, 1, 0]
    assert len({sample["url"] for sample in everything}) == 5
    assert [sample["iter"] for sample in task.get_debug_samples("m", "all", n_last_iterations=2)] == [4, 3]


def test_a_figure_of_matplotlib_arrives(task: Task, files: FilesClient, tmp_path: Path) -> None:
    """As a plot of Plotly, as one that shows a picture of it (protocol §3.6), or as a sample."""
    figure = Figure()
    figure.subplots().plot([1, 2, 3])
    logger = task.get_logger()
    logger.report_matplotlib_figure("curve", "interactive", figure, iteration=3)
    logger.report_matplotlib_figure("curve", "plot", figure, iteration=4, report_interactive=False)
    logger.report_matplotlib_figure("curve", "sample", figure, iteration=5, report_image=True)

    (sample,) = task.get_debug_samples("curve", "sample")
    plots = {event["variant"]: event for event in task.get_reported_plots()}
    plot = plots["plot"]
    assert json.loads(plots["interactive"]["plot_str"])["data"][0]["y"] == [1, 2, 3]
    source = json.loads(plot["plot_str"])["layout"]["images"][0]["source"]
    assert (plot["metric"], plot["variant"], plot["iter"], sample["iter"]) == ("curve", "plot", 4, 5)
    for url in (source, sample["url"]):
        assert Image.open(io.BytesIO(content(files, tmp_path, url))).format == "PNG"


def test_samples_of_an_offline_run_are_in_its_folder() -> None:
    """Until it is sent."""
    Task.set_offline(True)
    task = Task.init("sdk tests", "offline samples")
    task.get_logger().report_media("m", "text", stream=io.StringIO("here"), file_extension="txt")

    (sample,) = task.get_debug_samples("m", "text")
    assert Path(url2pathname(sample["url"].removeprefix("file:"))).read_text() == "here"


def test_a_continued_task_goes_on_behind_its_samples(task: Task) -> None:
    """At later iterations, and without replacing files."""
    task.get_logger().report_media("m", "s", 3, stream=io.StringIO("a"), file_extension="txt")
    task.close()
    task = Task.init("sdk tests", "samples", continue_last_task=10)
    task.get_logger().report_media("m", "s", 3, stream=io.StringIO("b"), file_extension="txt")

    samples = task.get_debug_samples("m", "s")
    assert [sample["iter"] for sample in samples] == [13, 3]
    assert len({sample["url"] for sample in samples}) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_processes_do_not_replace_each_other_s_files(task: Task) -> None:
    """Each has names of its own."""
    task.get_logger().report_media("m", "s", 0, stream=io.StringIO("parent"), file_extension="txt")
    child = os.fork()
    if child == 0:
        task.get_logger().report_media("m", "s", 0, stream=io.StringIO("child"), file_extension="txt")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    task.close()

    samples = Task.get_task(task_id=task.id).get_debug_samples("m", "s")
    assert len({sample["url"] for sample in samples}) == 2


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("report_image", {}, "nothing is given; allowed is one of local_path, image, matrix, url"),
        ("report_image", {"url": "a", "local_path": "b"}, "local_path and url is given"),
        ("report_image", {"image": 3}, "image is of type int"),
        ("report_image", {"local_path": "/does/not/exist"}, "local_path is '/does/not/exist'"),
        ("report_image", {"image": np.zeros((2, 2)), "max_image_history": "2"}, "max_image_history is '2'"),
        ("report_image", {"image": np.zeros((2, 2)), "iteration": "2"}, "iteration is '2'"),
        ("report_media", {"stream": io.BytesIO()}, "file_extension is None"),
        ("report_media", {"stream": "text", "file_extension": "txt"}, "stream is 'text'"),
        ("report_matplotlib_figure", {"figure": 3}, "figure is of type int"),
    ],
)
def test_what_can_not_be_reported_is_refused(task: Task, method: str, arguments: dict[str, Any], message: str) -> None:
    """The message names the argument."""
    with pytest.raises(UsageError, match=message):
        getattr(task.get_logger(), method)("title", "series", **arguments)


def test_the_destination(task: Task, server: RunningServer, tmp_path: Path) -> None:
    """Is the file server, whatever the task's own is, unless the logger is told another (sdk-surface C24)."""
    logger = task.get_logger()
    task.output_uri = tmp_path / "models"
    logger.set_default_upload_destination(f"{server.url}/files/")
    assert logger.get_default_upload_destination() == f"{server.url}/files"
    logger.report_media("samples", "text", iteration=0, stream=io.StringIO("one"), file_extension="txt")
    logger.set_default_upload_destination(str(tmp_path / "samples"))
    assert logger.get_default_upload_destination() == str(tmp_path / "samples")
    logger.report_media("samples", "text", iteration=1, stream=io.StringIO("two"), file_extension="txt")

    second, first = (str(sample["url"]) for sample in task.get_debug_samples("samples", "text"))
    assert first.startswith(f"{server.url}/files/")
    assert second.startswith((tmp_path / "samples").as_uri())
    assert Path(url2pathname(second.removeprefix("file://"))).read_text() == "two"
    with pytest.raises(UsageError, match="uri is 'ftp://host'"):
        logger.set_default_upload_destination("ftp://host")


def test_the_history(task: Task) -> None:
    """Can be told once for all."""
    logger = task.get_logger()
    logger.set_default_debug_sample_history(3)
    assert logger.get_default_debug_sample_history() == 3
