"""``Task``: what people type (seed; sdk-surface §3)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from pellucid.base.connection import Connection
from pellucid.base.errors import PellucidError, UsageError
from pellucid.base.log import logger, trouble
from pellucid.base.settings import Settings
from pellucid.hooks.installed import command_lines
from pellucid.hooks.presentation import presentation
from pellucid.hooks.waiting import waiting
from pellucid.sdk import current
from pellucid.sdk.arguments import (
    STREAMS,
    check_flag,
    check_frameworks,
    check_monitoring,
    check_name,
    check_output_uri,
    check_project,
    check_switches,
    check_tags,
    check_task_type,
)
from pellucid.sdk.choice import InitArguments
from pellucid.sdk.invitation import belongs, find_invitation
from pellucid.sdk.joined_session import JoinedSession
from pellucid.sdk.joining import RUN_VARIABLE, OpenRun
from pellucid.sdk.launch import Launch, find_launch
from pellucid.sdk.logger import Logger
from pellucid.sdk.main_session import MainSession
from pellucid.sdk.offline import OfflineMethods
from pellucid.sdk.record import StoredTask
from pellucid.sdk.remote_values import find_remote_values
from pellucid.sdk.seeds import set_seeds
from pellucid.sdk.servers import current_settings
from pellucid.sdk.session import Session, find_server, say
from pellucid.sdk.task_abort import AbortMethods
from pellucid.sdk.task_artifacts import ArtifactMethods
from pellucid.sdk.task_configuration import ConfigurationMethods
from pellucid.sdk.task_creation import CreationMethods
from pellucid.sdk.task_credentials import CredentialMethods
from pellucid.sdk.task_destination import DestinationMethods
from pellucid.sdk.task_detection import DetectionMethods
from pellucid.sdk.task_document import DocumentMethods
from pellucid.sdk.task_exchange import ExchangeMethods
from pellucid.sdk.task_models import ModelMethods
from pellucid.sdk.task_multi_node import MultiNodeMethods
from pellucid.sdk.task_page import PageMethods
from pellucid.sdk.task_parameters import ParameterMethods
from pellucid.sdk.task_process import ProcessMethods
from pellucid.sdk.task_properties import PropertyMethods
from pellucid.sdk.task_queries import QueryMethods
from pellucid.sdk.task_registered import RegisteredMethods
from pellucid.sdk.task_reports import ReportMethods
from pellucid.sdk.task_run import RunMethods
from pellucid.sdk.task_script import ScriptMethods
from pellucid.sdk.task_status import StatusMethods
from pellucid.wire.enums import TaskStatus, TaskType

if TYPE_CHECKING:
    from pellucid.client.session import Client

_init_lock = threading.RLock()


class Task(
    QueryMethods,
    CreationMethods,
    ScriptMethods,
    DocumentMethods,
    DestinationMethods,
    CredentialMethods,
    StatusMethods,
    ExchangeMethods,
    RegisteredMethods,
    ParameterMethods,
    PropertyMethods,
    ConfigurationMethods,
    ArtifactMethods,
    ModelMethods,
    ReportMethods,
    OfflineMethods,
    ProcessMethods,
    RunMethods,
    DetectionMethods,
    AbortMethods,
    PageMethods,
    MultiNodeMethods,
):
    """An experiment: made by ``Task.init`` for the running script, or got by ``Task.get_task`` to be looked at."""

    TaskTypes = TaskType
    TaskStatusEnum = TaskStatus

    def __init__(self, private: object = None) -> None:
        """Not for use.

        Raises:
            UsageError: always, but from ``Task.init`` and ``Task.get_task``.
        """
        if private is not _PRIVATE:
            raise UsageError("Task(): a task is made by Task.init(...), or got by Task.get_task(...)")
        super().__init__()
        self._session: Session | None = None
        self._project_name: str | None = None
        self._offline_folder: Path | None = None
        self._takes_remote_values = False
        self._detection = None
        self._notebook = None

    @classmethod
    def init(
        cls,
        project_name: str | None = None,
        task_name: str | None = None,
        task_type: TaskType | str | None = TaskType.training,
        tags: Iterable[str] | None = None,
        reuse_last_task_id: bool | str = True,
        continue_last_task: bool | str | int = False,
        output_uri: str | Path | bool | None = None,
        auto_connect_arg_parser: bool | Mapping[str, bool] = True,
        auto_connect_frameworks: bool | Mapping[str, Any] = True,
        auto_resource_monitoring: bool | Mapping[str, Any] = True,
        auto_connect_streams: bool | Mapping[str, bool] = True,
        deferred_init: bool = False,
    ) -> Task:
        """Begin to record the running script (seed, Task Creation).

        Waits for a server three seconds at most; without one the run is recorded on local disk, to be sent later.

        Args:
            project_name: its project, with slashes for nested ones, each part at least three characters; created if it
                is missing. ``Untitled`` by default.
            task_name: at least three characters; the script's name by default.
            task_type: what the task is for.
            tags: labels of the task.
            reuse_last_task_id: overwrite the task of the last run of the same project, name and type, if that was less
                than 24 hours ago and left no artifacts or models; ``False`` for a new task in any case, or the id of
                the task to overwrite.
            continue_last_task: go on with a former task: ``True`` for the last one, an id, or an integer to add to all
                iterations (0 for none; by default they go on behind the last one).
            output_uri: where models and artifacts go, in the background: a folder, ``s3://bucket/folder``,
                ``s3://host:port/bucket``, ``gs://bucket``, ``azure://account.blob.core.windows.net/container``, the
                address of a file server; ``True`` for the project's usual place, else the configured one, else the
                file server; ``False`` for none; by default the usual place. Where there is none, artifacts go to the
                file server and models stay where they are.
            auto_connect_arg_parser: record command-line arguments; a dictionary switches them one by one, with ``*``
                for those that it does not name.
            auto_connect_frameworks: record what libraries do; a dictionary switches them one by one.
            auto_resource_monitoring: record the load of the machine and its GPUs; a dictionary says how often, by
                ``report_frequency_sec`` (seconds between two points, 10 by default) and ``sample_frequency_per_sec``
                (readings a second that a point is the mean of, 0.5 by default).
            auto_connect_streams: record the console; a dictionary switches ``stdout`` and ``stderr``.
            deferred_init: do not wait for a server at all.

        Returns:
            The task; when called again with the same names, the same one.

        Raises:
            UsageError: an argument can't be used, or another task is running.
            ServerError: an agent runs this process, and its task can't be fetched.
            OSError: no folder of this machine can be written.
        """
        arguments = InitArguments(
            project=None if project_name is None else check_project("project_name", project_name),
            name=None if task_name is None else check_name("task_name", task_name),
            type=check_task_type(task_type),
            tags=check_tags(tags),
            reuse=_check_flag_or("reuse_last_task_id", reuse_last_task_id, str, "the id of a task"),
            go_on=_check_flag_or("continue_last_task", continue_last_task, str | int, "the id of a task, an integer"),
            output_uri=check_output_uri(output_uri),
            arg_parser=check_switches("auto_connect_arg_parser", auto_connect_arg_parser),
            frameworks=check_frameworks(auto_connect_frameworks),
            monitoring=check_monitoring(auto_resource_monitoring),
            streams=check_switches("auto_connect_streams", auto_connect_streams, names=STREAMS),
            deferred=check_flag("deferred_init", deferred_init),
        )
        with _init_lock:
            running = current.peek()
            if running is not None:
                return running._again(arguments)
            return cls._start(arguments)

    @classmethod
    def _start(cls, arguments: InitArguments) -> Task:
        settings, launch = current_settings(), find_launch()
        names = {"project": arguments.project, "name": arguments.name}
        found = find_invitation(settings, launch, **names, left=current.left(), wait=True)
        if isinstance(found, OpenRun):
            return cls._join(found, settings, launch)._seeded()
        if found is None and launch is not None and launch.is_far:
            from pellucid.sdk.first_rank import find_first_rank  # few programs run on several machines

            found = find_first_rank(settings, launch)
        connection, why_none = find_server(settings)
        task = cls(_PRIVATE)
        session = MainSession(
            arguments, settings, launch, at_exit=task._close_at_exit, connection=connection, part_of=found
        )
        task._run_by(session)
        beginning = session.beginning
        say(f"Task: {beginning.how.format(id=task.id)}")
        if beginning.trouble is not None:
            say(f"Task: the server can't be asked now, the run is sent as soon as it can: {beginning.trouble}")
        if connection is not None:
            say(f"results page: {task.get_output_log_web_page()}")
        else:
            say(f"Task: kept in {session.run.folder} ({why_none}); pellucid sync sends it to a server")
        if session.describes_script:
            task._detect_script(session, arguments.frameworks)
            task._record_environment(session)
        # Only now, so that what is printed here is not taken for the program's own.
        session.capture_console(arguments.streams)
        session.watch_libraries(arguments.arg_parser, arguments.frameworks, task._edit, task._store_configuration)
        return task._seeded()

    @classmethod
    def _join(cls, found: OpenRun, settings: Settings, launch: Launch | None) -> Task:
        """Report to a run that another process began."""
        task = cls(_PRIVATE)
        task._run_by(JoinedSession(found, settings, launch, at_exit=task._close_at_exit))
        return task

    def _run_by(self, session: Session) -> None:
        """This process runs the task from now on."""
        self._session = session
        self._record = session.live
        self._connection = session.run.connection
        self._cache = session.settings.cache
        self._takes_remote_values = session.remote
        self._project_name = session.project
        self._offline_folder = session.run.folder if session.settings.offline else None
        if session.settings.log_level is not None:
            logger.setLevel(session.settings.log_level)
        if session.settings.single_series:
            presentation.single_series = True
        current.replace(self)

    def _seeded(self) -> Task:
        if self._random_seed is not None:
            set_seeds(self._random_seed)
        return self

    def _again(self, arguments: InitArguments) -> Task:
        """``Task.init`` while this task runs: the same names mean this task (sdk-surface M19)."""
        session = self._session
        assert session is not None
        if isinstance(session, JoinedSession):
            if belongs(session.found, session.settings, find_launch(), arguments.project, arguments.name):
                return self
            self.close()
            return self._start(arguments)
        if not session.run.is_own:
            return self  # a forked child is a part of the program, whatever names it makes up
        asked = {"project_name": arguments.project, "task_name": arguments.name}
        present = {"project_name": session.project, "task_name": self.name}
        for argument, value in asked.items():
            if not session.remote and value is not None and value != present[argument]:
                raise UsageError(
                    f"{argument} is {value!r}, but task {self.id} of {argument} {present[argument]!r} is running; "
                    "close it first, with Task.current_task().close()"
                )
        # What is asked for by default is asked for by nobody.
        if not session.remote and arguments.type not in (TaskType.training, self.task_type):
            raise UsageError(
                f"task_type is {str(arguments.type)!r}, but task {self.id} is for {self.task_type}; "
                "close it first, with Task.current_task().close()"
            )
        return self

    @classmethod
    def current_task(cls) -> Task | None:
        """The task of this process; ``None`` before ``Task.init`` and after ``close``."""
        return current.get()

    @classmethod
    def _stored(cls, task_id: str, client: Client, connection: Connection) -> Self:
        task = cls(_PRIVATE)
        task._record = StoredTask(task_id, lambda: client)
        task._connection = connection
        task._cache = current_settings().cache
        return task

    @property
    def id(self) -> str:
        """Identifies the task for ever."""
        return f"{'' if self._offline_folder is None else 'offline-'}{self._record.task_id}"

    @property
    def task_id(self) -> str:
        """The same as ``id``."""
        return self.id

    def get_logger(self) -> Logger:
        """Reports to this task."""
        if self._session is not None:
            return self._session.logger
        return Logger(self._record, current_settings().worker or os.uname().nodename)

    @property
    def logger(self) -> Logger:
        """The same as ``get_logger()``."""
        return self.get_logger()

    def is_current_task(self) -> bool:
        """Whether this process runs it."""
        return current.get() is self

    def is_main_task(self) -> bool:
        """The same as ``is_current_task``."""
        return self.is_current_task()

    def __repr__(self) -> str:
        return f"Task(id={self.id!r})"


_PRIVATE: Final = object()


def _check_flag_or(argument: str, value: Any, kinds: Any, what: str) -> Any:
    """A switch, or something of other types."""
    if isinstance(value, bool) or (isinstance(value, kinds) and value != ""):
        return value
    raise UsageError(f"{argument} is {value!r}; allowed are True, False, {what}")


def join_if_invited() -> Task | None:
    """Join the run that this process was started in, now that somebody asks for the current task.

    Returns:
        Its task, ``None`` if this process is on its own.
    """
    with _init_lock:
        running = current.peek()
        launch = find_launch()
        if running is not None or (launch is None and RUN_VARIABLE not in os.environ):
            return running
        try:
            settings = current_settings()
            found = find_invitation(settings, launch)
            return Task._join(found, settings, launch) if isinstance(found, OpenRun) else None
        except (PellucidError, OSError) as error:
            trouble("run.join", "The task that this process was started in can't be found.", error)
            return None


def _after_fork_in_child() -> None:
    # Another thread of the parent may have held it, and is not here to let go of it.
    global _init_lock
    _init_lock = threading.RLock()
    running = current.peek()
    if running is not None and running._session is not None:
        running._session.after_fork()


os.register_at_fork(after_in_child=_after_fork_in_child)
# Already now, as command lines are often parsed before Task.init.
command_lines.install()
waiting.find_overrides = find_remote_values
