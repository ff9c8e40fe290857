"""Everything that goes on in this process on behalf of its task, from ``Task.init`` to its end."""

from __future__ import annotations

import getpass
import os
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pellucid.base.clock import utc_now
from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.base.ids import new_id
from pellucid.base.log import trouble
from pellucid.base.paths import runs_folder
from pellucid.base.settings import Settings
from pellucid.hooks.installed import connect_sink, disconnect_sink
from pellucid.sdk.choice import InitArguments, choose
from pellucid.sdk.console import Console
from pellucid.sdk.creation import Beginning, Sender, Wanted, attach, begin
from pellucid.sdk.ending import Ending
from pellucid.sdk.hook_sink import HookSink
from pellucid.sdk.live import LiveTask
from pellucid.sdk.local_server import NoLocalServerError, ensure_local_server
from pellucid.sdk.logger import Logger
from pellucid.sdk.run import Run, read_progress
from pellucid.sdk.script import describe_script
from pellucid.sdk.servers import creation_client, open_client
from pellucid.sdk.sessions import Sessions, session_key
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End, RunDescription
from pellucid.wire.tasks import Parameter

if TYPE_CHECKING:
    from pellucid.client.session import Client

_ATTACH_SECONDS: Final = 30.0
"""For each answer about a task that an agent runs us for, without which there is nothing to do."""

_CREATION_SECONDS: Final = 1.5
"""After which no further request is made to create the task; one that is under way may take as long again."""


class Session:
    """One task of this process.

    Attributes:
        live: the task.
        logger: reports to it.
        run: its journal.
        settings: what was configured at its beginning.
        remote: whether an agent runs this process for the task.
        project: full name of the task's project.
        ending: watches for the end of the process.
    """

    def __init__(
        self,
        arguments: InitArguments,
        settings: Settings,
        *,
        at_exit: Callable[[], None],
        connection: Connection | None,
    ) -> None:
        """Create or attach to the task, and begin to watch.

        Args:
            arguments: of ``Task.init``.
            settings: what is configured.
            at_exit: what to call when the interpreter ends.
            connection: the server, ``None`` for none.

        Raises:
            UsageError: the task that is to be continued does not exist.
            ServerError: this process runs for an agent, and its task can't be fetched.
            OSError: no folder of this machine takes the journal.
        """
        self.settings = settings
        self.remote = settings.remote_task is not None
        self._sessions = Sessions(settings.home)
        self._worker = settings.worker or os.uname().nodename
        self._connection = connection
        beginning, self.project, self._key = self._begin(arguments)
        self.run = self._start_run(beginning)
        self.live = LiveTask(self.run, beginning.task, beginning.offset, self._connect)
        for action, request in beginning.calls:
            self.run.call(action, request)
        self.beginning = beginning
        self.ending = Ending(self.run.folder, at_exit)
        self._console: Console | None = None
        self.logger = Logger(self.live, self._worker, self._muted)
        runtime = beginning.task.runtime
        self.live.change(tasks.EDIT, tasks.Edit(task=self.live.task_id, force=True, runtime=runtime), runtime=runtime)

    def capture_console(self, streams: bool | Mapping[str, Any]) -> None:
        """Record what is printed, unless the agent does or the configuration says no.

        Args:
            streams: ``auto_connect_streams``.
        """
        wanted = streams if isinstance(streams, Mapping) else {"stdout": streams, "stderr": streams}
        if self.settings.log_stdout and (not self.remote or self.settings.log_task_to_backend):
            self._console = Console(
                self.logger.report_lines,
                stdout=bool(wanted.get("stdout", bool(wanted))),
                stderr=bool(wanted.get("stderr", bool(wanted))),
            )

    def watch_libraries(self, switches: bool | Mapping[str, Any], record: Callable[[list[Parameter]], None]) -> None:
        """Let hooks report to this task.

        Args:
            switches: ``auto_connect_arg_parser``.
            record: sets parameters.
        """
        connect_sink(HookSink(switches, lambda: self.live.document().hyperparams, record, remote=self.remote))

    def after_fork(self) -> None:
        """In a child: report to the same task by a writer of its own, and leave the ending to the parent."""
        self.live.after_fork()
        if self._console is not None:
            self._console.after_fork()
        self.ending.after_fork()

    def close(self, end: End) -> bool:
        """Stop watching, record the end, and wait for the server.

        Returns:
            Whether all is on the server.
        """
        disconnect_sink()
        if self._console is not None:
            self._console.close()
        self.ending.close()
        if self.run.is_own and not self.remote:
            if end.status is TaskStatus.completed:
                runtime = {**self.live.document().runtime, "progress": "100"}
                self.live.change(tasks.EDIT, tasks.Edit(task=self.live.task_id, force=True, runtime=runtime))
            self._sessions.remember(self._key, self.live.task_id)
        self.live.hang_up()
        sent = self.run.close(None if self.remote else end, self.settings.exit_deadline)
        if not self.remote:
            self.live.remember(status=end.status, status_reason=end.reason, status_message=end.message)
        return sent

    def _muted(self) -> AbstractContextManager[object]:
        return nullcontext() if self._console is None else self._console.muted()

    def _connect(self) -> Client:
        assert self._connection is not None
        return open_client(self._connection, self._worker)

    def _begin(self, arguments: InitArguments) -> tuple[Beginning, str, str]:
        """The task, its project's full name, and its key among the last tasks."""
        timeout = _ATTACH_SECONDS if self.remote else _CREATION_SECONDS
        client = None if self._connection is None else creation_client(self._connection, timeout=timeout)
        with closing(client) if client is not None else nullcontext():
            return self._begin_with(client, arguments)

    def _begin_with(self, client: Sender | None, arguments: InitArguments) -> tuple[Beginning, str, str]:
        if self.settings.remote_task is not None:
            if client is None:
                raise UsageError(f"task {self.settings.remote_task} is to be run, but no server is configured")
            return *attach(self.settings.remote_task, client), ""
        script = describe_script()
        project = arguments.project or "Untitled"
        name = arguments.name or script.stem
        host = self._connection.api_host if self._connection is not None else None
        key = session_key(host, project, name, arguments.type)
        choice = choose(arguments, self._sessions.last(key), self.settings, now=time.time())
        wanted = Wanted(
            id=new_id(),
            project=project,
            name=name,
            type=arguments.type,
            tags=arguments.tags,
            output_uri=self._output_uri(arguments.output_uri),
            reuse=None if choice.reuse is None or self._is_unfinished(choice.reuse) else choice.reuse,
            go_on=choice.go_on,
            must_go_on=choice.must_go_on,
            offset=choice.offset,
            script=script,
            owner=f"{_user()}@{os.uname().nodename}",
        )
        deferred = arguments.deferred or self.settings.defer_init
        beginning = begin(wanted, None if deferred else client, seconds=_CREATION_SECONDS)
        self._sessions.remember(key, beginning.task.id)
        return beginning, project, key

    def _is_unfinished(self, task: str) -> bool:
        """Whether a former run of a task is still to be sent, which must not get into the next one's data."""
        for folder in runs_folder(self.settings.home).glob(f"{task}*"):
            progress = read_progress(folder)
            if progress is not None and not progress.finished:
                return True
        return False

    def _output_uri(self, given: str | bool | None) -> str | None:
        if given is None:
            return self.settings.default_output_uri
        return given if isinstance(given, str) else None

    def _start_run(self, beginning: Beginning) -> Run:
        description = RunDescription(
            task=beginning.task.id,
            project=self.project,
            name=beginning.task.name,
            created=beginning.created,
            api_host=self._connection.api_host if self._connection else None,
            web_host=self._connection.web_host if self._connection else None,
            files_host=self._connection.files_host if self._connection else None,
            pid=os.getpid(),
            host=os.uname().nodename,
            started=utc_now(),
        )
        folder = _new_folder(runs_folder(self.settings.home), beginning.task.id)
        try:
            return Run(folder, description, self._connection)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def find_server(settings: Settings) -> tuple[Connection | None, str | None]:
    """The server for a run: the configured one, else the user's local one, which is started if need be.

    Returns:
        The server, and why there is none.
    """
    if settings.offline:
        return None, "offline mode"
    configured = settings.connection()
    if configured is not None:
        return configured, None
    try:
        return ensure_local_server(settings.home), None
    except NoLocalServerError as error:
        return None, f"no local server: {error}"


def say(text: str) -> None:
    """Print a line for the user; a program whose output is closed is none of our business."""
    try:
        print(f"Pellucid {text}", flush=True)
    except (OSError, ValueError) as error:
        trouble("console.closed", "There is no console to print to.", error)


def _new_folder(parent: Path, task: str) -> Path:
    """A new folder for a run of a task, which may have others."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = 1
    while True:
        folder = parent / (task if number == 1 else f"{task}.{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            number += 1
        else:
            return folder


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return str(os.getuid())  # a container may run as a user that has no name
