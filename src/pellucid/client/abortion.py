"""Whether a task that runs is to end, because somebody has aborted it (protocol §4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pellucid.client.session import Client
from pellucid.wire import tasks
from pellucid.wire.enums import FORCED_STOP, TaskStatus

CALLBACK_TIMEOUT: Final = "_abort_callback_timeout"
"""In a task's ``runtime``: how many seconds its program may take to prepare for its end."""

CALLBACK_DONE: Final = "_abort_callback_completed"
"""There as well: true once it has."""

_STOPPING: Final = "stopping"
_ENDED: Final = frozenset({TaskStatus.stopped, TaskStatus.failed, TaskStatus.closed, TaskStatus.published})
_FIELDS: Final = ["status", "status_message", "status_reason", "runtime"]
_RESETS: Final = 4
"""So often in a row a task must be found to be a draft again: a run that begins may be seen before it has."""


@dataclass(frozen=True, slots=True)
class Abortion:
    """That a task is to end.

    Attributes:
        reason: a few words for people.
        is_asked_for: whether the task still runs, for the server; else it has got another status already.
    """

    reason: str
    is_asked_for: bool


class AbortQuestion:
    """Asks the server about one task that a local program runs."""

    def __init__(self, client: Client, task: str) -> None:
        """Ask nothing yet.

        Args:
            client: the server.
            task: the task's id there.
        """
        self._client = client
        self._task = task
        self._resets = 0

    def ask(self) -> Abortion | None:
        """Whether the task is to end. One that is not there any more goes on: a server that has lost its data must not
        end what runs.

        Raises:
            ServerError: the server is away or refuses us.
        """
        found = self._look()
        if found is None:
            return None
        status, message = found.get("status"), str(found.get("status_message") or "")
        self._resets = self._resets + 1 if status == TaskStatus.created else 0
        if self._resets == _RESETS:
            return Abortion("the task was reset", is_asked_for=False)
        if status == TaskStatus.in_progress and _STOPPING in message:
            return Abortion("the task was aborted", is_asked_for=True)
        # A forced stop is a mistake of the server's, which had not heard of the task for long.
        if status in _ENDED and found.get("status_reason") != FORCED_STOP:
            return Abortion(f"the task became {status}", is_asked_for=False)
        return None

    def callback_seconds(self) -> float:
        """How long the program may still take to prepare for the end; 0 if it has, or does not want to. Raises as
        ``ask``."""
        runtime = (self._look() or {}).get("runtime") or {}
        if runtime.get(CALLBACK_DONE):
            return 0.0
        try:
            return float(runtime.get(CALLBACK_TIMEOUT) or 0.0)
        except ValueError:
            return 0.0

    def _look(self) -> dict[str, Any] | None:
        query = tasks.GetAll(id=[self._task], only_fields=_FIELDS, search_hidden=True)
        found = self._client.send(tasks.GET_ALL, query).tasks
        return found[0] if found else None
