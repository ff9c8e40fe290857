"""The life of a task: which status may follow which, and what a change brings with it (protocol §2.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pellucid.server.errors import ApiError
from pellucid.store.records import TaskRecord
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus as S

TRANSITIONS: Final[dict[S, frozenset[S]]] = {
    S.created: frozenset({S.queued, S.in_progress}),
    S.queued: frozenset({S.created, S.in_progress, S.stopped}),
    S.in_progress: frozenset({S.stopped, S.failed, S.created, S.completed}),
    S.stopped: frozenset(
        {S.closed, S.created, S.failed, S.queued, S.in_progress, S.published, S.publishing, S.completed}
    ),
    S.closed: frozenset({S.created, S.failed, S.published, S.publishing, S.stopped}),
    S.failed: frozenset({S.created, S.stopped, S.published, S.queued}),
    S.completed: frozenset({S.published, S.in_progress, S.created}),
    S.publishing: frozenset({S.published}),
    S.published: frozenset(),
}

ENDED: Final = frozenset({S.stopped, S.failed, S.completed, S.closed})


def moved(
    task: TaskRecord, to: S, *, now: datetime, force: bool, reason: str | None, message: str | None
) -> TaskRecord:
    """The task in its new status; reason and message become what is given, or empty.

    Raises:
        ApiError: 400/110 if the status may not follow the present one and ``force`` is not given.
    """
    current = S(task.status)
    if not force and to != current and to not in TRANSITIONS.get(current, frozenset()):
        raise ApiError(ErrorCode.INVALID_TASK_STATUS, f"task {task.id} is {current} and cannot become {to}")
    changed = replace(
        task,
        status=str(to),
        status_reason=reason or "",
        status_message=message or "",
        status_changed=now,
        last_update=now,
        last_change=now,
    )
    if to is S.in_progress:
        # A task that says several times that it runs has started once (protocol §2.3).
        if current is S.in_progress and task.started:
            return changed
        return replace(changed, started=now, completed=None, active_duration=None)
    if to in ENDED:
        return with_duration(replace(changed, completed=now), now)
    if to is S.published:
        return replace(changed, published=now)
    return changed


def asked_to_stop(task: TaskRecord, *, now: datetime, reason: str | None) -> TaskRecord:
    """The task with the message that its agent looks for."""
    return replace(
        task,
        status_reason=reason or "",
        status_message="stopping",
        status_changed=now,
        last_update=now,
        last_change=now,
    )


def status_fields(task: TaskRecord) -> dict[str, Any]:
    """What the answer to a change of status says of the task (protocol §2.3)."""
    return {
        "status": task.status,
        "status_reason": task.status_reason,
        "status_message": task.status_message,
        "status_changed": task.status_changed,
        "last_update": task.last_update,
        "last_change": task.last_change,
        "started": task.started,
        "completed": task.completed,
        "published": task.published,
    }


def was_reset(task: TaskRecord, *, now: datetime, force: bool, clear_all: bool) -> TaskRecord:
    """The task as a draft again, without what its runs left behind.

    Raises:
        ApiError: 400/110 for a published task without ``force``.
    """
    if task.status == S.published and not force:
        raise ApiError(ErrorCode.INVALID_TASK_STATUS, f"task {task.id} is published; resetting it needs force")
    changed = moved(task, S.created, now=now, force=True, reason="reset", message="reset")
    inputs = [artifact for artifact in task.execution.get("artifacts") or [] if artifact.get("mode") == "input"]
    execution = {} if clear_all else {key: value for key, value in task.execution.items() if key != "queue"}
    return replace(
        changed,
        started=None,
        completed=None,
        published=None,
        active_duration=None,
        last_iteration=0,
        last_worker=None,
        last_worker_report=None,
        runtime={},
        models={**task.models, "output": []},
        output={key: value for key, value in task.output.items() if key == "destination"},
        execution={**execution, "artifacts": inputs},
        script={} if clear_all else task.script,
    )


def pinged(task: TaskRecord, now: datetime) -> TaskRecord:
    """The task with a sign of life. One that has ended runs no longer, however late a ping of it arrives."""
    alive = replace(task, last_update=now, last_change=now)
    return with_duration(alive, now) if task.status == S.in_progress else alive


def with_duration(task: TaskRecord, now: datetime) -> TaskRecord:
    """The task with the seconds that it has been running."""
    if task.started is None:
        return task
    return replace(task, active_duration=max(0, int((now - task.started).total_seconds())))
