"""Tasks as jobs, as far as no cluster is needed: the engine starts the jobs' agents on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pellucid.agent.daemon import find_queues
from pellucid.agent.execute import RESOURCES_SECTION
from pellucid.agent.settings import AgentSettings
from pellucid.agent.submission import JOB, RESOURCES_KEY, Site, Submission, is_wanted
from pellucid.base.connection import Connection
from pellucid.base.ids import new_id
from pellucid.client.session import Client
from pellucid.engines.base import Handle, JobLostError, JobPreemptedError, LaunchPlan
from pellucid.engines.local import LocalEngine, LocalProcess
from pellucid.engines.resources import Resources
from pellucid.wire import events, queues, tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.metadata import MetadataItem


@dataclass
class Engine:
    """Starts jobs here, and remembers them; they may get lost."""

    loss: JobLostError | None = None
    plans: list[LaunchPlan] = field(default_factory=list)

    def start(self, plan: LaunchPlan) -> Handle:
        """Start one."""
        self.plans.append(plan)
        process = LocalEngine().start(plan)
        return process if self.loss is None else Losing(process, self.loss)


class Losing:
    """A job whose end its engine does not know."""

    def __init__(self, process: LocalProcess, loss: JobLostError) -> None:
        self.output, self.stop = process.output, process.stop
        self._process = process
        self._loss = loss

    def wait(self) -> int:
        """Never well."""
        self._process.wait()
        raise self._loss


@pytest.fixture
def engine() -> Engine:
    """The engine."""
    return Engine()


@pytest.fixture
def submission(
    client: Client, connection: Connection, settings: AgentSettings, engine: Engine, tmp_path: Path
) -> Callable[..., Submission]:
    """Makes one of a task."""
    environ = {
        **os.environ,
        "PELLUCID_HOME": str(tmp_path / "home"),
        "PELLUCID_AGENT_SKIP_PYTHON_ENV_INSTALL": "1",
        "CLEARML_CONFIG_FILE": os.devnull,
    }

    def make(
        task: str, queue: str | None = None, *, python: str = sys.executable, is_like_here: bool = True
    ) -> Submission:
        return Submission(
            task,
            client=client,
            connection=connection,
            engine=engine,
            settings=settings,
            worker="test:0",
            site=Site(python=python, folder=tmp_path, is_like_here=is_like_here),
            queue=queue,
            environ=environ,
        )

    return make


def made(client: Client, code: str = "pass", image: str = "", **resources: object) -> str:
    """A new task."""
    section = {
        name: tasks.Parameter(section=RESOURCES_SECTION, name=name, value=str(value))
        for name, value in resources.items()
    }
    request = tasks.Create(
        name="a script",
        type="training",
        script={"entry_point": "train.py", "diff": code},
        hyperparams={RESOURCES_SECTION: section},
        container={"image": image},
    )
    return client.send(tasks.CREATE, request).id


def document(client: Client, task: str) -> tasks.Task:
    """The task."""
    return client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task


def test_a_program_that_fails_says_how(client: Client, submission: Callable[..., Submission]) -> None:
    """As under an agent; the job's own agent has said it."""
    task = made(client, "print('hello'); raise SystemExit(3)")

    assert submission(task).run() == 1

    found = document(client, task)
    assert (found.status, found.status_message) == (TaskStatus.failed, "The program ended with exit code 3")
    lines = [event["msg"] for event in client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task)).events]
    assert lines.count("hello") == 1


def test_resources_come_from_the_task_and_its_queue(
    client: Client, submission: Callable[..., Submission], engine: Engine
) -> None:
    """The task's own count first, and its container's image."""
    [(queue, _)] = find_queues(client, [new_id()], create=True)
    items = [MetadataItem(key=f"{RESOURCES_KEY}{name}", value=value) for name, value in (("cpus", "8"), ("gpus", "1"))]
    request = queues.AddOrUpdateMetadata(queue=queue, metadata=[*items, MetadataItem(key="owner", value="us")])
    client.send(queues.ADD_OR_UPDATE_METADATA, request)

    submission(made(client, image="python:3.11", cpus=2, memory="16G", time=""), queue).run()

    assert engine.plans[0].resources == Resources(cpus=2, gpus=1, memory=16384, image="python:3.11")


def test_resources_that_mean_nothing(client: Client, submission: Callable[..., Submission], engine: Engine) -> None:
    """Fail the task before there is a job."""
    task = made(client, gpus="some")

    submission(task).run()

    found = document(client, task)
    assert found.status == TaskStatus.failed
    assert found.status_message.startswith("resource gpus is 'some'; allowed is a number of GPUs")
    assert engine.plans == []


@pytest.mark.parametrize("is_like_here", [True, False])
def test_variables_of_jobs(
    client: Client,
    connection: Connection,
    submission: Callable[..., Submission],
    engine: Engine,
    is_like_here: bool,
) -> None:
    """Say which server it is; where it is like here they are all of the agent's."""
    submission(made(client), is_like_here=is_like_here).run()

    variables = engine.plans[0].environment
    assert variables["PELLUCID_API_HOST"] == variables["CLEARML_API_HOST"] == connection.api_host
    assert variables["PELLUCID_AGENT_SKIP_PYTHON_ENV_INSTALL"] == "1"
    assert ("PATH" in variables) is is_like_here
    assert "PELLUCID_WORKER_NAME" not in variables


@pytest.mark.parametrize(
    ("loss", "status"),
    [
        (JobLostError("Slurm job 7 lost its node"), TaskStatus.failed),
        (JobPreemptedError("Slurm job 7 had to make place"), TaskStatus.stopped),
    ],
)
def test_a_lost_job_fails_its_task(
    client: Client, submission: Callable[..., Submission], engine: Engine, loss: JobLostError, status: TaskStatus
) -> None:
    """If that was not done; of one that had to make place whoever has submitted it hears that it may run again."""
    engine.loss = loss
    task = made(client, "import os, signal; os.kill(os.getppid(), signal.SIGTERM); import time; time.sleep(60)")
    job = submission(task)

    job.run()

    assert document(client, task).status == status
    assert (document(client, task).status_message == str(loss)) is (status == TaskStatus.failed)
    assert job.is_preempted is isinstance(loss, JobPreemptedError)


def test_a_job_that_is_lost_at_its_end(client: Client, submission: Callable[..., Submission], engine: Engine) -> None:
    """Has done its work."""
    engine.loss = JobLostError("Slurm job 7 lost its node")
    task = made(client)

    submission(task).run()

    assert document(client, task).status == TaskStatus.completed


def test_a_job_that_ends_without_a_word(client: Client, submission: Callable[..., Submission], engine: Engine) -> None:
    """Fails its task."""
    task = made(client)

    submission(task, python="false").run()

    found = document(client, task)
    assert found.status == TaskStatus.failed
    assert found.status_message == "the job ended with exit code 1 before the task was done"


def test_a_job_is_wanted_until_its_task_is_another_s(
    client: Client, submission: Callable[..., Submission], engine: Engine
) -> None:
    """Or nobody's: some engines begin jobs that were given up while they waited."""
    task = made(client)
    submission(task).run()
    claim = engine.plans[0].environment[JOB]
    assert not is_wanted(client, task, claim)

    client.send(tasks.STARTED, tasks.ChangeStatus(task=task, force=True))
    assert is_wanted(client, task, claim)
    assert not is_wanted(client, task, new_id())
