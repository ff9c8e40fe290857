"""The part of ``Task`` that says where its files go (seed, Setting Upload Destination; sdk-surface §1.20)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from pellucid.base.connection import Connection
from pellucid.base.errors import ServerError
from pellucid.sdk.arguments import check_output_uri
from pellucid.sdk.creation import WantedDestination
from pellucid.sdk.destinations import FILE_SERVER, check_place, configured_destination, destination_of
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.servers import current_settings
from pellucid.sdk.session import Session
from pellucid.wire import projects, tasks
from pellucid.wire.files import FILES_ADDRESS


class DestinationMethods:
    """Where models and artifacts go."""

    _record: TaskRecord
    _session: Session | None
    _connection: Connection | None

    @property
    def output_uri(self) -> str | None:
        """Where models and artifacts go from now on; ``None`` if nobody has said: then artifacts go to the file server,
        and models stay where they are.

        Set it as ``Task.init`` takes it: to a folder or an address; to ``True`` for the project's usual place, else the
        configured one, else the file server; to ``None`` for the usual place, if there is one; to ``False`` for none.
        Setting it raises ``UsageError`` if it is no place, and for a task that runs here, if nothing can be stored
        there: another machine may have other credentials.
        """
        found = destination_of(self._record.document())
        if found != FILE_SERVER:
            return found
        return None if self._connection is None else self._connection.files_host

    @output_uri.setter
    def output_uri(self, value: str | Path | bool | None) -> None:
        settings = current_settings()
        files_host = FILES_ADDRESS if self._connection is None else self._connection.files_host
        wanted = WantedDestination(
            given=check_output_uri(value),
            configured=configured_destination(settings),
            files_host=files_host,
            check=self._check_place,
        )
        chosen = wanted.choose(self._usual_place() if value is None or value is True else None) or ""
        document = self._record.document()
        edit = tasks.Edit(task=self._record.task_id, force=True, output_dest=chosen)
        self._record.change(tasks.EDIT, edit, output={**document.output, "destination": chosen})

    def get_output_destination(self, extra_path: str | None = None, **kwargs: Any) -> str:
        """Where models and artifacts go; empty if nowhere.

        Args:
            extra_path: to put behind it.
            kwargs: accepted for existing scripts, without effect.
        """
        place = self.output_uri or ""
        return f"{place.rstrip('/')}/{extra_path.lstrip('/')}" if place and extra_path else place

    def _check_place(self, uri: str) -> None:
        if self._session is not None:
            check_place(uri, ask=not self._session.settings.offline)

    def _usual_place(self) -> str | None:
        """The project's, as far as the server can be asked."""
        project = self._record.document().project
        if not project:
            return None
        with suppress(ServerError):
            found = self._record.client().send(projects.GET_BY_ID, projects.GetById(project=project)).project
            return found.default_output_destination or None
        return None
