"""Runs one task that is on a server: its script, with its parameters, its console streamed back (protocol §4.2).

The script in the child finds its task through ``PELLUCID_TASK_ID`` and takes its parameters from the server; this side
reports the console and sets the final status from the exit code.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from pellucid.base.clock import now_milliseconds
from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.client.session import Client
from pellucid.engines.base import Engine, Handle, LaunchError, LaunchPlan
from pellucid.wire import events, tasks
from pellucid.wire.enums import EventType


def execute_task(task: str, *, client: Client, connection: Connection, engine: Engine, folder: Path) -> int:
    """Run a task to its end.

    Args:
        task: id of a task whose script is stored with it; tasks from a repository are refused for now.
        client: the server that has the task.
        connection: the same server, for the child's environment.
        engine: where to run.
        folder: an empty folder to work in.

    Returns:
        The exit code of the script, or minus the number of the signal that ended it.

    Raises:
        UsageError: the task has no script of its own.
        ServerError: the server could not be asked, or said no.
    """
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    plan = launch_plan(document, connection, folder, os.environ)
    worker = f"{socket.gethostname()}:0"
    client.send(
        tasks.STARTED,
        tasks.ChangeStatus(task=task, force=True, status_reason=f"started by {worker}", status_message=""),
    )
    try:
        handle = engine.start(plan)
    except LaunchError as error:
        client.send(tasks.FAILED, tasks.ChangeStatus(task=task, force=True, status_reason=str(error)))
        return 1
    try:
        _stream_console(handle, client, task, worker)
        code = handle.wait()
    except BaseException:
        handle.stop(grace=10)
        client.send(tasks.STOPPED, tasks.ChangeStatus(task=task, force=True, status_reason=f"{worker} was interrupted"))
        raise
    if code == 0:
        client.send(tasks.COMPLETED, tasks.Completed(task=task, force=True, status_reason="completed"))
    else:
        client.send(tasks.FAILED, tasks.ChangeStatus(task=task, force=True, status_reason=f"Exit code {code}"))
    return code


def launch_plan(task: tasks.Task, connection: Connection, folder: Path, environ: Mapping[str, str]) -> LaunchPlan:
    """What to start for a task, with its script written into the folder.

    Raises:
        UsageError: the task comes from a repository, or has no script.
    """
    script = task.script
    if script.get("repository"):
        raise UsageError(f"task {task.id} comes from a repository; only tasks that carry their script can be run yet")
    if not script.get("diff"):
        raise UsageError(f"task {task.id} carries no script")
    entry_point = folder / Path(str(script.get("entry_point") or "script.py")).name
    entry_point.write_text(str(script["diff"]), encoding="utf-8")
    return LaunchPlan(
        command=[sys.executable, "-u", str(entry_point)],
        folder=folder,
        environment={
            **environ,
            "PELLUCID_TASK_ID": task.id,
            "PELLUCID_API_HOST": connection.api_host,
            "PELLUCID_WEB_HOST": connection.web_host,
            "PELLUCID_FILES_HOST": connection.files_host,
            "PELLUCID_API_ACCESS_KEY": connection.access_key or "",
            "PELLUCID_API_SECRET_KEY": connection.secret_key or "",
            # This side reports the console; the script's own capture would send each line twice (protocol §4.5).
            "CLEARML_LOG_TASK_TO_BACKEND": "0",
        },
    )


def _stream_console(handle: Handle, client: Client, task: str, worker: str) -> None:
    for line in handle.output():
        event = events.Event(
            type=EventType.log, task=task, timestamp=now_milliseconds(), level="info", worker=worker, msg=line
        )
        client.add_batch([event])
