"""Runs' folders made by hand: what the SDK would have recorded, and uploaders to ship it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pellucid.base.clock import utc_now
from pellucid.base.ids import new_id
from pellucid.journal.writer import Writer
from pellucid.testing.server import RunningServer
from pellucid.wire import tasks
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.enums import EventType
from pellucid.wire.events import Event
from pellucid.wire.records import (
    PROGRESS_FILE,
    RUN_FILE,
    Call,
    Connection,
    End,
    Progress,
    RecordKind,
    RunDescription,
    SeriesName,
    Upload,
    WriterProgress,
)


class RecordedRun:
    """A run's folder with one writer, and shorthands for its records.

    Attributes:
        folder: the folder.
        task: id of the task.
        writer: the run's own writer.
    """

    def __init__(self, folder: Path, *, pid: int | None = None, created: bool = False) -> None:
        """Make the folder, with the records that create and start the task.

        Args:
            folder: must not exist.
            pid: of the run's process; this one by default.
            created: say that a server has the task, and leave those records out.
        """
        folder.mkdir(parents=True)
        self.folder = folder
        self.task = new_id()
        description = RunDescription(
            task=self.task,
            project="vision",
            name="first",
            created=created,
            api_host=None,
            web_host=None,
            files_host=None,
            pid=pid or os.getpid(),
            host=platform.node(),
            started=utc_now(),
        )
        (folder / RUN_FILE).write_bytes(msgspec.json.encode(description))
        self.writer = Writer(folder)
        if not created:
            self.call(tasks.CREATE, tasks.Create(id=self.task, name="first", type="training"))
            self.call(tasks.STARTED, tasks.ChangeStatus(task=self.task))

    def series(self, title: str, series: str) -> int:
        """Name a series; returns its number."""
        number = self.writer.next_series_number()
        self._append(RecordKind.SERIES, SeriesName(number, title, series))
        return number

    def line(self, text: str) -> None:
        """A console line."""
        self.event(Event(type=EventType.log, task=self.task, timestamp=1, level="info", worker="w", msg=text))

    def event(self, event: Event) -> None:
        """Any event."""
        self._append(RecordKind.EVENT, event)

    def call(self, action: Action[RequestT, ResponseT], request: RequestT) -> None:
        """A call to be made in its place."""
        self._append(RecordKind.CALL, Call(action.name, msgspec.json.encode(request)))

    def upload(self, source: str, path: str, *announce: Call) -> None:
        """A file to be stored."""
        self._append(RecordKind.UPLOAD, Upload(source, path, list(announce)))

    def acknowledged(self) -> WriterProgress:
        """How far the writer's records are on a server, by the uploader's books."""
        try:
            progress = msgspec.json.decode((self.folder / PROGRESS_FILE).read_bytes(), type=Progress)
        except FileNotFoundError:
            return WriterProgress()
        return progress.writers.get(self.writer.name, WriterProgress())

    def end(self, end: End) -> None:
        """The last record."""
        self._append(RecordKind.END, end)

    def _append(self, kind: RecordKind, record: msgspec.Struct) -> None:
        self.writer.append(kind, msgspec.msgpack.encode(record))


def connection_to(server: RunningServer, *, api_host: str | None = None) -> Connection:
    """What an uploader needs to reach a server, perhaps by way of another address."""
    host = api_host or server.url
    return Connection(
        api_host=host,
        web_host=host,
        files_host=f"{host}/files",
        access_key=server.access_key,
        secret_key=server.secret_key,
    )


@contextmanager
def running_uploader(folder: Path, connection: Connection) -> Iterator[subprocess.Popen[bytes]]:
    """An uploader of a folder in a process of its own; killed at the end if it still runs."""
    command = [sys.executable, "-P", "-m", "pellucid.uploader", str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0, start_new_session=True)
    assert process.stdin is not None
    try:
        process.stdin.write(msgspec.json.encode(connection) + b"\n")
        yield process
    finally:
        process.kill()
        process.stdin.close()
        process.wait()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Wait for a condition that another process or thread brings about.

    Raises:
        AssertionError: it did not come about in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for: {what}"
        time.sleep(0.01)
