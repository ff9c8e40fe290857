"""Which run that goes on elsewhere this process is a part of.

A process that ``multiprocessing`` started is a part of the program that started it, whatever it says. So are those
that a launcher started side by side: one of them begins the run, and the others wait for it. A script that a program
runs as a subprocess belongs to its task if it asks for the same names or for the current task; if it asks for another
task, it is an experiment of its own.
"""

from __future__ import annotations

from typing import Final

from pellucid.base.settings import Settings
from pellucid.sdk.joining import OpenRun, inherited_run, is_worker
from pellucid.sdk.launch import Launch, Meeting, Note, is_other_rank

_PATIENCE: Final = 30.0
"""Seconds to wait for the process that begins the run; it may have to start a server first."""


def find_invitation(
    settings: Settings,
    launch: Launch | None,
    *,
    project: str | None = None,
    name: str | None = None,
    left: str | None = None,
    wait: bool = False,
) -> OpenRun | Note | None:
    """The run to join, ``None`` if this process is on its own.

    Args:
        settings: what is configured.
        launch: how this process was launched.
        project: full name of the project that is asked for, ``None`` for any.
        name: name of the task that is asked for, ``None`` for any.
        left: id of the last task that this process has closed.
        wait: whether to wait for the run of a launch.

    Returns:
        A run that goes on; or one of the same launch that is over, whose task takes what comes late.
    """
    found: OpenRun | Note | None
    if launch is None or launch.leads or is_worker():
        found = inherited_run()
    else:
        meeting = Meeting(settings.home, launch)
        found = meeting.wait(_PATIENCE, but=left) if wait else meeting.find()
    if found is None or not belongs(found, settings, launch, project, name):
        return None
    return found


def belongs(
    found: OpenRun | Note, settings: Settings, launch: Launch | None, project: str | None, name: str | None
) -> bool:
    """Whether this process is a part of a run, given the names that it asks for."""
    if settings.remote_task is not None:
        return settings.remote_task == found.description.task
    if is_worker() or is_other_rank() or (launch is not None and launch.together and not launch.leads):
        return True
    return project in (None, found.description.project) and name in (None, found.shared.document.name)
