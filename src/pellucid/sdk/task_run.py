"""The part of ``Task`` that deals with its run in this process: sending what was reported, and the end."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pellucid.base.connection import Connection
from pellucid.base.errors import PellucidError
from pellucid.base.log import trouble
from pellucid.sdk import current
from pellucid.sdk.arguments import check_number
from pellucid.sdk.offline import store_session
from pellucid.sdk.record import StoredTask, TaskRecord
from pellucid.sdk.run import Pending
from pellucid.sdk.servers import open_client
from pellucid.sdk.session import Session, say
from pellucid.wire.records import End


class RunMethods:
    """The task's run in this process, if it has one."""

    _record: TaskRecord
    _session: Session | None
    _connection: Connection | None
    _offline_folder: Path | None
    _takes_remote_values: bool

    if TYPE_CHECKING:

        def _await_detection(self, seconds: float) -> None: ...
        def _leave_notebook(self, seconds: float) -> None: ...
        def _stop_syncing(self) -> None: ...
        def _sync_connected(self) -> None: ...

    def flush(self, wait_for_uploads: bool = False, *, timeout: float | None = None) -> bool:
        """Have everything sent now.

        Args:
            wait_for_uploads: until the server has it, files too.
            timeout: for how many seconds at most; by default for as long as that takes, also while the server is
                away, or for the exit deadline if the program is about to end.

        Returns:
            Whether the server has it, if that was waited for.

        Raises:
            UsageError: the time is no number.
        """
        seconds = None if timeout is None else check_number("timeout", timeout)
        session = self._session
        if session is None:
            return True
        self._sync_connected()
        session.run.wake()
        return session.run.wait_until_sent(seconds) if wait_for_uploads else True

    def pending(self) -> Pending:
        """What this process has reported and the server has not yet acknowledged."""
        return Pending(0, 0) if self._session is None else self._session.run.pending()

    def close(self) -> None:
        """End the task: send what is left, for as long as the exit deadline, and set its final status.

        The process goes on and may begin another task. Harmless when repeated, and for tasks that do not run here.
        """
        if self._session is not None:
            self._finish(self._session.ending.how())

    def _close_at_exit(self) -> None:
        """The interpreter ends."""
        # Whatever goes wrong here must not turn a good exit into a bad one.
        try:
            if self._session is not None:
                self._finish(self._session.ending.how_at_exit())
        except Exception as error:  # noqa: BLE001 - the last seam before the interpreter ends
            trouble("exit", "The end of the task could not be recorded.", error)

    def _finish(self, end: End) -> None:
        session = self._session
        if session is None:
            return
        self._leave_notebook(session.settings.exit_deadline)
        self._await_detection(session.settings.exit_deadline)
        with suppress(PellucidError):  # a connected object may have become something that can't be recorded
            self._sync_connected()
        self._stop_syncing()
        sent = session.close(end)
        if self._offline_folder is not None and session.run.is_own:
            store_session(self._offline_folder, session.settings.exit_deadline)
        if not sent and session.run.is_own and self._connection is not None:
            pending = session.run.pending()
            say(
                f"Task: {pending.points} scalars and {pending.bytes} bytes are still to be sent; a process in the "
                f"background goes on with it, and pellucid sync does if that is gone ({session.run.folder})"
            )
        self._session_after_close(session)

    def _session_after_close(self, session: Session) -> None:
        """From here on this is a task like any other: looked at on its server, if it has one."""
        if current.get() is self:
            current.replace(None)
        connection = self._connection
        if connection is not None:
            self._record = StoredTask(self._record.task_id, lambda: open_client(connection))
        self._takes_remote_values = False
        self._session = None
