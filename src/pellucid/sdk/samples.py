"""Samples of what a task sees and makes: pictures, sound, pages (protocol §2.6, §3.6).

A sample is a file and an event that names its address. The file is copied into the run's folder at once and uploaded
from there; the event is sent when the file is stored.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.clock import now_milliseconds
from pellucid.base.errors import UsageError
from pellucid.base.log import trouble
from pellucid.sdk.destinations import FILE_SERVER, address_in
from pellucid.sdk.live import LiveTask
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.snapshot import Snapshot, snapshot_bytes, snapshot_file
from pellucid.wire import events
from pellucid.wire.enums import EventType
from pellucid.wire.events import Event
from pellucid.wire.files import component, task_folder
from pellucid.wire.records import Call, Upload, encode_json

DEFAULT_HISTORY: Final = 100
"""Files that are kept of a series (sdk-surface §5.3, ``sdk.metrics.file_history_size``)."""


class SampleFile(msgspec.Struct, frozen=True):
    """What a sample is made of.

    Attributes:
        suffix: of the file's name, with the dot; may be empty.
        content: the file's content, or its path.
        give_away: whether the program's file is to be gone afterwards.
    """

    suffix: str
    content: bytes | Path
    give_away: bool = False


class Samples:
    """Samples of one task.

    Attributes:
        destination: where files go, ``FILE_SERVER`` by default.
    """

    def __init__(self, record: TaskRecord, worker: str) -> None:
        """Report to a task.

        Args:
            record: the task.
            worker: who reports.
        """
        self.destination = FILE_SERVER
        self._record = record
        self._worker = worker
        self._numbers: dict[tuple[str, str], Iterator[int]] = {}

    def link(self, title: str, series: str, iteration: int, url: str) -> None:
        """Report a file that is somewhere already."""
        self._record.report(self._event(title, series, iteration, EventType.image, url=url))

    def report(self, title: str, series: str, iteration: int, file: SampleFile, history: int) -> None:
        """Report a file as a sample.

        Args:
            title: of the samples.
            series: of the samples.
            iteration: when.
            file: the file.
            history: files to keep of the series, the latest; any number if it is below 1.

        Raises:
            UsageError: the task does not run in this process.
        """

        def event(key: str, url: str) -> Event:
            return self._event(title, series, iteration, EventType.image, key=key, url=url)

        self._upload(title, series, file, history, event)

    def report_plot(
        self, title: str, series: str, iteration: int, file: SampleFile, figure: Callable[[str], str]
    ) -> None:
        """Report a plot that shows a file.

        Args:
            title: of the plot.
            series: of the plot.
            iteration: when.
            file: the file.
            figure: makes plotly's JSON from the file's address.

        Raises:
            UsageError: the task does not run in this process.
        """

        def event(_: str, url: str) -> Event:
            return self._event(title, series, iteration, EventType.plot, plot_str=figure(url))

        self._upload(title, series, file, 0, event)

    def _upload(
        self, title: str, series: str, file: SampleFile, history: int, event: Callable[[str, str], Event]
    ) -> None:
        live = self._record
        if not isinstance(live, LiveTask):
            raise UsageError("this task does not run here; only a task of Task.init takes files, others take a url")
        writer = live.run.writer
        if writer is None:
            return  # the run is over, or its disk is full, which has been told
        number = next(self._numbers.setdefault((title, series), itertools.count()))
        name = _file_name(title, series, writer.name, number % history if history > 0 else number, file.suffix)
        try:
            copy = _copy(live.run.folder, name, file)
        except OSError as error:
            trouble("samples", f"The sample {title}/{series} is not reported; the program goes on.", error)
            return
        described = live.run.description
        folder = task_folder(described.project, described.name, live.task_id)
        path = f"{folder}/metrics/{component(title)}/{component(series)}/{name}"
        announce = Call(events.ADD.name, encode_json(live.placed(event(path, address_in(self.destination, path)))))
        live.run.upload(Upload(copy.source, path, [announce], copy.sha256, to=self.destination))

    def _event(
        self,
        title: str,
        series: str,
        iteration: int,
        kind: EventType,
        key: str | None = None,
        url: str | None = None,
        plot_str: str | None = None,
    ) -> Event:
        return Event(
            type=kind,
            task=self._record.task_id,
            timestamp=now_milliseconds(),
            worker=self._worker,
            metric=title,
            variant=series,
            iter=iteration,
            key=key,
            url=url,
            plot_str=plot_str,
        )


def _copy(folder: Path, name: str, file: SampleFile) -> Snapshot:
    if isinstance(file.content, bytes):
        return snapshot_bytes(folder, name, file.content)
    return snapshot_file(folder, name, file.content, give_away=file.give_away)


def _file_name(title: str, series: str, writer: str, number: int, suffix: str) -> str:
    """A name that no other process of the task, and no later run of it, takes."""
    return component(f"{title}_{series}_{writer.rpartition('-')[2]}_{number:08d}") + suffix
