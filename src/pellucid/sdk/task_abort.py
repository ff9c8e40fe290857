"""The part of ``Task`` that prepares for being aborted (sdk-surface §3, §4.22)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pellucid.base.errors import UsageError
from pellucid.sdk.abort_callback import AbortCallback
from pellucid.sdk.arguments import check_number
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.servers import open_client
from pellucid.sdk.session import Session

if TYPE_CHECKING:
    from pellucid.client.abortion import AbortQuestion


class AbortMethods:
    """What happens when somebody aborts the task."""

    _record: TaskRecord
    _session: Session | None

    if TYPE_CHECKING:

        def _set_runtime(self, **values: object) -> None: ...

    def register_abort_callback(
        self, callback_function: Callable[[], object] | None, callback_execution_timeout: float = 30.0
    ) -> None:
        """Have a function called when somebody aborts the task, before its process is ended.

        It runs in a thread of its own, while the program goes on. The process is ended by SIGTERM when the function
        has returned or its time is up, and by force a little later.

        Args:
            callback_function: the function; ``None`` for none any more.
            callback_execution_timeout: how many seconds it may take.

        Raises:
            UsageError: the function is none, the time is no positive number, or this process does not run the task.
        """
        session = self._session
        if session is None or not session.run.is_own:
            raise UsageError("register_abort_callback: only for the task of Task.init, in the process that called it")
        if callback_function is not None and not callable(callback_function):
            raise UsageError(f"callback_function is {callback_function!r}; allowed is a function, or None")
        seconds = check_number("callback_execution_timeout", callback_execution_timeout)
        if not seconds > 0:
            raise UsageError(f"callback_execution_timeout is {callback_execution_timeout!r}; allowed is above 0")
        # Imported late, as all that talks to a server by HTTP is: few programs come here.
        from pellucid.client.abortion import CALLBACK_DONE, CALLBACK_TIMEOUT, AbortQuestion

        self._set_runtime(**{CALLBACK_TIMEOUT: 0 if callback_function is None else seconds, CALLBACK_DONE: ""})
        connection = session.run.connection
        if callback_function is None or connection is None:
            session.call_when_aborted(None)
            return

        def question() -> AbortQuestion:
            return AbortQuestion(open_client(connection, session.worker), self._record.task_id)

        def done() -> None:
            self._set_runtime(**{CALLBACK_DONE: 1})
            session.run.wake()

        session.call_when_aborted(AbortCallback(callback_function, question, done))
