"""The task of the run that goes on in this process: changed through the journal, remembered here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pellucid.base.errors import ServerUnavailableError
from pellucid.base.points import SINGLE_VALUE_ITERATION
from pellucid.client.sender import Sender
from pellucid.sdk.journal_reports import JournalReports
from pellucid.sdk.not_finite import replaced, replacing
from pellucid.sdk.run import Run
from pellucid.wire import tasks
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.events import Event
from pellucid.wire.records import RecordKind, SeriesName, encode_record

if TYPE_CHECKING:
    from pellucid.client.session import Client

READ_BACK_SECONDS: Final = 10.0
"""How long a call that reads back waits for what was reported before."""


class Points:
    """The way of a scalar, as short as it can be; ``Logger.report_scalar`` uses these directly.

    Attributes:
        numbers: series numbers of this process's writer, by title and then series: two look-ups of a text take less
            time than one of a pair that must be made first.
        append: takes number, iteration, value.
    """

    __slots__ = ("append", "numbers")

    def __init__(self) -> None:
        """No series yet, so nothing goes this way."""
        self.numbers: dict[str, dict[str, int]] = {}
        self.append: Callable[[int, int, float], None] = _nowhere


class LiveTask:
    """A task that this process reports to (see ``pellucid.sdk.record.TaskRecord``).

    Attributes:
        run: its journal.
        points: the short way of scalars.
        lock: held while something is read and changed.
        on_change: is told the document when it has changed.
    """

    def __init__(self, run: Run, document: tasks.Task, offset: int, connect: Callable[[], Client]) -> None:
        """Begin to report.

        Args:
            run: the journal.
            document: the task as it is now.
            offset: what to add to iterations.
            connect: opens a client of the server.
        """
        self.run = run
        self.points = Points()
        self._offset = offset
        self.lock = threading.RLock()
        self._document = document
        self._connect = connect
        self._client: Client | None = None
        self.on_change: Callable[[tasks.Task], None] = _ignore

    @property
    def task_id(self) -> str:
        """The task's id."""
        return self._document.id

    @property
    def offset(self) -> int:
        """What is added to iterations."""
        return self._offset

    @offset.setter
    def offset(self, offset: int) -> None:
        self._offset = offset
        self.reroute()

    def document(self) -> tasks.Task:
        """The task as this process has made it."""
        return self._document

    def change(self, action: Action[RequestT, ResponseT], request: RequestT, **fields: Any) -> None:
        """Record a request, and remember what the fields are after it."""
        self.run.call(action, request)
        self.remember(**fields)

    def remember(self, **fields: Any) -> None:
        """The document's fields are these now."""
        self._document = msgspec.structs.replace(self._document, **fields)
        self.on_change(self._document)

    def report(self, event: Event) -> None:
        """Record an event."""
        self.run.report(self.placed(event))

    def placed(self, event: Event) -> Event:
        """An event at its place on the task's axis, which a continued task shifts."""
        if event.iter is None:
            return event
        return msgspec.structs.replace(event, iter=event.iter + self._offset)

    def report_point(self, title: str, series: str, iteration: int, value: float) -> None:
        """Record a scalar; the first of a series in this process, or one that is not quite what the short way takes."""
        writer = self.run.writer
        if writer is None:
            return
        number = self.points.numbers.get(title, {}).get(series)
        if number is None:
            number = writer.next_series_number()
            writer.append(RecordKind.SERIES, encode_record(SeriesName(number, title, series)))
            self.reroute()
            self.points.numbers.setdefault(title, {})[series] = number
        # A single value is nowhere on the axis, so a continued task does not move it (sdk-surface C16).
        place = iteration + (0 if iteration == SINGLE_VALUE_ITERATION else self._offset)
        writer.append_point(number, place, replaced(value))

    def last_iteration(self) -> int:
        """The iteration that this process reported last, as the program counts; 0 when there is none."""
        writer = self.run.writer
        last = None if writer is None else writer.last_iteration()
        return 0 if last is None else last - self._offset

    def reroute(self) -> None:
        """Have the short way of scalars do what is set now."""
        writer = self.run.writer
        if writer is not None:
            self.points.append = replacing(_shifted(writer.append_point, self._offset))

    def client(self) -> Client:
        """The server, when it has what was reported so far; after ten seconds it may not."""
        if self.run.connection is None:
            raise ServerUnavailableError("this run has no server; pellucid sync sends it to one later")
        self.run.wait_until_sent(READ_BACK_SECONDS)
        if self._client is None:
            self._client = self._connect()
        return self._client

    def reader(self) -> Sender:
        """The server; without one, the run's own journal."""
        if self.run.connection is None:
            return JournalReports(self.run.folder, self._document)
        return self.client()

    def hang_up(self) -> None:
        """Let go of the server, if it was asked anything."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def after_fork(self) -> None:
        """In a child: the parent's writer, numbers and locks are not ours."""
        self.lock = threading.RLock()
        self._client = None
        self.run.after_fork()
        self.points.numbers.clear()


def _shifted(append: Callable[[int, int, float], None], offset: int) -> Callable[[int, int, float], None]:
    """The same with an offset to iterations; only continued tasks pay for it."""
    return append if offset == 0 else lambda number, iteration, value: append(number, iteration + offset, value)


def _ignore(_: tasks.Task) -> None:
    """Nobody asks."""


def _nowhere(_: int, __: int, ___: float) -> None:
    raise KeyError("no series yet")
