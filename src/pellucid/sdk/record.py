"""Where a task's document is read from, and how it is changed: the difference between the task that runs here and one
that is only looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from pellucid.base.clock import now_milliseconds
from pellucid.base.errors import RequestRefusedError, UsageError
from pellucid.base.points import SINGLE_VALUE_ITERATION
from pellucid.client.sender import Sender
from pellucid.wire import tasks
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import EventType, TaskStatus
from pellucid.wire.events import Event

if TYPE_CHECKING:
    from pellucid.client.session import Client


class TaskRecord(Protocol):
    """One task.

    Attributes:
        offset: what is added to the iterations of what is reported.
    """

    offset: int

    @property
    def task_id(self) -> str:
        """Its id on the server."""
        ...

    @property
    def lock(self) -> AbstractContextManager[object]:
        """To be held while something is read and then changed."""
        ...

    def document(self) -> tasks.Task:
        """The task as it is now."""
        ...

    def change(self, action: Action[RequestT, ResponseT], request: RequestT, **fields: Any) -> None:
        """Have the server change the task.

        Args:
            action: the endpoint.
            request: what to ask; asking twice must do no harm.
            fields: what the document's fields are after it.
        """
        ...

    def report(self, event: Event) -> None:
        """Store an event."""
        ...

    def report_point(self, title: str, series: str, iteration: int, value: float) -> None:
        """Store a scalar."""
        ...

    def client(self) -> Client:
        """The server, once it has all that this process has reported so far, or a few seconds later.

        Raises:
            ServerUnavailableError: there is no server.
        """
        ...

    def reader(self) -> Sender:
        """Who answers questions about what was reported: the server, or for want of one the run's own journal."""
        ...


def editable(record: TaskRecord, what: str) -> tasks.Task:
    """The document of a task that may be changed (sdk-surface M209).

    Args:
        record: the task.
        what: is to be changed.

    Raises:
        UsageError: the task is over.
    """
    document = record.document()
    if document.status not in _EDITABLE:
        raise UsageError(
            f"task {document.id} is {document.status}; {what} can be changed while a task is created or in_progress"
        )
    return document


class StoredTask:
    """A task on a server, which every call asks anew."""

    def __init__(self, task_id: str, connect: Callable[[], Client]) -> None:
        """Look at a task; nothing is asked yet.

        Args:
            task_id: its id.
            connect: opens a client of its server.
        """
        self.task_id = task_id
        self.offset = 0
        self.lock = threading.RLock()
        self._connect = connect
        self._client: Client | None = None

    def document(self) -> tasks.Task:
        """The task as the server has it.

        Raises:
            UsageError: there is no such task.
            ServerError: the server is away or refuses us.
        """
        try:
            return self.client().send(tasks.GET_BY_ID, tasks.GetById(task=self.task_id)).task
        except RequestRefusedError as error:
            if (error.code, error.subcode) not in _NO_SUCH_TASK:
                raise
            raise UsageError(f"task_id: there is no task {self.task_id!r} on {self.client().host}") from error

    def change(self, action: Action[RequestT, ResponseT], request: RequestT, **fields: Any) -> None:
        """Ask the server at once.

        Raises:
            ServerError: it is away, or said no.
        """
        self.client().send(action, request)

    def report(self, event: Event) -> None:
        """Store an event at once.

        Raises:
            ServerError: the server is away, or said no.
        """
        placed = event if event.iter is None else msgspec.structs.replace(event, iter=event.iter + self.offset)
        self.client().add_batch([placed])

    def report_point(self, title: str, series: str, iteration: int, value: float) -> None:
        """Store a scalar at once.

        Raises:
            ServerError: the server is away, or said no.
        """
        event = Event(
            type=EventType.scalar,
            task=self.task_id,
            timestamp=now_milliseconds(),
            metric=title,
            variant=series,
            # A single value is nowhere on the axis.
            iter=iteration + (0 if iteration == SINGLE_VALUE_ITERATION else self.offset),
            value=value,
        )
        self.client().add_batch([event])

    def client(self) -> Client:
        """The server."""
        if self._client is None:
            self._client = self._connect()
        return self._client

    def reader(self) -> Sender:
        """The server."""
        return self.client()


_EDITABLE: Final = {TaskStatus.created, TaskStatus.queued, TaskStatus.in_progress}

_NO_SUCH_TASK: Final = {
    (code.status, code.subcode) for code in (ErrorCode.INVALID_TASK_ID, ErrorCode.INVALID_ID, ErrorCode.VALIDATION)
}
