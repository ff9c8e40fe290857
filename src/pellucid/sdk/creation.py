"""Where a run's task comes from: a new one, the last one again, or one that goes on (sdk-surface §4.1, §4.2).

With a server in reach all of it is settled in ``Task.init``. Without one the task is new, and the journal's first
records create it later, under the id that the run has from its first line.
"""

from __future__ import annotations

import time
from typing import Any, Final

import msgspec

from pellucid.base.clock import utc_now
from pellucid.base.errors import RequestRefusedError, ServerError, ServerUnavailableError, UsageError
from pellucid.sdk import finding
from pellucid.sdk.script import Script, describe_host
from pellucid.sdk.sender import Sender
from pellucid.wire import projects, tasks
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus, TaskType

DEVELOPMENT: Final = "development"
"""System tag of tasks that were made by running a script; only such a task is reused (protocol §3.2)."""

_CREATED: Final = "created new task id={id}"
_CONTINUING: Final = "continuing previous task id={id}, this run will not be reproducible"

_OVER: Final = {TaskStatus.created, TaskStatus.stopped, TaskStatus.failed, TaskStatus.completed}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What ``Task.init`` was asked for, checked.

    Attributes:
        id: of the task, if it is a new one.
        project: full project name.
        name: task name.
        type: task type.
        tags: of the new task, or to be added to the reused one.
        output_uri: destination of models and artifacts, ``None`` for the file server.
        reuse: id of the task to overwrite if it may be, ``None`` for a new one.
        go_on: id of the task to continue, ``None`` for none.
        must_go_on: whether it is an error if that task is not there.
        offset: what to add to iterations; ``None`` for one more than the last of a continued task.
        script: what runs.
        owner: ``user@machine``.
    """

    id: str
    project: str
    name: str
    type: TaskType
    tags: list[str]
    output_uri: str | None
    reuse: str | None
    go_on: str | None
    must_go_on: bool
    offset: int | None
    script: Script
    owner: str


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """A task that is ready to be reported to.

    Attributes:
        task: its document.
        created: whether a server has it.
        how: what happened, as it is printed, with ``{id}`` for the task's id.
        trouble: why the server was not asked to the end, ``None`` if it was, or if there is none.
        offset: what to add to iterations.
        calls: action and request of what is left to ask of the server, in order.
    """

    task: tasks.Task
    created: bool
    how: str
    trouble: str | None = None
    offset: int = 0
    calls: list[tuple[Any, Any]] = msgspec.field(default_factory=list)


def begin(wanted: Wanted, client: Sender | None, *, seconds: float) -> Beginning:
    """Create, reuse or continue a task.

    Args:
        wanted: what was asked for.
        client: the server, ``None`` if there is none.
        seconds: after which to go on without it.

    Raises:
        UsageError: the task that is to be continued does not exist.
    """
    if client is not None:
        try:
            return _begin_on_server(wanted, _Limited(client, time.monotonic() + seconds))
        except ServerError as error:
            return _begin_without_server(wanted, str(error))
    return _begin_without_server(wanted, None)


def attach(task: str, client: Sender) -> tuple[Beginning, str]:
    """The task that an agent runs this process for, and its project's full name (protocol §4.6).

    Raises:
        ServerError: the server is away or refuses us. The run must not go on without its parameters.
    """
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    client.send(tasks.STARTED, tasks.ChangeStatus(task=task, force=True, status_reason=document.status_reason))
    offset = document.last_iteration + 1 if document.last_iteration > 0 else 0
    project = (
        client.send(projects.GET_BY_ID, projects.GetById(project=document.project)).project.name
        if document.project
        else ""
    )
    return Beginning(task=document, created=True, how="running task id={id}", offset=offset), project


class _Limited:
    """Requests that stop when their common time is over."""

    def __init__(self, client: Sender, deadline: float) -> None:
        self._client = client
        self._deadline = deadline

    def send(self, action: Action[RequestT, ResponseT], request: RequestT) -> ResponseT:
        if time.monotonic() > self._deadline:
            raise ServerUnavailableError("the server takes too long")
        return self._client.send(action, request)

    def close(self) -> None:
        self._client.close()


def _begin_on_server(wanted: Wanted, client: _Limited) -> Beginning:
    if wanted.go_on is not None:
        found = _get_task(client, wanted.go_on)
        if found is not None:
            return _continue(wanted, client, found)
        if wanted.must_go_on:
            raise UsageError(f"continue_last_task: there is no task {wanted.go_on!r}")
    project = finding.ensure_project(client, wanted.project)
    if wanted.reuse is not None:
        found = _get_task(client, wanted.reuse)
        if found is not None and _may_be_reused(found, wanted, project):
            return _reuse(wanted, client, found)
    create = _create_request(wanted, wanted.id, project)
    answered = client.send(tasks.CREATE, create).id
    client.send(tasks.STARTED, tasks.ChangeStatus(task=answered))
    return Beginning(task=_new_document(create, answered), created=True, how=_CREATED)


def _begin_without_server(wanted: Wanted, why: str | None) -> Beginning:
    if wanted.go_on is not None and wanted.must_go_on:
        # Known by its id alone; where it had got to is not.
        document = tasks.Task(
            id=wanted.go_on, name=wanted.name, type=wanted.type, status=TaskStatus.in_progress, tags=wanted.tags
        )
        started = (tasks.STARTED, tasks.ChangeStatus(task=wanted.go_on, force=True))
        return Beginning(
            task=document, created=True, how=_CONTINUING, trouble=why, offset=wanted.offset or 0, calls=[started]
        )
    create = _create_request(wanted, wanted.id, None)
    calls = [(tasks.CREATE, create), (tasks.STARTED, tasks.ChangeStatus(task=wanted.id, force=True))]
    return Beginning(task=_new_document(create, wanted.id), created=False, how=_CREATED, trouble=why, calls=calls)


def _continue(wanted: Wanted, client: _Limited, present: tasks.Task) -> Beginning:
    client.send(tasks.STARTED, tasks.ChangeStatus(task=present.id, force=True))
    tags = list(dict.fromkeys([*present.tags, *wanted.tags]))
    if tags != present.tags:
        client.send(tasks.EDIT, tasks.Edit(task=present.id, force=True, tags=tags))
    reported = present.last_iteration > 0 or bool(present.last_metrics)
    offset = wanted.offset if wanted.offset is not None else (present.last_iteration + 1 if reported else 0)
    document = msgspec.structs.replace(present, status=TaskStatus.in_progress, tags=tags)
    return Beginning(task=document, created=True, how=_CONTINUING, offset=offset)


def _may_be_reused(present: tasks.Task, wanted: Wanted, project: str) -> bool:
    """Whether a task may be overwritten: the same experiment, over, and with nothing that somebody may want to keep
    (seed, Task Reuse; sdk-surface M56)."""
    same = (present.name, present.project, present.type) == (wanted.name, project, wanted.type)
    outputs = [one for one in present.execution.get("artifacts") or [] if one.get("mode", "output") == "output"]
    kept = outputs or present.models.get("output")
    untouched = DEVELOPMENT in present.system_tags and "archived" not in present.system_tags
    return same and present.status in _OVER and not kept and untouched


def _reuse(wanted: Wanted, client: _Limited, present: tasks.Task) -> Beginning:
    """Wipe everything but the user's tags (sdk-surface M57)."""
    create = _create_request(wanted, present.id, present.project)
    tags = list(dict.fromkeys([*present.tags, *wanted.tags]))
    client.send(tasks.RESET, tasks.Reset(task=present.id, clear_all=True))
    client.send(
        tasks.EDIT,
        tasks.Edit(
            task=present.id,
            force=True,
            tags=tags,
            comment=create.comment,
            script=create.script,
            output_dest=create.output_dest or "",
            execution={},
            models={"input": [], "output": []},
            hyperparams={},
            configuration={},
            container={},
            runtime={},
        ),
    )
    client.send(tasks.STARTED, tasks.ChangeStatus(task=present.id))
    document = msgspec.structs.replace(_new_document(create, present.id), tags=tags)
    return Beginning(task=document, created=True, how="overwriting (reusing) task id={id}")


def _create_request(wanted: Wanted, task: str, project: str | None) -> tasks.Create:
    return tasks.Create(
        id=task,
        name=wanted.name,
        type=wanted.type,
        project=project,
        comment=f"Auto-generated at {utc_now():%Y-%m-%d %H:%M:%S} UTC by {wanted.owner}",
        tags=wanted.tags,
        system_tags=[DEVELOPMENT],
        output_dest=wanted.output_uri,
        script=wanted.script.to_document(),
    )


def _new_document(create: tasks.Create, task: str) -> tasks.Task:
    return tasks.Task(
        id=task,
        name=create.name,
        type=create.type,
        status=TaskStatus.in_progress,
        project=create.project,
        comment=create.comment or "",
        started=utc_now(),
        tags=create.tags or [],
        system_tags=create.system_tags or [],
        script=create.script or {},
        output={"destination": create.output_dest or ""},
        runtime=describe_host(),
    )


def _get_task(client: _Limited, task: str) -> tasks.Task | None:
    """A task by its id, ``None`` if the server has none of that id."""
    try:
        found: tasks.Task = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    except RequestRefusedError as error:
        if error.code != ErrorCode.INVALID_TASK_ID.status:
            raise
        return None
    return found
