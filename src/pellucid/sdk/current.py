"""The task that this process runs, or joins when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pellucid.sdk.task import Task

_task: Task | None = None
_left: str | None = None
_settled = False


def get() -> Task | None:
    """The current task, ``None`` if there is none; the task of the run that this process was started in, if any."""
    if _settled:
        return _task
    # Late, as a worker that unpickles a function may have imported ``Logger`` alone.
    joined: Task | None = import_module("pellucid.sdk.task").join_if_invited()
    return joined


def peek() -> Task | None:
    """The current task, if this process has it already."""
    return _task


def replace(task: Task | None) -> None:
    """Make a task the current one, or none; from now on nothing is joined unless ``Task.init`` says so."""
    global _task, _left, _settled
    if _task is not None and task is None:
        _left = _task.task_id
    _task, _settled = task, True


def left() -> str | None:
    """Id of the last task that this process has closed."""
    return _left
