"""The session of the process that began the run: it makes the task, lets other processes join, and ends the task."""

from __future__ import annotations

import getpass
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from pellucid.base.clock import utc_now
from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.base.ids import new_id
from pellucid.base.paths import runs_folder
from pellucid.base.settings import Settings
from pellucid.client.sender import Sender
from pellucid.sdk.arguments import SHORTEST_NAME
from pellucid.sdk.choice import InitArguments, choose
from pellucid.sdk.containers import container_of
from pellucid.sdk.creation import Beginning, Wanted, WantedDestination, attach, begin
from pellucid.sdk.destinations import check_place, configured_destination
from pellucid.sdk.ending import Ending
from pellucid.sdk.joining import Door, Shared
from pellucid.sdk.launch import Launch, Meeting, Note
from pellucid.sdk.run import Run, read_progress
from pellucid.sdk.script import describe_script
from pellucid.sdk.servers import creation_client
from pellucid.sdk.session import Session
from pellucid.sdk.sessions import Sessions, session_key
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.files import FILES_ADDRESS
from pellucid.wire.records import End, Monitoring, RunDescription

_ATTACH_SECONDS: Final = 30.0
"""For each answer about a task that an agent runs us for, without which there is nothing to do."""

_CREATION_SECONDS: Final = 1.5
"""After which no further request is made to create the task; one that is under way may take as long again."""


class MainSession(Session):
    """Makes the task, lets other processes join, and ends the task.

    Attributes:
        beginning: how the task came about.
        describes_script: whether what this process executes is what the task is.
    """

    ending: Ending

    def __init__(
        self,
        arguments: InitArguments,
        settings: Settings,
        launch: Launch | None,
        *,
        at_exit: Callable[[], None],
        connection: Connection | None,
        part_of: Note | None = None,
    ) -> None:
        """Create or attach to the task, and begin to watch.

        Args:
            arguments: of ``Task.init``.
            settings: what is configured.
            launch: how this process was launched, ``None`` if alone.
            at_exit: what to call when the interpreter ends.
            connection: the server, ``None`` for none.
            part_of: the run of another process whose task is ours too.

        Raises:
            UsageError: the task that is to be continued does not exist.
            ServerError: this process runs for an agent, and its task can't be fetched.
            OSError: no folder of this machine takes the journal.
        """
        self.settings = settings
        self.remote = settings.remote_task is not None
        self._sessions = Sessions(settings.home)
        self._connection = connection
        self._part_of = part_of
        self.describes_script = not self.remote and part_of is None
        self._ends_the_task = (not self.remote or settings.simulate_remote) and part_of is None
        beginning, self.project, self._key = self._begin(arguments)
        run = self._start_run(beginning, arguments.monitoring)
        super().__init__(
            settings,
            run,
            beginning.task,
            offset=beginning.offset,
            project=self.project,
            remote=self.remote,
            worker=worker_name(settings, launch),
        )
        for action, request in beginning.calls:
            run.call(action, request)
        self.beginning = beginning
        self.ending = Ending(run.folder, at_exit)
        self._open_to_others(arguments, launch)
        if part_of is None:
            mark = {} if launch is None or launch.rank > 0 else launch.mark_task(beginning.offset)
            self._record_runtime({**beginning.task.runtime, **mark})

    def close(self, end: End) -> bool:
        """Stop watching, record the end, and wait for the server.

        Returns:
            Whether all is on the server.
        """
        self._door.close()
        self._stop_watching()
        if self.run.is_own and self._ends_the_task:
            self._end_well(end)
            if not self.remote:
                self._sessions.remember(self._key, self.live.task_id)
        self.live.hang_up()
        sent = self.run.close(end if self._ends_the_task else None, self.settings.exit_deadline)
        if self._ends_the_task:
            self.live.remember(status=end.status, status_reason=end.reason, status_message=end.message)
        return sent

    def _record_runtime(self, runtime: dict[str, Any]) -> None:
        self.live.change(tasks.EDIT, tasks.Edit(task=self.live.task_id, force=True, runtime=runtime), runtime=runtime)

    def _end_well(self, end: End) -> None:
        if end.status is TaskStatus.completed:
            runtime = {**self.live.document().runtime, "progress": "100"}
            self.live.change(tasks.EDIT, tasks.Edit(task=self.live.task_id, force=True, runtime=runtime))

    def _open_to_others(self, arguments: InitArguments, launch: Launch | None) -> None:
        """Let the processes that this one starts join the run, and those that were launched along with it."""
        shared = Shared(
            document=self.live.document(),
            offset=self.beginning.offset,
            streams=_plain(arguments.streams),
            arg_parser=_plain(arguments.arg_parser),
            frameworks=_plain(arguments.frameworks),
            remote=self.remote,
        )
        self._door = Door(self.run.folder, shared)
        self.live.on_change = self._door.update
        if launch is not None and launch.leads:
            calls = dict(self.beginning.calls)
            meeting = Meeting(self.settings.home, launch)
            meeting.announce(self.run.folder, self.run.description, shared, calls.get(tasks.CREATE))

    def _begin(self, arguments: InitArguments) -> tuple[Beginning, str, str]:
        """The task, its project's full name, and its key among the last tasks."""
        if self._part_of is not None:
            return self._begin_as_part(self._part_of)
        timeout = _ATTACH_SECONDS if self.remote else _CREATION_SECONDS
        client = None if self._connection is None else creation_client(self._connection, timeout=timeout)
        with closing(client) if client is not None else nullcontext():
            return self._begin_with(client, arguments)

    def _begin_as_part(self, whole: Note) -> tuple[Beginning, str, str]:
        beginning = Beginning(
            task=whole.shared.document,
            created=whole.create is None,
            how="reporting to task id={id}",
            offset=whole.shared.offset,
            calls=[] if whole.create is None else [(tasks.CREATE, whole.create)],
        )
        return beginning, whole.description.project, ""

    def _begin_with(self, client: Sender | None, arguments: InitArguments) -> tuple[Beginning, str, str]:
        if self.settings.remote_task is not None:
            if client is None:
                raise UsageError(f"task {self.settings.remote_task} is to be run, but no server is configured")
            return *attach(self.settings.remote_task, client, self._destination(arguments)), ""
        script = describe_script()
        project = arguments.project or _project_of_repository() or "Untitled"
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
            destination=self._destination(arguments),
            reuse=None if choice.reuse is None or self._is_unfinished(choice.reuse) else choice.reuse,
            go_on=choice.go_on,
            must_go_on=choice.must_go_on,
            offset=choice.offset,
            script=script,
            owner=f"{_user()}@{os.uname().nodename}",
            container=container_of(self.settings.docker_image, "", self.settings.docker_setup_script or ""),
        )
        deferred = arguments.deferred or self.settings.defer_init
        beginning = begin(wanted, None if deferred else client, seconds=_CREATION_SECONDS)
        self._sessions.remember(key, beginning.task.id)
        return beginning, project, key

    def _is_unfinished(self, task: str) -> bool:
        """Whether a former run of a task is still to be sent, which must not get into the next one's data."""
        for folder in runs_folder(self.settings.home).glob(f"{task}*/"):
            progress = read_progress(folder)
            if progress is not None and not progress.finished:
                return True
        return False

    def _destination(self, arguments: InitArguments) -> WantedDestination:
        asking = not (self.settings.offline or arguments.deferred or self.settings.defer_init)
        return WantedDestination(
            given=arguments.output_uri,
            configured=configured_destination(self.settings),
            files_host=FILES_ADDRESS if self._connection is None else self._connection.files_host,
            check=cache(partial(check_place, ask=asking)),
        )

    def _start_run(self, beginning: Beginning, monitoring: Monitoring | None) -> Run:
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
            monitoring=monitoring,
            stoppable=self.settings.support_stopping and self._ends_the_task and not self.remote,
            is_agents=self.remote and not self._ends_the_task and self._part_of is None,
        )
        folder = _new_folder(runs_folder(self.settings.home), beginning.task.id)
        try:
            return Run(folder, description, self._connection)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def worker_name(settings: Settings, launch: Launch | None) -> str:
    """Our name in what is reported: the machine's, and our rank if it is not the first."""
    name = settings.worker or os.uname().nodename
    return f"{name}:rank{launch.rank}" if launch is not None and launch.rank > 0 else name


def _project_of_repository() -> str | None:
    """A project for a script that names none: the name of the repository that it is in (sdk-surface M13)."""
    # Only few scripts leave their project open, and git takes longer than all the rest.
    from pellucid.sdk.repository import find_repository

    file = getattr(sys.modules.get("__main__"), "__file__", None)
    folder = Path(file).parent if file is not None else Path.cwd()
    repository = find_repository(folder) if folder.is_dir() else None
    name = "" if repository is None else repository.url.rstrip("/").rpartition("/")[2].removesuffix(".git").strip()
    return name if len(name) >= SHORTEST_NAME else None


def _plain(switches: bool | Mapping[str, Any]) -> bool | dict[str, Any]:
    return dict(switches) if isinstance(switches, Mapping) else switches


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
