"""An agent that goes on: takes tasks from queues and runs them, in one slot or several (protocol §4.1)."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pellucid.agent.execute import Execution
from pellucid.agent.settings import AgentSettings
from pellucid.agent.submission import Site, prepare
from pellucid.agent.worker import Worker
from pellucid.base.connection import Connection
from pellucid.base.errors import PellucidError, UsageError
from pellucid.base.ids import new_id
from pellucid.base.log import trouble
from pellucid.client.session import Client
from pellucid.engines.base import Engine
from pellucid.wire import queues, task_queueing, tasks
from pellucid.wire.enums import TaskStatus

PREEMPTED: Final = "taken from its worker, and back in its queue"
_INTERRUPTED: Final = (TaskStatus.in_progress, TaskStatus.stopped)


@dataclass(frozen=True, kw_only=True)
class Service:
    """What an agent does.

    Attributes:
        queues: ids and names of the queues that it serves, the most important one first.
        fair: whether the queues take turns; else the first one that is not empty has the next task.
        once: whether it ends after one task.
        gpus: for each slot which GPUs its tasks see; ``None`` for all.
    """

    queues: Sequence[tuple[str, str]]
    fair: bool = False
    once: bool = False
    gpus: Sequence[str | None] = (None,)


class Daemon:
    """The slots of one agent."""

    def __init__(
        self,
        service: Service,
        *,
        connect: Callable[[], Client],
        connection: Connection,
        engine: Engine,
        settings: AgentSettings,
        say: Callable[[str], None],
        site: Site | None = None,
    ) -> None:
        """Prepare.

        Args:
            service: what to do.
            connect: opens a client of the server.
            connection: the same server, for the tasks' processes.
            engine: where to run.
            settings: how.
            say: gets a line for whoever started the agent.
            site: what it is like where an engine runs its jobs elsewhere; ``None`` if tasks are prepared here.
        """
        self._service = service
        self._connect = connect
        self._connection = connection
        self._engine = engine
        self._settings = settings
        self._say = say
        self._site = site
        self._scratch = Path(tempfile.gettempdir())
        self._draining = threading.Event()
        self._leaving = threading.Event()
        self._running: dict[str, Execution] = {}
        self._lock = threading.Lock()
        self.failures: list[BaseException] = []

    def drain(self) -> None:
        """Take no more tasks; those that run come to their end."""
        self._draining.set()

    def leave(self) -> None:
        """Go now: tasks that run are stopped and put back into their queues."""
        self._leaving.set()
        self._draining.set()
        with self._lock:
            running = list(self._running.values())
        for execution in running:
            # At the same time: each has its time to end, and whoever has asked may not wait for long.
            threading.Thread(target=execution.stopping.stop, args=(PREEMPTED,)).start()

    def is_busy(self) -> bool:
        """Whether a task runs."""
        with self._lock:
            return bool(self._running)

    def run(self, workers: Sequence[str]) -> None:
        """Work until drained, in a thread for each worker.

        Args:
            workers: ids, one for each slot.
        """
        threads = [
            threading.Thread(target=self._work, args=(worker, gpus), name=worker)
            for worker, gpus in zip(workers, self._service.gpus, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, worker_id: str, gpus: str | None) -> None:
        client = self._connect()
        try:
            worker = Worker(worker_id, [queue for queue, _ in self._service.queues], client, self._settings)
        except PellucidError as error:
            self.failures.append(error)
            self._say(f"worker {worker_id} can't begin: {error}")
            return
        self._say(f"worker {worker_id} serves {', '.join(name for _, name in self._service.queues)}")
        try:
            self._serve(worker, client, gpus)
        finally:
            worker.close()
            client.close()

    def _serve(self, worker: Worker, client: Client, gpus: str | None) -> None:
        turn = 0
        while not self._draining.is_set():
            found = self._next(client, turn)
            if found is None:
                self._draining.wait(self._settings.poll_seconds)
                continue
            task, place = found
            turn = place + 1 if self._service.fair else 0
            self._run(task, place, worker, client, gpus)
            if self._service.once:
                return

    def _next(self, client: Client, turn: int) -> tuple[str, int] | None:
        """The next task, and the place of its queue."""
        count = len(self._service.queues)
        for place in ((turn + step) % count for step in range(count)):
            queue, name = self._service.queues[place]
            try:
                answer = client.send(queues.GET_NEXT_TASK, queues.GetNextTask(queue=queue))
            except PellucidError as error:
                trouble("agent.queue", f"queue {name} can't be asked", error)
                continue
            if answer.entry is not None:
                return answer.entry.task, place
        return None

    def _run(self, task: str, place: int, worker: Worker, client: Client, gpus: str | None) -> None:
        queue, name = self._service.queues[place]
        folder = self._scratch / f"pellucid-task-{new_id()}"
        execution = prepare(
            task,
            client=client,
            connection=self._connection,
            engine=self._engine,
            settings=self._settings,
            worker=worker.id,
            site=self._site,
            folder=folder,
            queue=queue,
            gpus=gpus,
        )
        try:
            if client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task.status != TaskStatus.queued:
                self._say(f"task {task} does not wait any more, and is left alone")
                return
            with self._lock:
                self._running[worker.id] = execution
            if self._leaving.is_set():
                execution.stopping.stop(PREEMPTED)
            self._say(f"task {task} from {name} begins")
            worker.begin(task, queue)
            code = execution.run()
            self._say(f"task {task} ended with exit code {code}")
        except PellucidError as error:
            trouble("agent.task", f"task {task} could not be run", error)
        finally:
            if execution.is_preempted or execution.stopping.reason == PREEMPTED:
                self._put_back(client, task, queue)
            with self._lock:
                self._running.pop(worker.id, None)
            worker.end()
            shutil.rmtree(folder, ignore_errors=True)

    def _put_back(self, client: Client, task: str, queue: str) -> None:
        """Unless it came to its end all the same, or somebody has done something else with it."""
        request = task_queueing.Enqueue(task=task, queue=queue, force=True, status_reason=PREEMPTED)
        try:
            if client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task.status not in _INTERRUPTED:
                return
            client.send(task_queueing.ENQUEUE, request)
            client.send(queues.MOVE_TASK_TO_FRONT, queues.QueueAndTask(queue=queue, task=task))
        except PellucidError as error:
            trouble("agent.queue", f"task {task} could not be put back", error)


def find_queues(client: Client, names: Sequence[str], *, create: bool) -> list[tuple[str, str]]:
    """Ids and names of queues.

    Args:
        client: the server.
        names: names or ids; the default queue if there are none.
        create: whether those that are missing are made.

    Raises:
        UsageError: one of them does not exist.
    """
    if not names:
        default = client.send(queues.GET_DEFAULT, queues.GetDefault())
        return [(default.id, default.name)]
    found = []
    for name in names:
        known = client.send(queues.GET_ALL, queues.GetAll(only_fields=["id", "name"])).queues
        match = next((queue for queue in known if name in (queue["id"], queue["name"])), None)
        if match is None and create:
            made = client.send(queues.CREATE, queues.Create(name=name))
            match = {"id": made.id, "name": name}
        if match is None:
            known_names = ", ".join(sorted(str(queue["name"]) for queue in known))
            raise UsageError(f"there is no queue {name!r}; there are: {known_names}")
        found.append((str(match["id"]), str(match["name"])))
    return found
