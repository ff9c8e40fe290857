"""The part of ``Task`` that has the script go on elsewhere (seed, Remote Execution; sdk-surface §1.12, §4.25)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, Self

from pellucid.base.connection import Connection
from pellucid.base.errors import ServerUnavailableError, UsageError
from pellucid.base.log import logger
from pellucid.sdk.arguments import check_flag
from pellucid.sdk.creation import DEVELOPMENT
from pellucid.sdk.main_session import MainSession
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.servers import current_settings, reachable_client
from pellucid.sdk.session import Session, say
from pellucid.sdk.task_queueing import QueueingMethods, find_queue
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End

_LEAVING: Final = End(TaskStatus.stopped, "Goes on remotely")


class RemoteMethods(QueueingMethods):
    """Where the script of a task runs."""

    _record: TaskRecord
    _session: Session | None
    _connection: Connection | None

    if TYPE_CHECKING:

        def flush(self, wait_for_uploads: bool = False, *, timeout: float | None = None) -> bool: ...
        def _finish(self, end: End) -> None: ...
        def _await_detection(self, seconds: float) -> None: ...

    def execute_remotely(
        self,
        queue_name: str | None = None,
        clone: bool = False,
        exit_process: bool = True,
        *,
        queue: str | None = None,
    ) -> Self | None:
        """End here, and go on under an agent, from the script's beginning (seed, Remote Execution).

        Under an agent it does nothing, so that the script goes on behind this call.

        Args:
            queue_name: the queue to wait in; without one it becomes a draft.
            clone: have a copy run there; this task ends as it would have.
            exit_process: end this process, with exit code 0; otherwise it goes on, which only a clone allows.
            queue: the same as ``queue_name``.

        Returns:
            The clone, if there is one and this process goes on.

        Raises:
            UsageError: there is no such queue; the process is to go on without a clone; the task is offline, or runs in
                another process; or it does not run at all and no queue is given.
            ServerError: the server is away, or has not got all that was reported before the exit deadline.
        """
        if current_settings().remote_task is not None:
            return None
        wanted = queue_name if queue_name is not None else queue
        if self._session is None:
            return self._only_enqueue(wanted)
        if not check_flag("clone", clone) and not check_flag("exit_process", exit_process):
            raise UsageError("exit_process is False and clone is False; only a clone lets this process go on")
        if self._connection is None:
            raise UsageError(f"execute_remotely: task {self.id} has no server, where an agent could get it from")
        if not isinstance(self._session, MainSession) or not self._session.run.is_own:
            raise UsageError(f"execute_remotely: task {self.id} was begun by another process; call it there")
        place = None if wanted is None else find_queue(reachable_client()[0], wanted, None)
        moved = self._cloned_now() if clone else self._left()
        if place is None:
            if not clone:
                self._become_draft()
            say(f"Task: {moved.id} is a draft now; enqueue it to have it run")
        else:
            moved.enqueue(moved, queue_id=place)
            say(f"Task: {moved.id} waits in queue {wanted}, and goes on under an agent")
        if exit_process:
            sys.exit(0)
        return moved

    def _only_enqueue(self, queue: str | None) -> None:
        if queue is None:
            raise UsageError(f"queue_name is None, and task {self.id} does not run here; give the name of a queue")
        logger.warning("execute_remotely: task %s does not run here; it is only put into queue %s", self.id, queue)
        self.enqueue(self, queue_name=queue)

    def _cloned_now(self, **given: Any) -> Self:
        """A clone that has all that this process knows of the task, with other arguments of ``clone``."""
        session = self._session
        assert session is not None
        self._await_detection(session.settings.exit_deadline)
        self.flush(wait_for_uploads=True, timeout=session.settings.exit_deadline)
        return type(self).clone(self, **given)

    def _left(self) -> Self:
        """Close this task, as one that was stopped."""
        session = self._session
        assert session is not None
        self._finish(_LEAVING)
        if session.run.pending()[:2] != (0, 0):
            raise ServerUnavailableError(
                f"the server has not got all of task {self.id} yet; enqueue it once it has: pellucid task enqueue"
            )
        return self

    def _become_draft(self) -> None:
        task = self._record.task_id
        tags = [tag for tag in self._record.document().system_tags if tag != DEVELOPMENT]
        self._record.change(tasks.RESET, tasks.Reset(task=task, force=True))
        self._record.change(tasks.EDIT, tasks.Edit(task=task, force=True, system_tags=tags))
