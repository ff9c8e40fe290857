"""How a run ends on the server."""

from __future__ import annotations

from typing import Final

import msgspec

from pellucid.uploader.ship import Shipper
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End

_ACTIONS: Final = {
    TaskStatus.completed: tasks.COMPLETED.name,
    TaskStatus.failed: tasks.FAILED.name,
    TaskStatus.stopped: tasks.STOPPED.name,
}

_FINAL: Final = {
    TaskStatus.completed,
    TaskStatus.failed,
    TaskStatus.stopped,
    TaskStatus.closed,
    TaskStatus.publishing,
    TaskStatus.published,
}

_PUBLISHED: Final = {TaskStatus.publishing, TaskStatus.published}


class _TaskStatus(msgspec.Struct):
    status: TaskStatus


class _TaskAnswer(msgspec.Struct):
    """Of the whole document only what is needed here, so that no other field of another server's can be in the way."""

    task: _TaskStatus


def set_final_status(shipper: Shipper, task: str, end: End, *, by_itself: bool) -> None:
    """Give a task its last status, whatever it is in now (``force``), with two exceptions: what is published stays
    so, and a task that somebody has ended already keeps that end when its process is merely found dead.

    Args:
        shipper: sends the calls.
        task: the task.
        end: how it ended. A status that ends nothing, such as ``queued``, is left to the run's own calls.
        by_itself: whether the run said so, or its process was found dead.

    Raises:
        ServerUnavailableError: try again later.
    """
    action = _ACTIONS.get(end.status)
    if action is None:
        return
    answer = shipper.call(tasks.GET_BY_ID.name, msgspec.json.encode(tasks.GetById(task=task)))
    if answer is not None:
        present = msgspec.json.decode(answer, type=_TaskAnswer).task.status
        if present in (_PUBLISHED if by_itself else _FINAL):
            return
    change = tasks.ChangeStatus(task=task, force=True, status_reason=end.reason, status_message=end.message)
    shipper.call(action, msgspec.json.encode(change))
