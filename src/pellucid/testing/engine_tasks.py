"""What tasks on every kind of cluster must do, as tests: an agent takes them from a queue, jobs run them.

Subclass ``TaskTests`` in a module that has the fixtures ``server`` and ``engine``.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Final

import pytest

from pellucid.agent.daemon import Daemon, Service, find_queues
from pellucid.agent.execute import RESOURCES_SECTION
from pellucid.agent.settings import AgentSettings
from pellucid.agent.submission import Site
from pellucid.base.ids import new_id
from pellucid.base.process import identify
from pellucid.client.session import Client
from pellucid.engines.base import Engine
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import RunningServer
from pellucid.wire import events, task_life, task_queueing, tasks
from pellucid.wire.enums import TaskStatus

_SECONDS: Final = 60.0
WAIT: Final = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(600)"
"""A program that says which process it is, and goes on."""

_NODES: Final = """
from pellucid import Task
task = Task.init("examples", "nodes", auto_connect_frameworks=False)
config = task.launch_multi_node(2)
print("node", config["node_rank"], "of", config["total_num_nodes"])
"""


class Work:
    """A queue, and the agent that serves it."""

    def __init__(self, client: Client, queue: tuple[str, str], daemon: Daemon, folder: Path) -> None:
        """Know them, and a folder that jobs see."""
        self.client = client
        self.queue = queue
        self.daemon = daemon
        self.folder = folder

    def enqueue(self, code: str, **resources: object) -> str:
        """A new task that waits."""
        section = {
            name: tasks.Parameter(section=RESOURCES_SECTION, name=name, value=str(value))
            for name, value in resources.items()
        }
        request = tasks.Create(
            name="a script",
            type="training",
            script={"entry_point": "train.py", "diff": code},
            hyperparams={RESOURCES_SECTION: section},
        )
        task = self.client.send(tasks.CREATE, request).id
        self.client.send(task_queueing.ENQUEUE, task_queueing.Enqueue(task=task, queue=self.queue[0]))
        return task

    def document(self, task: str) -> tasks.Task:
        """The task."""
        return self.client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task

    def lines(self, task: str) -> list[str]:
        """Its console."""
        log = self.client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task, batch_size=1000)).events
        return [str(event["msg"]) for event in reversed(log)]

    def await_line(self, task: str, pattern: str) -> str:
        """The first line of its console with some words."""
        found: list[str] = []

        def is_there() -> bool:
            found[:] = [line for line in self.lines(task) if re.search(pattern, line)]
            return bool(found)

        wait_until(is_there, f"the console has {pattern!r}", _SECONDS)
        return found[0]

    def await_end(self, task: str) -> tasks.Task:
        """The task when it has a final status and its agent is done with it."""
        ended = ("completed", "failed", "stopped")
        wait_until(lambda: self.document(task).status in ended and not self.daemon.is_busy(), "it ends", _SECONDS)
        return self.document(task)


class TaskTests:
    """The suite."""

    too_much: ClassVar[dict[str, object]]
    """Resources that the cluster takes, and can't give now."""

    job_name: ClassVar[str]
    """What the engine calls itself before the word job."""

    def cancel_elsewhere(self, job: str) -> None:
        """End a job, by its id, as somebody who knows nothing of its agent."""
        raise NotImplementedError("a subclass says how")

    @pytest.fixture
    def work(self, server: RunningServer, engine: Engine, tmp_path: Path) -> Iterator[Work]:
        """An agent at work."""
        with self.working(server, engine, tmp_path) as work:
            yield work

    @contextmanager
    def working(self, server: RunningServer, engine: Engine, folder: Path) -> Iterator[Work]:
        """An agent at work for the length of a block."""
        connection = server.connection

        def connect() -> Client:
            return Client(connection.api_host, connection.access_key, connection.secret_key)

        client = connect()
        [queue] = find_queues(client, [f"cluster {new_id()[:8]}"], create=True)
        daemon = Daemon(
            Service(queues=[queue]),
            connect=connect,
            connection=connection,
            engine=engine,
            settings=AgentSettings(
                name=new_id(),
                cache=folder,
                poll_seconds=0.1,
                report_seconds=0.5,
                abort_seconds=0.2,
                grace_seconds=5.0,
            ),
            say=lambda _: None,
            site=Site(python=sys.executable, folder=folder, is_like_here=True),
        )
        thread = threading.Thread(target=daemon.run, args=([f"{new_id()[:8]}:0"],))
        thread.start()
        try:
            yield Work(client, queue, daemon, folder)
        finally:
            daemon.leave()
            thread.join(_SECONDS)
            client.close()
            assert not thread.is_alive()

    @pytest.fixture(autouse=True)
    def _agents_of_jobs(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """They are quick to look, keep what they keep here, and run tasks in this environment."""
        for name, value in {
            "PELLUCID_HOME": str(tmp_path / "home"),
            "CLEARML_CONFIG_FILE": os.devnull,
            "PELLUCID_AGENT_SKIP_PYTHON_ENV_INSTALL": "1",
            "PELLUCID_AGENT_ABORT_POLL_FREQ_SEC": "0.2",
            "PELLUCID_AGENT_QUEUE_POLL_FREQ_SEC": "0.1",
            "PELLUCID_AGENT_ABORT_GRACE_SEC": "2",
        }.items():
            monkeypatch.setenv(name, value)

    def test_a_task_runs_as_a_job(self, work: Work) -> None:
        """Its console and its end come from there, each line once."""
        task = work.enqueue("print('hello from the job')")

        assert work.await_end(task).status == TaskStatus.completed
        assert work.lines(task).count("hello from the job") == 1

    def test_an_aborted_task_ends_its_processes(self, work: Work) -> None:
        """All of them."""
        task = work.enqueue(WAIT)
        pid = int(work.await_line(task, "^pid ").split()[1])

        work.client.send(task_life.STOP, tasks.ChangeStatus(task=task))

        assert work.await_end(task).status == TaskStatus.stopped
        wait_until(lambda: identify(pid) is None, "its process has ended")

    def test_an_aborted_task_that_waits_gives_up_its_place(self, work: Work) -> None:
        """Its console has said what it waits for."""
        task = work.enqueue(WAIT, **self.too_much)
        work.await_line(task, f"^{self.job_name} job .* waits: ")

        work.client.send(task_life.STOP, tasks.ChangeStatus(task=task))

        assert work.await_end(task).status == TaskStatus.stopped

    def test_a_job_that_is_lost_fails_its_task(self, work: Work) -> None:
        """The status and the last line of the console say so in one sentence."""
        task = work.enqueue(WAIT)
        job = work.await_line(task, f"^{self.job_name} job ").split()[2]
        pid = int(work.await_line(task, "^pid ").split()[1])

        self.cancel_elsewhere(job)

        ended = work.await_end(task)
        assert ended.status == TaskStatus.failed
        assert ended.status_message.startswith(f"{self.job_name} job {job} was ")
        assert work.lines(task)[-1] == f"Pellucid agent: {ended.status_message}"
        wait_until(lambda: identify(pid) is None, "its process has ended")

    def test_nodes_of_one_job_run_what_the_first_launches(self, work: Work) -> None:
        """None of them waits in a queue."""
        task = work.enqueue(_NODES, nodes=2)

        assert work.await_end(task).status == TaskStatus.completed
        assert "node 0 of 2" in work.lines(task)
        query = tasks.GetAll(parent=task, only_fields=["id", "status"], search_hidden=True)
        [node] = work.client.send(tasks.GET_ALL, query).tasks
        assert node["status"] == TaskStatus.completed
        assert "node 1 of 2" in work.lines(node["id"])
