"""An agent that serves queues: a real server, real processes."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pellucid.agent.daemon import PREEMPTED, Daemon, Service, find_queues
from pellucid.agent.settings import AgentSettings
from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.base.ids import new_id
from pellucid.client.session import Client
from pellucid.engines.local import LocalEngine
from pellucid.testing.run_folder import wait_until
from pellucid.wire import events, queues, task_queueing, tasks, workers
from pellucid.wire.enums import TaskStatus

MakeDaemon = Callable[..., Daemon]


@pytest.fixture
def served(client: Client) -> list[tuple[str, str]]:
    """Two new queues, by id and name."""
    names = [f"{name} {new_id()[:8]}" for name in ("high", "low")]
    return find_queues(client, names, create=True)


@pytest.fixture
def daemon(
    client: Client, connection: Connection, settings: AgentSettings, served: list[tuple[str, str]]
) -> MakeDaemon:
    """Makes one."""

    def make(**service: Any) -> Daemon:
        return Daemon(
            Service(queues=service.pop("queues", served), **service),
            connect=lambda: Client(connection.api_host, connection.access_key, connection.secret_key),
            connection=connection,
            engine=LocalEngine(),
            settings=settings,
            say=lambda _: None,
        )

    return make


@contextmanager
def working(daemon: Daemon, *names: str) -> Iterator[None]:
    """Let it work while the block runs, then drain it."""
    thread = threading.Thread(target=daemon.run, args=(names,))
    thread.start()
    try:
        yield
    finally:
        daemon.drain()
        thread.join(60)
        assert not thread.is_alive()


def enqueued(client: Client, queue: tuple[str, str], code: str = "print('done')") -> str:
    """A task that waits."""
    script = {"entry_point": "train.py", "diff": code}
    task = client.send(tasks.CREATE, tasks.Create(name="a script", type="training", script=script)).id
    client.send(task_queueing.ENQUEUE, task_queueing.Enqueue(task=task, queue=queue[0]))
    return task


def document(client: Client, task: str) -> tasks.Task:
    """The task."""
    return client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task


def console(client: Client, task: str) -> list[str]:
    """Its lines."""
    log = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task, order="asc")).events
    return [str(event["msg"]) for event in log]


def statuses(client: Client, ids: list[str]) -> set[str]:
    """Of tasks."""
    return {str(document(client, task).status) for task in ids}


def order(client: Client, ids: list[str]) -> list[str]:
    """The tasks in the order in which they began."""
    return sorted(ids, key=lambda task: str(document(client, task).started))


def registered(client: Client) -> dict[str, workers.Worker]:
    """The workers by id."""
    return {worker.id: worker for worker in client.send(workers.GET_ALL, workers.GetAll()).workers}


@pytest.mark.parametrize("fair", [False, True])
def test_m119_tasks_are_taken_in_order(
    client: Client, daemon: MakeDaemon, served: list[tuple[str, str]], fair: bool
) -> None:
    """Those of the more important queue first, or in turns; each once."""
    high, low = served
    waiting = [enqueued(client, queue) for queue in (low, low, high, high)]
    with working(daemon(fair=fair), f"order-{fair}:0"):
        wait_until(lambda: statuses(client, waiting) == {"completed"}, "all are done", 60)
    first_low, second_low, first_high, second_high = waiting
    expected = (
        [first_high, first_low, second_high, second_low] if fair else [first_high, second_high, first_low, second_low]
    )
    assert order(client, waiting) == expected


def test_a_worker_is_known_while_it_works(client: Client, daemon: MakeDaemon, served: list[tuple[str, str]]) -> None:
    """With what it runs, and gone afterwards."""
    with working(daemon(), "known:0"):
        wait_until(lambda: "known:0" in registered(client), "it is registered")
        task = enqueued(client, served[0], "import time; print('ready', flush=True); time.sleep(2)")

        def runs() -> bool:
            running = registered(client)["known:0"].task
            return running is not None and running.id == task

        wait_until(runs, "it says what it runs")
        assert document(client, task).last_worker == "known:0"
    assert "known:0" not in registered(client)
    assert document(client, task).status == TaskStatus.completed


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ({"repository": "/nowhere"}, "/nowhere can't be fetched: check its address"),
        ({"diff": "pass", "entry_point": "train.py 'x"}, "can't be read (No closing quotation): set another one"),
        ({"diff": "pass", "working_dir": "../.."}, "../.. is outside of the task's code"),
        ({"diff": "  "}, "the task has neither a repository nor a script of its own"),
    ],
)
def test_a_task_that_cannot_run_holds_nobody_up(
    client: Client, daemon: MakeDaemon, served: list[tuple[str, str]], script: dict[str, str], sentence: str
) -> None:
    """The next one runs; this one says why at the end of its console, and in its status."""
    bad = client.send(tasks.CREATE, tasks.Create(name="bad", type="training", script=script)).id
    client.send(task_queueing.ENQUEUE, task_queueing.Enqueue(task=bad, queue=served[0][0]))
    good = enqueued(client, served[0])
    with working(daemon(), "bad:0"):
        wait_until(lambda: document(client, good).status == TaskStatus.completed, "the good one is done")
    found = document(client, bad)
    assert found.status == TaskStatus.failed
    assert sentence in found.status_message
    assert console(client, bad)[-1] == f"Pellucid agent: {found.status_message}"


def test_no_place_for_a_task_s_files(
    client: Client, daemon: MakeDaemon, served: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Is nothing that ends the agent."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    bad = enqueued(client, served[0])
    with working(daemon(), "placeless:0"):
        wait_until(lambda: document(client, bad).status == TaskStatus.failed, "it has failed")
        (tmp_path / "gone").mkdir()
        good = enqueued(client, served[0])
        wait_until(lambda: document(client, good).status == TaskStatus.completed, "the next one is done")
    assert "No such file or directory" in document(client, bad).status_message


def test_one_task_and_no_more(client: Client, daemon: MakeDaemon, served: list[tuple[str, str]]) -> None:
    """If that is asked for."""
    waiting = [enqueued(client, served[0]) for _ in range(2)]
    daemon(once=True).run(["once:0"])
    assert statuses(client, waiting) == {"completed", "queued"}


def test_several_slots(client: Client, daemon: MakeDaemon, served: list[tuple[str, str]]) -> None:
    """Run several tasks at a time, each once."""
    code = "import time; time.sleep(0.5); print('once')"
    waiting = [enqueued(client, served[0], code) for _ in range(6)]
    with working(daemon(gpus=["0", "1", "2"]), "slot:0", "slot:1", "slot:2"):
        wait_until(lambda: statuses(client, waiting) == {"completed"}, "all are done", 60)
    for task in waiting:
        log = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task)).events
        assert sum(event["msg"] == "once" for event in log) == 1
    assert len({document(client, task).last_worker for task in waiting}) > 1


def test_an_agent_that_has_to_go(client: Client, daemon: MakeDaemon, served: list[tuple[str, str]]) -> None:
    """Puts its task back where it was: at the head of its queue."""
    task = enqueued(client, served[1], "import time; print('ready', flush=True); time.sleep(600)")
    later = enqueued(client, served[1])
    agent = daemon()
    with working(agent, "leaving:0"):
        wait_until(lambda: "ready" in console(client, task), "it runs")
        agent.leave()
    found = document(client, task)
    assert (found.status, found.status_reason) == (TaskStatus.queued, PREEMPTED)
    queue = client.send(queues.GET_BY_ID, queues.GetById(queue=served[1][0])).queue
    assert [entry.task for entry in queue.entries] == [task, later]


def test_an_agent_that_has_to_go_with_several_tasks(
    client: Client, daemon: MakeDaemon, served: list[tuple[str, str]], settings: AgentSettings
) -> None:
    """Gives all of them the same time to end."""
    code = "import signal, time; signal.signal(15, lambda *_: print('asked', flush=True)); print('ready', flush=True)"
    waiting = [enqueued(client, served[1], f"{code}\nwhile True: time.sleep(600)") for _ in range(2)]
    agent = daemon(gpus=["0", "1"])
    with working(agent, "many:0", "many:1"):
        wait_until(lambda: all("ready" in console(client, task) for task in waiting), "they run")
        agent.leave()
        wait_until(lambda: all("asked" in console(client, task) for task in waiting), "both are asked", 4)
    assert statuses(client, waiting) == {"queued"}


def test_a_task_that_is_done_does_not_wait_again(
    client: Client, daemon: MakeDaemon, served: list[tuple[str, str]]
) -> None:
    """It says itself that it is, and the agent goes before its process has ended."""
    task = enqueued(client, served[0], "import time; print('ready', flush=True); time.sleep(600)")
    agent = daemon()
    with working(agent, "done:0"):
        wait_until(lambda: any("ready" in line for line in console(client, task)), "it runs")
        client.send(tasks.COMPLETED, tasks.Completed(task=task, force=True))
        agent.leave()
    assert document(client, task).status == TaskStatus.completed


def test_queues_that_are_not_there(client: Client) -> None:
    """Are an error that names those that are; or they are made."""
    name = f"new {new_id()[:8]}"
    with pytest.raises(UsageError, match=f"no queue '{name}'; there are: .*default"):
        find_queues(client, [name], create=False)
    made = find_queues(client, [name], create=True)
    assert find_queues(client, [made[0][0]], create=False) == made
    assert find_queues(client, [], create=False)[0][1] == "default"


def test_an_agent_without_a_server(settings: AgentSettings, connection: Connection) -> None:
    """Ends, and says why."""
    gone = msgspec.structs.replace(connection, api_host="http://127.0.0.1:9")
    daemon = Daemon(
        Service(queues=[("a", "a")]),
        connect=lambda: Client(gone.api_host, "key", "secret"),
        connection=gone,
        engine=LocalEngine(),
        settings=settings,
        say=lambda _: None,
    )
    daemon.run(["gone:0"])
    assert len(daemon.failures) == 1
