"""What goes on in this process on behalf of a task, whether it began the run or joined it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from pellucid.base.connection import Connection
from pellucid.base.log import trouble
from pellucid.base.settings import Settings
from pellucid.hooks.installed import connect_sink, disconnect_sink
from pellucid.sdk.abort_callback import AbortCallback
from pellucid.sdk.console import Console
from pellucid.sdk.ending import Ending, Leaving
from pellucid.sdk.hook_sink import HookSink
from pellucid.sdk.live import LiveTask
from pellucid.sdk.local_server import NoLocalServerError, ensure_local_server
from pellucid.sdk.log_records import LogRecords
from pellucid.sdk.logger import Logger
from pellucid.sdk.native_output import NativeOutput
from pellucid.sdk.notebook import before_each_cell
from pellucid.sdk.run import Run
from pellucid.sdk.servers import open_client
from pellucid.wire import tasks
from pellucid.wire.records import End
from pellucid.wire.tasks import Parameter

if TYPE_CHECKING:
    from pellucid.client.session import Client


class Session:
    """One task of this process.

    Attributes:
        settings: what was configured at its beginning.
        run: its journal.
        live: the task.
        project: full name of the task's project.
        remote: whether an agent runs the program for the task.
        worker: our name in what is reported.
        logger: reports to the task.
        ending: watches for the end of the process.
    """

    ending: Ending | Leaving

    def __init__(
        self,
        settings: Settings,
        run: Run,
        document: tasks.Task,
        *,
        offset: int,
        project: str,
        remote: bool,
        worker: str,
    ) -> None:
        """Begin to report.

        Args:
            settings: what is configured.
            run: the journal.
            document: the task as it is now.
            offset: what to add to iterations.
            project: full name of the task's project.
            remote: whether an agent runs the program.
            worker: our name in what is reported.
        """
        self.settings = settings
        self.run = run
        self.project = project
        self.remote = remote
        self.worker = worker
        self.live = LiveTask(run, document, offset, self._connect)
        self._console: Console | None = None
        self._leave_cells: Callable[[], None] = lambda: None
        self._log_records: LogRecords | None = None
        self._sink: HookSink | None = None
        self._abort_callback: AbortCallback | None = None
        self.logger = Logger(self.live, worker, self._muted)

    def capture_console(self, streams: bool | Mapping[str, Any], *, native: bool = True) -> None:
        """Record what is printed, unless the agent does or the configuration says no.

        Args:
            streams: ``auto_connect_streams``.
            native: whether this process captures what native code prints, too; otherwise, another one may.
        """
        agent_does_it = self.remote and not (self.settings.log_task_to_backend or self.settings.simulate_remote)
        if agent_does_it or not self.settings.log_stdout:
            return
        stdout, stderr, logging = (
            bool(streams.get(name, False)) if isinstance(streams, Mapping) else bool(streams)
            for name in ("stdout", "stderr", "logging")
        )
        self._console = Console(
            self.logger.report_lines,
            stdout=stdout,
            stderr=stderr,
            start_relay=self._start_relay if native and self.settings.log_native_output else None,
            of_a_child=not self.run.is_own,
        )
        self._leave_cells = before_each_cell(self._console.renew)
        if logging and not stderr:
            # Otherwise they are recorded as what is printed of them.
            self._log_records = LogRecords(self.logger.report_lines)

    def _start_relay(self, descriptors: list[int]) -> NativeOutput:
        return NativeOutput(descriptors, self.run.folder, self.live.task_id, self.worker)

    def watch_libraries(
        self,
        arguments: bool | Mapping[str, Any],
        frameworks: bool | Mapping[str, Any],
        record: Callable[[list[Parameter]], None],
        configure: Callable[[str, str, str], None],
    ) -> None:
        """Let hooks report to this task.

        Args:
            arguments: ``auto_connect_arg_parser``.
            frameworks: ``auto_connect_frameworks``.
            record: sets parameters.
            configure: sets a configuration object, by name, text and type.
        """
        self._sink = HookSink(
            self.live, self.logger, record, configure, arguments=arguments, frameworks=frameworks, remote=self.remote
        )
        connect_sink(self._sink)

    def call_when_aborted(self, callback: AbortCallback | None) -> None:
        """Have a function called before the process is ended, instead of the last one; ``None`` for none."""
        if self._abort_callback is not None:
            self._abort_callback.close()
        self._abort_callback = callback

    def after_fork(self) -> None:
        """In a child: report to the same task by a writer of its own, and leave the ending to the parent."""
        self.live.after_fork()
        if self._sink is not None:
            self._sink.after_fork()
        if self._console is not None:
            self._console.after_fork()
        self.ending.after_fork()

    def close(self, end: End) -> bool:
        """Stop watching, record the end, and wait for the server.

        Returns:
            Whether all is on the server.
        """
        raise NotImplementedError

    def _stop_watching(self) -> None:
        self.call_when_aborted(None)
        disconnect_sink()
        if self._sink is not None:
            self._sink.close()
        if self._log_records is not None:
            self._log_records.close()
        self._leave_cells()
        if self._console is not None:
            self._console.close()
        self.ending.close()

    def _muted(self) -> AbstractContextManager[object]:
        return nullcontext() if self._console is None else self._console.muted()

    def _connect(self) -> Client:
        assert self.run.connection is not None
        return open_client(self.run.connection, self.worker)


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
