"""The part of ``Logger`` that reports files: pictures, media, figures of matplotlib (sdk-surface §3 Logger, §4.28)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_flag, check_iteration, check_text
from pellucid.sdk.destinations import FILE_SERVER, check_destination, check_place
from pellucid.sdk.live import LiveTask
from pellucid.sdk.matplotlib_figures import picture_of_figure, plot_of_figure, plot_of_picture
from pellucid.sdk.pictures import picture_of
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.samples import DEFAULT_HISTORY, SampleFile, Samples
from pellucid.sdk.servers import current_settings


class SampleMethods:
    """Files as samples.

    All methods take ``title`` and ``series``, what it is a sample of, and ``iteration``, when (0 by default). What is
    given is copied at once and sent in the background.
    """

    _record: TaskRecord
    _samples: Samples
    _history: int = DEFAULT_HISTORY

    if TYPE_CHECKING:

        def _report_plot(self, title: str, series: str, figure: str, iteration: int | None) -> None: ...

    def report_image(
        self,
        title: str,
        series: str,
        iteration: int | None = None,
        local_path: str | Path | None = None,
        image: Any = None,
        matrix: Any = None,
        max_image_history: int | None = None,
        delete_after_upload: bool = False,
        url: str | None = None,
    ) -> None:
        """Report a picture, from one of these sources.

        Args:
            title: see the class.
            series: see the class.
            iteration: see the class.
            local_path: a picture file.
            image: a picture of PIL, or an array of H×W, H×W×1, H×W×3 or H×W×4 integers from 0 to 255 or floats from 0
                to 1.
            matrix: the same as ``image``.
            max_image_history: files to keep of this series, the latest; 100 by default, any number if negative.
            delete_after_upload: the file at ``local_path`` is to be gone, at once.
            url: address of a picture that is somewhere already.

        Raises:
            UsageError: an argument is of another kind, or there is not one source.
        """
        kind, source = _one_of(local_path=local_path, image=image, matrix=matrix, url=url)
        if kind in ("image", "matrix"):
            self._report_sample(title, series, iteration, SampleFile(*picture_of(kind, source)), max_image_history)
        else:
            self._report_file(title, series, iteration, kind, source, max_image_history, delete_after_upload)

    def report_media(
        self,
        title: str,
        series: str,
        iteration: int | None = None,
        local_path: str | Path | None = None,
        stream: Any = None,
        file_extension: str | None = None,
        max_history: int | None = None,
        delete_after_upload: bool = False,
        url: str | None = None,
    ) -> None:
        """Report a sound, a film, a page or a text, from one of these sources.

        Args:
            title: see the class.
            series: see the class.
            iteration: see the class.
            local_path: a file.
            stream: an open file of bytes or text, which is read to its end.
            file_extension: what the stream holds: ``wav``, ``html`` …, with or without a dot.
            max_history: files to keep of this series, the latest; 100 by default, any number if negative.
            delete_after_upload: the file at ``local_path`` is to be gone, at once.
            url: address of a file that is somewhere already.

        Raises:
            UsageError: an argument is of another kind, or there is not one source.
        """
        kind, source = _one_of(local_path=local_path, stream=stream, url=url)
        if kind == "stream":
            suffix = f".{check_text('file_extension', file_extension).removeprefix('.')}"
            self._report_sample(title, series, iteration, SampleFile(suffix, _read(source)), max_history)
        else:
            self._report_file(title, series, iteration, kind, source, max_history, delete_after_upload)

    def report_matplotlib_figure(
        self,
        title: str,
        series: str,
        figure: Any,
        iteration: int | None = None,
        report_image: bool = False,
        report_interactive: bool = True,
    ) -> None:
        """Report a figure of matplotlib as it looks.

        Args:
            title: see the class.
            series: see the class.
            figure: the figure, or ``matplotlib.pyplot`` for its current one.
            iteration: see the class.
            report_image: as a sample; otherwise as a plot.
            report_interactive: make a plot of lines, points and bars that can be zoomed; a figure with anything else
                in it is a picture in any case.

        Raises:
            UsageError: an argument is of another kind.
        """
        as_sample = check_flag("report_image", report_image)
        if check_flag("report_interactive", report_interactive) and not as_sample:
            plot = plot_of_figure(figure)
            if plot is not None:
                self._report_plot(title, series, plot, iteration)
                return
        file = SampleFile(*picture_of_figure(figure))
        if as_sample:
            self._report_sample(title, series, iteration, file, None)
            return
        self._report_drawing(title, series, iteration, file)

    def set_default_upload_destination(self, uri: str) -> None:
        """Where files of samples go from now on, which is the file server if nobody says otherwise, whatever the task's
        ``output_uri`` is (sdk-surface C24).

        Args:
            uri: a folder, or the address of another place for files, as for ``Task.init``.

        Raises:
            UsageError: nothing can be stored there.
        """
        address = check_destination("uri", uri)
        if address == self.get_default_upload_destination():
            return
        check_place(address, ask=not current_settings().offline)
        self._samples.destination = address

    def get_default_upload_destination(self) -> str:
        """Address of the place that files of samples go to; empty for the file server of a run without a server."""
        if self._samples.destination != FILE_SERVER:
            return self._samples.destination
        if isinstance(self._record, LiveTask):
            connection = self._record.run.connection
            return "" if connection is None else connection.files_host.rstrip("/")
        return ""

    def set_default_debug_sample_history(self, max_history: int) -> None:
        """How many files are kept of a series unless a call says otherwise.

        Args:
            max_history: files, the latest; any number if negative.

        Raises:
            UsageError: it is no integer.
        """
        self._history = _history("max_history", max_history)

    def get_default_debug_sample_history(self) -> int:
        """Files that are kept of a series unless a call says otherwise."""
        return self._history

    def _report_file(
        self,
        title: str,
        series: str,
        iteration: int | None,
        kind: str,
        source: Any,
        history: int | None,
        give_away: bool,
    ) -> None:
        """Report a local file, or the address of another one."""
        if kind == "url":
            self._samples.link(
                check_text("title", title),
                check_text("series", series),
                _iteration(iteration),
                check_text("url", source),
            )
            return
        if not isinstance(source, str | Path) or not Path(source).is_file():
            raise UsageError(f"local_path is {source!r}; allowed is the path of a file that exists")
        path = Path(source)
        gone = check_flag("delete_after_upload", give_away)
        self._report_sample(title, series, iteration, SampleFile(path.suffix, path, gone), history)

    def _report_drawing(self, title: str, series: str, iteration: int | None, file: SampleFile) -> None:
        named = check_text("title", title)
        self._samples.report_plot(
            named, check_text("series", series), _iteration(iteration), file, lambda url: plot_of_picture(named, url)
        )

    def _report_sample(
        self, title: str, series: str, iteration: int | None, file: SampleFile, history: int | None
    ) -> None:
        self._samples.report(
            check_text("title", title),
            check_text("series", series),
            _iteration(iteration),
            file,
            self._history if history is None else _history("max_image_history", history),
        )


def _one_of(**sources: Any) -> tuple[str, Any]:
    """The one that is given."""
    given = [(name, value) for name, value in sources.items() if value is not None]
    if len(given) != 1:
        found = " and ".join(name for name, _ in given) or "nothing"
        raise UsageError(f"{found} is given; allowed is one of {', '.join(sources)}")
    return given[0]


def _read(stream: Any) -> bytes:
    read = getattr(stream, "read", None)
    content = read() if callable(read) else None
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, bytes | bytearray | memoryview):
        return bytes(content)
    raise UsageError(f"stream is {stream!r}; allowed is an open file of bytes or text")


def _iteration(iteration: int | None) -> int:
    return 0 if iteration is None else check_iteration(iteration)


def _history(argument: str, count: object) -> int:
    if isinstance(count, int) and not isinstance(count, bool):
        return count
    raise UsageError(f"{argument} is {count!r}; allowed is an integer, negative for any number of files")
