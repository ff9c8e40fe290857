"""The run that this process reports to: a folder, a writer in each process, an uploader beside it.

Reporting goes to the journal and returns; nothing here asks a server. That a disk is full, or that the uploader is
gone, is told once (``base.log.trouble``) and never raised.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.base.clock import now_milliseconds
from pellucid.base.connection import Connection
from pellucid.base.log import trouble
from pellucid.journal.writer import Writer
from pellucid.sdk.servers import current_settings
from pellucid.sdk.uploader_process import OthersUploader, Uploader, UploaderProcess
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.enums import TaskStatus
from pellucid.wire.events import Event
from pellucid.wire.records import (
    PROGRESS_FILE,
    RUN_FILE,
    Call,
    End,
    Progress,
    RankFailure,
    RecordKind,
    RunDescription,
    Upload,
    WriterProgress,
    encode_json,
    encode_record,
)

_FIRST_PAUSE: Final = 0.002
_LONGEST_PAUSE: Final = 0.05

_MOST_FILES: Final = 10_000
"""Files whose positions are remembered."""


class Pending(NamedTuple):
    """What this process has reported and the server has not yet acknowledged.

    Attributes:
        points: number of scalars.
        bytes: size of everything else; a file that is not yet stored counts as its record and all that follows.
        lost_files: number of files that will never be stored, because they can't be read or the server refuses them;
            the task's console says which and why.
        refused: number of reports and files that will never be stored, because the server refuses them, or the disk was
            full; the task's console says which and why.
    """

    points: int
    bytes: int
    lost_files: int = 0
    refused: int = 0


class Run:
    """One run.

    Attributes:
        description: what it is about.
        folder: its journal.
        connection: the server, ``None`` if there is none.
    """

    def __init__(self, folder: Path, description: RunDescription, connection: Connection | None) -> None:
        """Begin to write, and start the uploader; or join the run if it is another process's by its description.

        Args:
            folder: the run's folder, which is empty if the run is our own.
            description: what the run is about.
            connection: the server; without one nothing is uploaded.

        Raises:
            OSError: the folder can't be written.
        """
        self.description = description
        self.folder = folder
        self.connection = connection
        self._closed = False
        self._writer: Writer | None = None
        self._files: deque[int] = deque(maxlen=_MOST_FILES)
        self._uploader: Uploader | None = None
        if not self.is_own:
            self._uploader = None if connection is None else OthersUploader(description.pid)
            return
        write_atomic(folder / RUN_FILE, encode_json(description))
        self._writer = Writer(folder)
        if connection is not None:
            self._uploader = UploaderProcess(folder, connection)
            self._uploader.start()

    @property
    def is_own(self) -> bool:
        """Whether this process began the run; others only report to it."""
        return os.getpid() == self.description.pid

    @property
    def writer(self) -> Writer | None:
        """This process's writer; other processes' is made when it is first needed. ``None`` if that is impossible."""
        if self._writer is None and not self._closed:
            try:
                self._writer = Writer(self.folder)
            except OSError as error:
                trouble("journal.writer", "What this process reports is lost; the program goes on.", error)
        return self._writer

    def after_fork(self) -> None:
        """In a child: neither the parent's writer nor its uploader is ours."""
        self._writer = None
        self._files.clear()
        if self._uploader is not None:
            self._uploader = OthersUploader(self.description.pid)

    def report(self, event: Event) -> None:
        """Record an event."""
        self._append(RecordKind.EVENT, event)

    def call(self, action: Action[RequestT, ResponseT], request: RequestT) -> None:
        """Record a request; sending it twice must do no harm."""
        self._append(RecordKind.CALL, Call(action.name, encode_json(request)))

    def upload(self, upload: Upload) -> None:
        """Record a file that is to be stored."""
        self._append(RecordKind.UPLOAD, upload)
        if upload.source and self._writer is not None:
            self._files.append(self._writer.position().frames)

    def fail(self, rank: int, end: End) -> None:
        """Record how this process has failed, which is not the one that ends the run."""
        self._append(RecordKind.FAILURE, RankFailure(rank, now_milliseconds(), end.reason, end.message))

    def wake(self) -> None:
        """Have the uploader ship now."""
        if self._uploader is not None:
            self._uploader.wake()

    def pending(self) -> Pending:
        """What is not yet acknowledged of what this process has reported."""
        writer = self._writer
        if writer is None:
            return Pending(0, 0)
        position, progress = writer.position(), read_progress(self.folder)
        if progress is None:
            return Pending(0, 0)
        done = progress.writers.get(writer.name, WriterProgress())
        return Pending(
            max(position.points - done.points, 0),
            max(position.frames - done.frames, 0),
            len(progress.not_stored),
            len(progress.refused),
        )

    def wait_until_sent(self, seconds: float | None = None) -> bool:
        """Wait until all that this process has reported is on the server.

        Args:
            seconds: at most; by default for as long as somebody tries to send it, and while the program ends for the
                exit deadline.

        Returns:
            Whether it is.
        """
        if seconds is None:
            is_ending = not threading.main_thread().is_alive()
            seconds = current_settings().exit_deadline if is_ending else math.inf
        return self._wait(lambda: self.pending()[:2] == (0, 0), seconds)

    def wait_until_stored(self, count: int, seconds: float) -> bool:
        """Wait until some of the files that this process has given away are done with, the first of them.

        Args:
            count: so many of those that are under way now, or all if there are less.
            seconds: at most.

        Returns:
            Whether they are.
        """
        done = self._acknowledged()
        wanted = [end for end in tuple(self._files) if end > done][:count]
        return not wanted or self._wait(lambda: self._acknowledged() >= wanted[-1], seconds)

    def is_stored(self, source: str) -> bool:
        """Whether a file of ours is on the server, if nothing is pending."""
        progress = read_progress(self.folder)
        return progress is None or source not in progress.not_stored

    def close(self, end: End | None, seconds: float) -> bool:
        """End the run, and wait until its task has its final status.

        Args:
            end: how it ended; ``None`` leaves the status to others.
            seconds: to wait at most; the uploader goes on by itself afterwards.

        Returns:
            Whether all is on the server.
        """
        if self._closed:
            return True
        if self.is_own:
            self._append(RecordKind.END, end or _LEFT_TO_OTHERS)
        writer = self._writer
        sent = False
        if self.is_own:
            sent = self._wait(self._is_finished, seconds)
        self._closed = True
        if writer is not None:
            writer.close()
        if self._uploader is not None:
            self._uploader.close()
        return sent

    def _append(self, kind: RecordKind, record: msgspec.Struct) -> None:
        writer = self.writer
        if writer is not None:
            writer.append(kind, encode_record(record))

    def _acknowledged(self) -> float:
        """The position before which the uploader is done with all records of this process."""
        progress = read_progress(self.folder)
        if self._writer is None or progress is None:
            return math.inf
        return progress.writers.get(self._writer.name, WriterProgress()).frames

    def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for the uploader; one that is gone is replaced, once."""
        uploader = self._uploader
        if uploader is None:
            return False
        deadline = time.monotonic() + seconds
        may_restart = True
        running = uploader.wake()
        pause = _FIRST_PAUSE
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if not running:
                if not may_restart:
                    return False
                may_restart = False
                uploader.start()
            running = uploader.sleep(min(pause, left))
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return True

    def _is_finished(self) -> bool:
        progress = read_progress(self.folder)
        return progress is None or progress.finished


def read_progress(folder: Path) -> Progress | None:
    """What the uploader of a run has achieved; ``None`` if it has deleted the folder, as all is on the server."""
    try:
        return msgspec.json.decode((folder / PROGRESS_FILE).read_bytes(), type=Progress)
    except FileNotFoundError:
        return Progress() if (folder / RUN_FILE).exists() else None
    except (OSError, msgspec.DecodeError) as error:
        trouble("uploader.progress", "It is not known what has been sent so far.", error)
        return Progress()


_LEFT_TO_OTHERS: Final = End(TaskStatus.unknown)
"""The end of a run whose status is its agent's to set."""
