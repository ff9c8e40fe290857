"""The part of ``Task`` that deals with its life: status, publishing, resetting, deleting (protocol §2.3)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pellucid.base.connection import Connection
from pellucid.base.errors import ServerError, UsageError
from pellucid.base.log import trouble
from pellucid.sdk.arguments import check_choice, check_number
from pellucid.sdk.destinations import is_stored_for
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.session import Session
from pellucid.wire import models, task_life, tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End

if TYPE_CHECKING:
    from pellucid.client.storage.storage import Storage

_PUBLISHABLE = (TaskStatus.completed, TaskStatus.stopped, TaskStatus.closed)


class StatusMethods:
    """Where a task is in its life."""

    _record: TaskRecord
    _session: Session | None
    _connection: Connection | None

    if TYPE_CHECKING:

        def _open_storage(self) -> Storage: ...

    @property
    def status(self) -> str:
        """``created``, ``queued``, ``in_progress``, ``completed``, ``failed`` … (``Task.TaskStatusEnum``)."""
        return str(self._record.document().status)

    def get_status(self) -> str:
        """The same as ``status``."""
        return self.status

    def get_status_message(self) -> tuple[str, str]:
        """Why it has its status, and what was said with it."""
        document = self._record.document()
        return document.status_reason, document.status_message

    def wait_for_status(
        self,
        status: Iterable[str] | str = (TaskStatus.completed, TaskStatus.stopped, TaskStatus.closed),
        raise_on_status: Iterable[str] | str | None = (TaskStatus.failed,),
        check_interval_sec: float = 60.0,
    ) -> None:
        """Wait until the server says that the task has one of these statuses.

        Args:
            status: those to wait for.
            raise_on_status: those that end it as well, with an error.
            check_interval_sec: seconds between two questions.

        Raises:
            UsageError: there is no such status, or the interval is no positive number.
            RuntimeError: the task has a status of ``raise_on_status``.
            ServerError: the server is away or refuses us.
        """
        wanted, refused = _statuses("status", status), _statuses("raise_on_status", raise_on_status or ())
        interval = check_number("check_interval_sec", check_interval_sec)
        if not interval > 0:
            raise UsageError(f"check_interval_sec is {check_interval_sec!r}; allowed is a number above 0")
        while True:
            # The run's own record would only say what this process knows.
            found = self._record.client().send(tasks.GET_BY_ID, tasks.GetById(task=self._record.task_id)).task
            if found.status in refused:
                raise RuntimeError(f"task {found.id} is {found.status}: {found.status_message or found.status_reason}")
            if found.status in wanted:
                return
            time.sleep(interval)

    def mark_started(self, force: bool = False) -> None:
        """The task runs.

        Args:
            force: also if it is over.

        Raises:
            ServerError: the server is away, or the task has another status than a draft or a waiting task.
        """
        request = tasks.ChangeStatus(task=self._record.task_id, force=force or self._session is not None)
        self._record.change(tasks.STARTED, request, status=TaskStatus.in_progress)

    def mark_completed(
        self, ignore_errors: bool = True, status_message: str | None = None, force: bool = False
    ) -> None:
        """The task has ended well.

        Args:
            ignore_errors: log it if that is not possible, in place of raising.
            status_message: what to say with it.
            force: whatever its status is.

        Raises:
            ServerError: the server is away or said no, and errors are not to be ignored.
        """
        self._mark(TaskStatus.completed, "completed", status_message, force, ignore_errors)

    def mark_failed(
        self,
        ignore_errors: bool = True,
        status_reason: str | None = None,
        status_message: str | None = None,
        force: bool = False,
    ) -> None:
        """The task has failed. Arguments and errors as for ``mark_completed``; ``status_reason`` says why."""
        self._mark(TaskStatus.failed, status_reason or "failed", status_message, force, ignore_errors)

    def mark_stopped(self, force: bool = False, status_message: str | None = None) -> None:
        """The task was stopped. Raises ``ServerError`` if the server is away or says no."""
        self._mark(TaskStatus.stopped, "stopped", status_message, force, ignore_errors=False)

    def mark_stop_request(self, force: bool = False, status_message: str | None = None) -> None:
        """Ask whoever runs it to stop it: an agent, or the run's own uploader; nobody waits for it to happen.

        Args:
            force: whatever its status is.
            status_message: what to say with it.

        Raises:
            ServerError: the server is away, or the task does not run.
        """
        request = tasks.ChangeStatus(task=self._record.task_id, force=force, status_message=status_message or "")
        self._record.client().send(task_life.STOP, request)

    def publish(self, ignore_errors: bool = True) -> None:
        """Let nobody change it any more.

        Args:
            ignore_errors: log it if the server does not answer, in place of raising.

        Raises:
            UsageError: it is neither completed nor stopped.
            ServerError: as for ``mark_completed``.
        """
        document = self._record.document()
        if document.status not in _PUBLISHABLE:
            raise UsageError(f"task {document.id} is {document.status}; only completed or stopped tasks are published")
        request = task_life.Publish(task=document.id)
        self._try(
            lambda: self._record.change(task_life.PUBLISH, request, status=TaskStatus.published),
            "published",
            ignore_errors,
        )

    def reset(self, set_started_on_success: bool = False, force: bool = False) -> None:
        """Make it a draft again; what it reported and made is gone, and what it is to execute stays.

        Args:
            set_started_on_success: have it run at once.
            force: also if it runs or is published.

        Raises:
            UsageError: this process runs it.
            ServerError: the server is away or said no.
        """
        self._refuse_running("reset")
        self._record.change(tasks.RESET, tasks.Reset(task=self._record.task_id, force=force))
        if set_started_on_success:
            self.mark_started()

    def delete(
        self,
        delete_artifacts_and_models: bool = True,
        skip_models_used_by_other_tasks: bool = True,
        raise_on_error: bool = False,
        callback: Callable[[str, str], bool] | None = None,
    ) -> bool:
        """Delete it from the server, with everything that it reported.

        Args:
            delete_artifacts_and_models: delete the models that it made as well, and the files of all of it.
            skip_models_used_by_other_tasks: but for models that other tasks use.
            raise_on_error: raise if something is left over.
            callback: is told ``artifact``, ``model`` or ``event``, and the address of each file, and answers whether to
                delete it.

        Returns:
            Whether nothing is left over.

        Raises:
            UsageError: this process runs it.
            ServerError: something is left over, and that is to be an error.
        """
        self._refuse_running("delete")
        try:
            return self._delete_task(delete_artifacts_and_models, skip_models_used_by_other_tasks, callback)
        except (ServerError, UsageError) as error:  # the latter if credentials of an object store are missing
            if raise_on_error:
                raise
            trouble(f"delete.{self._record.task_id}", "The task is not wholly deleted.", error)
            return False

    def _delete_task(self, with_files: bool, skip_used: bool, callback: Callable[[str, str], bool] | None) -> bool:
        client, document = self._record.client(), self._record.document()
        request = task_life.Delete(
            task=document.id,
            force=True,
            delete_output_models=with_files,
            return_file_urls=with_files,
            delete_external_artifacts=False,
        )
        urls = client.send(task_life.DELETE, request).urls
        if with_files and not skip_used:
            made = [listed["model"] for listed in document.models.get("output") or []]
            left = client.send(models.GET_ALL, models.GetAll(id=made)).models if made else []
            for model in left:
                client.send(models.DELETE, models.Delete(model=model["id"], force=True))
        if not with_files or urls is None:
            return True
        storage = self._open_storage()
        kinds = {"artifact": urls.artifact_urls, "model": urls.model_urls, "event": urls.event_urls}
        for kind, addresses in kinds.items():
            for address in addresses:
                if is_stored_for(self._record.task_id, address) and (callback is None or callback(kind, address)):
                    storage.delete(address)
        return True

    def _mark(self, status: TaskStatus, reason: str, message: str | None, force: bool, ignore_errors: bool) -> None:
        given: dict[str, Any] = {"status_reason": reason, "status_message": message or ""}
        given |= {"task": self._record.task_id, "force": force or self._session is not None}

        def mark() -> None:
            if status is TaskStatus.completed:
                self._record.change(tasks.COMPLETED, tasks.Completed(**given), status=status)
            else:
                action = tasks.FAILED if status is TaskStatus.failed else tasks.STOPPED
                self._record.change(action, tasks.ChangeStatus(**given), status=status)

        self._try(mark, str(status), ignore_errors)
        if self._session is not None:
            self._session.ending.decide(End(status, reason, message or ""))
            self._session.run.wake()

    def _try(self, change: Callable[[], None], status: str, ignore_errors: bool) -> None:
        try:
            change()
        except ServerError as error:
            if not ignore_errors:
                raise
            trouble(f"status.{self._record.task_id}", f"The task could not be marked as {status}.", error)

    def _refuse_running(self, call: str) -> None:
        if self._session is not None:
            raise UsageError(f"{call}: task {self._record.task_id} runs in this process; close it first")


def _statuses(argument: str, value: Iterable[str] | str) -> set[str]:
    names = [value] if isinstance(value, str) else list(value)
    return {check_choice(f"a status in {argument}", name, TaskStatus) for name in names}
