"""The session of a process that reports to a run which another process began. Its end is not the run's."""

from __future__ import annotations

from collections.abc import Callable

from pellucid.base.connection import Connection
from pellucid.base.settings import Settings
from pellucid.sdk.ending import Ending, Leaving
from pellucid.sdk.joining import Named, OpenRun
from pellucid.sdk.launch import Launch, Meeting
from pellucid.sdk.main_session import worker_name
from pellucid.sdk.run import Run
from pellucid.sdk.servers import running_server
from pellucid.sdk.session import Session
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End, RunDescription


class JoinedSession(Session):
    """Reports to a task by a writer of its own; creates, ends and uploads nothing by itself.

    Attributes:
        found: the run that was joined.
    """

    def __init__(
        self, found: OpenRun, settings: Settings, launch: Launch | None, *, at_exit: Callable[[], None]
    ) -> None:
        """Join a run.

        Args:
            found: the run.
            settings: what is configured.
            launch: how this process was launched, ``None`` if by nobody.
            at_exit: what to call when the interpreter ends.
        """
        shared = found.shared
        super().__init__(
            settings,
            Run(found.folder, found.description, _connection(found.description, settings)),
            shared.document,
            offset=shared.offset,
            project=found.description.project,
            remote=shared.remote,
            worker=worker_name(settings, launch),
        )
        self.found = found
        self._rank = 0 if launch is None else launch.rank
        # A worker's failure is for the program to deal with; a rank's ends the training.
        self.ending = Ending(None, at_exit) if self._rank else Leaving(at_exit)
        self._named = Named(found.folder)
        if launch is not None and launch.leads:
            Meeting(settings.home, launch).announce(found.folder, found.description, found.shared)
        self.capture_console(shared.streams, native=launch is not None)
        self.watch_libraries(shared.arg_parser, shared.frameworks, _record_nothing, _record_nothing)

    def close(self, end: End) -> bool:
        """Stop reporting.

        Returns:
            True: what was reported is the run's uploader's.
        """
        self._named.close()
        self._stop_watching()
        self.live.hang_up()
        if self._rank and end.status is TaskStatus.failed:
            self.run.fail(self._rank, end)
        self.run.close(None, 0.0)
        return True


def _connection(description: RunDescription, settings: Settings) -> Connection | None:
    """The run's server, with what this process knows of keys."""
    if description.api_host is None or settings.offline:
        return None
    known = running_server(settings)
    if known is not None and known.api_host == description.api_host:
        return known
    host = description.api_host
    return Connection(
        api_host=host,
        web_host=description.web_host or host,
        files_host=description.files_host or f"{host}/files",
        access_key=settings.access_key,
        secret_key=settings.secret_key,
        token=settings.auth_token,
        verify=settings.verify,
    )


def _record_nothing(*_: object) -> None:
    """The command line is the first process's to record; a worker's own is nobody's."""
