"""Runs a task on an engine elsewhere: as a job that is itself an agent for this one task.

The job prepares code and environment where it runs, and reports the task's console and end. What is left to do here is
to submit it, to show what the engine and the job's own agent say, to stop it, and to tell the task's end where the job
could not.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from pellucid.agent.console import Console
from pellucid.agent.errors import PreparationError
from pellucid.agent.execute import RESOURCES_SECTION, Execution
from pellucid.agent.gang import GANG_SIZE, find_nodes
from pellucid.agent.machine import count_gpus
from pellucid.agent.settings import AgentSettings
from pellucid.agent.stopping import StopWatch
from pellucid.agent.variables import connection_variables
from pellucid.base.connection import Connection
from pellucid.base.ids import new_id
from pellucid.client.session import Client
from pellucid.engines.base import Engine, LaunchPlan
from pellucid.engines.resources import Resources, read_resources
from pellucid.wire import queues, task_contents, tasks
from pellucid.wire.enums import TaskStatus

RESOURCES_KEY: Final = "resources."
"""Before the names of resources in the metadata of a queue."""

JOB: Final = "PELLUCID_JOB"
"""Tells a job by which submission it runs, as does this entry of its task's ``runtime``."""

JOB_ENTRY: Final = "pellucid_job"

_CARRIED: Final = ("PELLUCID_", "CLEARML_", "TRAINS_", "PIP_", "UV_")
_NOT_CARRIED: Final = frozenset(
    {"VIRTUAL_ENV", "PYTHONHOME", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "PELLUCID_RUN"}
    | {f"{prefix}_WORKER_NAME" for prefix in ("PELLUCID", "CLEARML")}
)


@dataclass(frozen=True, kw_only=True)
class Site:
    """What the places are like where an engine's jobs run.

    Attributes:
        python: the Python there that has Pellucid, by path or by name.
        folder: where jobs begin; it exists there.
        is_like_here: whether the variables of this process make sense there; else only those are carried along that
            are about Pellucid and packages.
    """

    python: str
    folder: Path = Path("/")
    is_like_here: bool = False


class Submission(Execution):
    """One task as one job."""

    def __init__(
        self,
        task: str,
        *,
        client: Client,
        connection: Connection,
        engine: Engine,
        settings: AgentSettings,
        worker: str,
        site: Site,
        queue: str | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """Prepare to submit a task.

        Args:
            task: its id.
            client: the server that has it.
            connection: the same server, for the job.
            engine: where to.
            settings: how this agent works; the job's agent gets them by the same variables.
            worker: id of the worker that looks after the job.
            site: what it is like there.
            queue: id of the queue that it comes from; its metadata may say what its tasks need.
            environ: variables to choose from for the job.
        """
        # The job's agent gives the program its grace, and then has to report the end.
        patient = msgspec.structs.replace(settings, grace_seconds=2 * settings.grace_seconds)
        super().__init__(
            task,
            client=client,
            connection=connection,
            engine=engine,
            folder=site.folder,
            settings=patient,
            worker=worker,
            environ=environ,
        )
        self._site = site
        self.stopping = StopWatch(client, task, worker, patient, linger=patient.grace_seconds)
        self._queue = queue
        self._nodes = 1

    def _plan(self, document: tasks.Task, console: Console) -> LaunchPlan:
        resources = self._resources(document)
        self._nodes = resources.nodes
        command = [self._site.python, "-P", "-m", "pellucid", "agent", "execute", self.task]
        return LaunchPlan(
            command=command,
            folder=self._site.folder,
            environment=self._job_variables(resources),
            name=f"pellucid-{self.task}",
            resources=resources,
            container_arguments=_words(str(document.container.get("arguments") or "")),
            notice=console.line,
        )

    def _resources(self, document: tasks.Task) -> Resources:
        """What the task says, else its queue."""
        try:
            return read_resources({**self._of_queue(), **_of_task(document)})
        except ValueError as error:
            raise PreparationError(f"{error}; see the task's parameters {RESOURCES_SECTION}, and its queue") from error

    def _of_queue(self) -> dict[str, str]:
        if self._queue is None:
            return {}
        metadata = self._client.send(queues.GET_BY_ID, queues.GetById(queue=self._queue)).queue.metadata
        return {
            key.removeprefix(RESOURCES_KEY): item.value or ""
            for key, item in metadata.items()
            if key.startswith(RESOURCES_KEY)
        }

    def _job_variables(self, resources: Resources) -> dict[str, str]:
        carried = {
            name: value
            for name, value in self._environ.items()
            if name not in _NOT_CARRIED and (self._site.is_like_here or name.startswith(_CARRIED))
        }
        gang = {GANG_SIZE: str(resources.nodes)} if resources.nodes > 1 else {}
        return {**carried, **connection_variables(self._connection), **gang, JOB: self._claim()}

    def _claim(self) -> str:
        """What the job has to know to run the task: some engines begin a job that was stopped while it waited."""
        claim = new_id()
        request = task_contents.EditRuntime(task=self.task, add_or_update={JOB_ENTRY: claim})
        self._client.send(task_contents.EDIT_RUNTIME, request)
        return claim

    def _finish(self, code: int) -> None:
        """The job has said how the task ended, if it came to that."""
        if self.stopping.is_settled:
            return
        if self.stopping.reason is not None:
            # A program that was told to end may have called that a failure.
            self._settle(tasks.STOPPED, self.stopping.reason, {TaskStatus.in_progress, TaskStatus.failed})
        else:
            self._settle(
                tasks.FAILED, f"the job ended with exit code {code} before the task was done", {TaskStatus.in_progress}
            )

    def _fail(self, reason: str, console: Console) -> None:
        console.line(f"Pellucid agent: {reason}")
        console.close()
        # A job that was told to end has said that it was, and could not know why. One that had to make place has not
        # failed: its task goes back into its queue.
        self._settle(tasks.FAILED, reason, () if self.is_preempted else (TaskStatus.in_progress, TaskStatus.stopped))

    def _settle(self, action: Any, reason: str, changed: Collection[TaskStatus]) -> None:
        """Give the task, and those of the job's other nodes, a final status if theirs is one of some."""
        if self._client.send(tasks.GET_BY_ID, tasks.GetById(task=self.task)).task.status in changed:
            self._change(action, self.task, reason)
        for node in find_nodes(self._client, self.task, self._nodes) if self._nodes > 1 else ():
            self._change(action, node, reason)

    def _change(self, action: Any, task: str, reason: str) -> None:
        request = tasks.ChangeStatus(task=task, force=True, status_reason=reason, status_message=reason)
        self._send(lambda: self._client.send(action, request))


def prepare(
    task: str,
    *,
    client: Client,
    connection: Connection,
    engine: Engine,
    settings: AgentSettings,
    worker: str,
    site: Site | None,
    folder: Path,
    queue: str | None = None,
    gpus: str | None = None,
) -> Execution:
    """Prepare to run a task: in a folder here, or where a site says, as a job.

    Args:
        task: its id.
        client: the server that has it.
        connection: the same server, for the task's process.
        engine: where to run.
        settings: how this agent works.
        worker: its id.
        site: what it is like where the engine runs its jobs elsewhere; ``None`` if that is here.
        folder: an empty one to work in, or one that does not exist yet.
        queue: id of the queue that the task comes from.
        gpus: which ones it may use here, as ``CUDA_VISIBLE_DEVICES`` says it; all if ``None``.
    """
    if site is not None:
        return Submission(
            task,
            client=client,
            connection=connection,
            engine=engine,
            settings=settings,
            worker=worker,
            site=site,
            queue=queue,
        )
    return Execution(
        task,
        client=client,
        connection=connection,
        engine=engine,
        folder=folder,
        settings=settings,
        worker=worker,
        gpus=gpus,
        gpu_count=count_gpus(gpus),
    )


def is_wanted(client: Client, task: str, claim: str) -> bool:
    """Whether a job is the one that is to run a task now, and nobody has given it up.

    Args:
        client: the server.
        task: its id.
        claim: what the job was told by ``PELLUCID_JOB``.
    """
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    return document.status == TaskStatus.in_progress and document.runtime.get(JOB_ENTRY) == claim


def _words(arguments: str) -> list[str]:
    try:
        return shlex.split(arguments)
    except ValueError as error:
        raise PreparationError(f"the task's container arguments {arguments!r} can't be read: {error}") from error


def _of_task(document: tasks.Task) -> dict[str, str]:
    wishes = {name: one.value or "" for name, one in document.hyperparams.get(RESOURCES_SECTION, {}).items()}
    image = str(document.container.get("image") or "")
    given = {"image": image} if image else {}
    return {name: value for name, value in {**given, **wishes}.items() if value}
