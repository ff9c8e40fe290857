"""The part of ``Task`` that deals with offline sessions (seed, Offline Mode; sdk-surface §1.15).

An offline session is a run's folder that nobody ships. At the end of the run it is packed into a zip file beside it,
and either of them is imported by the uploader's own code, in a process of its own: the training process loads none of
it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.connection import Connection
from pellucid.base.errors import ServerUnavailableError, UsageError
from pellucid.base.log import trouble
from pellucid.sdk.servers import current_settings
from pellucid.sdk.session import find_server, say
from pellucid.wire.records import RUN_FILE, ImportedSession, SessionImport

_UPLOADER_FILES: Final = "uploader."
"""Files whose name begins so are an uploader's notes on one server, and no part of the session."""

_WRONG_USAGE: Final = 2


class OfflineMethods:
    """Offline sessions."""

    _offline_folder: Path | None

    def get_offline_mode_folder(self) -> Path | None:
        """The session's folder, also after the task was closed; ``None`` for tasks that have a server."""
        return self._offline_folder

    @classmethod
    def import_offline_session(
        cls,
        session_folder_zip: str | Path,
        previous_task_id: str | None = None,
        iteration_offset: int = 0,
    ) -> str:
        """Bring an offline session to the server, and wait until it is there (seed, Offline Mode).

        What was imported before is not sent again; a session that still goes on is imported as far as it is. Sessions
        of the ``clearml`` package are understood too.

        Args:
            session_folder_zip: the session's zip file, or its folder.
            previous_task_id: a task to add everything to, in place of a new one.
            iteration_offset: what to add to all iterations.

        Returns:
            The task's id. The address of its page is printed.

        Raises:
            UsageError: there is no session, it is damaged, there is no such task, or offline mode is on.
            ServerError: there is no server, it is away, or it refuses us; another attempt goes on from there.
        """
        if isinstance(iteration_offset, bool) or not isinstance(iteration_offset, int):
            raise UsageError(f"iteration_offset is {iteration_offset!r}; allowed is an integer")
        settings = current_settings()
        if settings.offline:
            raise UsageError("import_offline_session: offline mode is on; switch it off with Task.set_offline(False)")
        connection, why_none = find_server(settings)
        if connection is None:
            raise ServerUnavailableError(f"import_offline_session: there is no server ({why_none})")
        session = os.path.abspath(session_folder_zip)
        say(f"Task: importing offline session from {session}")
        imported = _import(
            SessionImport(
                connection=connection,
                session=session,
                books=str(settings.home / "imports"),
                into=None if previous_task_id is None else previous_task_id.removeprefix("offline-"),
                offset=iteration_offset,
            )
        )
        for sentence in imported.refused:
            say(f"Task: not imported: {sentence}")
        if not imported.finished:
            say("Task: the session still goes on; import it again for the rest")
        say(f"results page: {_page(connection, imported.task)}")
        return imported.task


def store_session(folder: Path, seconds: float) -> None:
    """Pack a session that is over into a zip file beside it, and say where it is.

    Args:
        folder: the session's.
        seconds: at most; the folder is as good as its zip file, and a program that ends can't be kept waiting.
    """
    from pellucid.base.archive import pack_folder  # zip files take long to import, and online runs need none

    target = folder.with_name(f"{folder.name}.zip")
    try:
        packed = pack_folder(folder, target, rank=_rank, seconds=seconds)
    except (OSError, ValueError) as error:
        trouble("offline.zip", f"The offline session can't be packed; it is in {folder}.", error)
        return
    if packed:
        say(f"Task: Offline session stored in {target}")
    else:
        say(f"Task: Offline session stored in {folder}, which is too big to be packed in {seconds:g} s")


def _rank(name: str) -> int | None:
    """What can't be understood without something else comes after that."""
    if name.startswith((_UPLOADER_FILES, ".")):
        return None
    endings = (RUN_FILE, ".frames", ".points")
    return next((place for place, ending in enumerate(endings) if name.endswith(ending)), len(endings))


def _import(request: SessionImport) -> ImportedSession:
    command = [sys.executable or "python3", "-P", "-m", "pellucid.uploader.session_import"]
    done = subprocess.run(command, input=msgspec.json.encode(request), capture_output=True, check=False)
    if done.returncode == 0:
        return msgspec.json.decode(done.stdout, type=ImportedSession)
    words = done.stderr.decode(errors="replace").strip()
    if done.returncode == _WRONG_USAGE:
        raise UsageError(words)
    raise ServerUnavailableError(f"import_offline_session: {words}")


def _page(connection: Connection, task: str) -> str:
    return f"{connection.web_host}/projects/*/tasks/{task}/output/log"
