"""Where a run's task comes from: a new one, the last one again, or one that goes on (sdk-surface §4.1, §4.2).

With a server in reach all of it is settled in ``Task.init``. Without one the task is new, and the journal's first
records create it later, under the id that the run has from its first line.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from pellucid.base.clock import utc_now
from pellucid.base.errors import RequestRefusedError, ServerError, ServerUnavailableError, UsageError
from pellucid.client.projects import ensure_project
from pellucid.client.sender import Sender
from pellucid.sdk import finding
from pellucid.sdk.script import Script, describe_host
from pellucid.wire import projects, tasks
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus, TaskType

DEVELOPMENT: Final = "development"
"""System tag of tasks that were made by running a script; only such a task is reused (protocol §3.2)."""

_CREATED: Final = "created new task id={id}"
_CONTINUING: Final = "continuing previous task id={id}, this run will not be reproducible"

_OVER: Final = {TaskStatus.created, TaskStatus.stopped, TaskStatus.failed, TaskStatus.completed}


class WantedDestination(msgspec.Struct, frozen=True, kw_only=True):
    """Where models and artifacts are to go (sdk-surface M193).

    Attributes:
        given: what the program says: a place; ``True`` for the usual one, else the file server; ``False`` for none;
            ``None`` for the usual one, else none.
        configured: the usual place if the project has none.
        files_host: address of the file server.
        check: looks whether a place can be used, by its address.
    """

    given: str | bool | None
    configured: str | None
    files_host: str
    check: Callable[[str], None]

    def choose(self, of_project: str | None, *, remote: bool = False) -> str | None:
        """The place, ``None`` for none.

        Args:
            of_project: the project's own.
            remote: whether an agent runs the program, whose word then counts last.

        Raises:
            UsageError: it can't be used.
        """
        if self.given is False:
            return None
        named = self.given if isinstance(self.given, str) else None
        usual = of_project or self.configured
        chosen = (usual or named) if remote else (named or usual)
        if chosen is not None:
            self.check(chosen)
        return chosen or (self.files_host if self.given is True else None)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What ``Task.init`` was asked for, checked.

    Attributes:
        id: of the task, if it is a new one.
        project: full project name.
        name: task name.
        type: task type.
        tags: of the new task, or to be added to the reused one.
        destination: where models and artifacts go.
        reuse: id of the task to overwrite if it may be, ``None`` for a new one.
        go_on: id of the task to continue, ``None`` for none.
        must_go_on: whether it is an error if that task is not there.
        offset: what to add to iterations; ``None`` for one more than the last of a continued task.
        script: what runs.
        owner: ``user@machine``.
        container: what it runs in, if an agent runs it again.
    """

    id: str
    project: str
    name: str
    type: TaskType
    tags: list[str]
    destination: WantedDestination
    reuse: str | None
    go_on: str | None
    must_go_on: bool
    offset: int | None
    script: Script
    owner: str
    container: dict[str, str]


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


def attach(task: str, client: Sender, destination: WantedDestination) -> tuple[Beginning, str]:
    """The task that an agent runs this process for, and its project's full name (protocol §4.6).

    Args:
        task: its id.
        client: the server.
        destination: where models and artifacts go if the task does not say.

    Raises:
        UsageError: nothing can be stored there.
        ServerError: the server is away or refuses us. The run must not go on without its parameters.
    """
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    client.send(tasks.STARTED, tasks.ChangeStatus(task=task, force=True, status_reason=document.status_reason))
    offset = document.last_iteration + 1 if document.last_iteration > 0 else 0
    project, of_project = "", None
    if document.project:
        found = client.send(projects.GET_BY_ID, projects.GetById(project=document.project)).project
        project, of_project = found.name, found.default_output_destination
    if not document.output.get("destination") and (chosen := destination.choose(of_project, remote=True)):
        document = _redirected(client, document, chosen)
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

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What is not the server's doing takes none of the time."""
        began = time.monotonic()
        yield
        self._deadline += time.monotonic() - began

    def close(self) -> None:
        self._client.close()


def _begin_on_server(wanted: Wanted, client: _Limited) -> Beginning:
    if wanted.go_on is not None:
        found = _get_task(client, wanted.go_on)
        if found is not None:
            return _continue(wanted, client, found)
        if wanted.must_go_on:
            raise UsageError(f"continue_last_task: there is no task {wanted.go_on!r}")
    project, of_project = _project(client, wanted.project)
    with client.paused():
        destination = wanted.destination.choose(of_project)
    if wanted.reuse is not None:
        found = _get_task(client, wanted.reuse)
        if found is not None and _may_be_reused(found, wanted, project):
            return _reuse(wanted, client, found, destination)
    create = _create_request(wanted, wanted.id, project, destination)
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
    create = _create_request(wanted, wanted.id, None, wanted.destination.choose(None))
    calls = [(tasks.CREATE, create), (tasks.STARTED, tasks.ChangeStatus(task=wanted.id, force=True))]
    return Beginning(task=_new_document(create, wanted.id), created=False, how=_CREATED, trouble=why, calls=calls)


def _continue(wanted: Wanted, client: _Limited, present: tasks.Task) -> Beginning:
    client.send(tasks.STARTED, tasks.ChangeStatus(task=present.id, force=True))
    tags = list(dict.fromkeys([*present.tags, *wanted.tags]))
    if tags != present.tags:
        client.send(tasks.EDIT, tasks.Edit(task=present.id, force=True, tags=tags))
    if isinstance(wanted.destination.given, str) and present.output.get("destination") != wanted.destination.given:
        present = _redirected(client, present, wanted.destination.given)
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


def _redirected(client: Sender, present: tasks.Task, destination: str) -> tasks.Task:
    """A task whose models and artifacts go elsewhere from now on."""
    client.send(tasks.EDIT, tasks.Edit(task=present.id, force=True, output_dest=destination))
    return msgspec.structs.replace(present, output={**present.output, "destination": destination})


def _reuse(wanted: Wanted, client: _Limited, present: tasks.Task, destination: str | None) -> Beginning:
    """Wipe everything but the user's tags (sdk-surface M57)."""
    create = _create_request(wanted, present.id, present.project, destination)
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
            container=create.container or {},
            runtime={},
        ),
    )
    client.send(tasks.STARTED, tasks.ChangeStatus(task=present.id))
    document = msgspec.structs.replace(_new_document(create, present.id), tags=tags)
    return Beginning(task=document, created=True, how="overwriting (reusing) task id={id}")


def _project(client: _Limited, name: str) -> tuple[str, str | None]:
    """Id of the project, which is created if it is missing, and where its files go."""
    query = projects.GetAll(
        name=finding.exactly(name), only_fields=["id", "default_output_destination"], search_hidden=True
    )
    found = client.send(projects.GET_ALL, query).projects
    if not found:
        return ensure_project(client, name), None
    return str(found[0]["id"]), found[0].get("default_output_destination")


def _create_request(wanted: Wanted, task: str, project: str | None, destination: str | None) -> tasks.Create:
    return tasks.Create(
        id=task,
        name=wanted.name,
        type=wanted.type,
        project=project,
        comment=f"Auto-generated at {utc_now():%Y-%m-%d %H:%M:%S} UTC by {wanted.owner}",
        tags=wanted.tags,
        system_tags=[DEVELOPMENT],
        output_dest=destination,
        script=wanted.script.to_document(),
        container=wanted.container or None,
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
        container=create.container or {},
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
