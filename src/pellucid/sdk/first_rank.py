"""The task of a launch whose first rank is on another machine: found through the server that both report to."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from pellucid.base.clock import utc_now
from pellucid.base.connection import Connection
from pellucid.base.errors import ServerError
from pellucid.base.settings import Settings
from pellucid.client.sender import Sender
from pellucid.sdk.joining import Shared
from pellucid.sdk.launch import LAUNCH_KEY, OFFSET_KEY, Launch, Note
from pellucid.sdk.servers import creation_client
from pellucid.wire import projects, tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import RunDescription

_PATIENCE: Final = 30.0
"""Seconds to wait for the first rank's task."""

_PAUSE: Final = 0.5
_ANSWER_SECONDS: Final = 5.0
_NEWEST: Final = 100

_SAME_LAUNCH: Final = timedelta(minutes=10)
"""A launcher starts its processes at about the same time; a task that was started longer ago was left by another launch
that met at the same address, and whose machine died."""


def find_first_rank(settings: Settings, launch: Launch, *, seconds: float = _PATIENCE) -> Note | None:
    """Wait for the task of the first rank.

    Args:
        settings: what is configured.
        launch: how this process was launched.
        seconds: to wait at most.

    Returns:
        The task, as a run that is over on this machine; ``None`` if it did not turn up, the server is away, or none is
        configured that both machines could share; and under an agent, which names the task itself.
    """
    connection = settings.connection()
    if connection is None or settings.offline or settings.remote_task is not None:
        return None
    deadline = time.monotonic() + seconds
    with closing(creation_client(connection, timeout=_ANSWER_SECONDS)) as client:
        try:
            while (task := _find(client, launch)) is None:
                if time.monotonic() >= deadline:
                    return None
                time.sleep(_PAUSE)
            return _note(client, connection, task)
        except ServerError:
            return None


def _find(client: Sender, launch: Launch) -> str | None:
    query = tasks.GetAll(
        status=[TaskStatus.in_progress],
        order_by=["-last_update"],
        page=0,
        page_size=_NEWEST,
        only_fields=["id", "runtime", "started"],
    )
    for found in client.send(tasks.GET_ALL, query).tasks:
        if (found.get("runtime") or {}).get(LAUNCH_KEY) == launch.mark and _is_fresh(found):
            return str(found["id"])
    return None


def _is_fresh(found: Mapping[str, Any]) -> bool:
    return utc_now() - msgspec.convert(found["started"], datetime) < _SAME_LAUNCH


def _note(client: Sender, connection: Connection, task: str) -> Note:
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    project = client.send(projects.GET_BY_ID, projects.GetById(project=document.project or "")).project.name
    description = RunDescription(
        task=document.id,
        project=project,
        name=document.name,
        created=True,
        api_host=connection.api_host,
        web_host=connection.web_host,
        files_host=connection.files_host,
        pid=0,
        host="",
        started=utc_now(),
    )
    offset = int(document.runtime.get(OFFSET_KEY, 0))
    shared = Shared(document=document, offset=offset, streams=True, arg_parser=False, frameworks=True, remote=False)
    return Note(folder="", launcher=None, description=description, shared=shared, create=None)
