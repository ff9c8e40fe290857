"""Tests of ``pellucid.sdk.task_multi_node``: a master and its nodes, run as agents would."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from pellucid import Task, UsageError
from pellucid.client.session import Client
from pellucid.wire import queues
from pellucid.wire.enums import TaskStatus

pytestmark = pytest.mark.usefixtures("configured")

PROJECT = "multi node tests"
KEYS = {"master_addr", "master_port", "total_num_nodes", "queue", "node_rank", "wait", "devices"}
VARIABLES = ("MASTER_ADDR", "MASTER_PORT", "WORLD_SIZE", "RANK", "NODE_RANK", "CLEARML_MULTI_NODE_MASTER")


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """Without what a former launch has set."""
    before = dict(os.environ)
    for name in VARIABLES:
        os.environ.pop(name, None)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def queue(client: Client) -> str:
    """The name of an empty queue."""
    name = f"queue {uuid4().hex}"
    client.send(queues.CREATE, queues.Create(name=name))
    return name


@pytest.fixture
def draft(queue: str, client: Client) -> Task:
    """A task that waits in a queue."""
    task = Task.create(PROJECT, "distributed")
    Task.enqueue(task, queue_name=queue)
    return task


def run_as_agent(task: Task, client: Client, queue: str) -> Task:
    """Take the next task of a queue, which is this one, and run it."""
    queue_id = client.send(queues.GET_BY_NAME, queues.GetByName(name=queue)).queue.id
    entry = client.send(queues.GET_NEXT_TASK, queues.GetNextTask(queue=queue_id)).entry
    assert entry is not None
    assert entry.task == task.id
    for name in VARIABLES:
        os.environ.pop(name, None)
    os.environ["CLEARML_TASK_ID"] = task.id
    return Task.init()


def nodes_of(master: Task) -> list[Task]:
    """The other nodes, by rank."""
    found = Task.get_tasks(task_filter={"parent": master.id, "order_by": ["created"]})
    return sorted(found, key=lambda node: int(node.data.runtime["launch_multi_node/node_rank"]))


def test_m130_m131_m134_m136_m137_m138_m139_master_and_nodes(
    draft: Task, queue: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The master puts a clone for each other node into its own queue, and each node finds out which one it is."""
    monkeypatch.setitem(sys.modules, "torch", None)  # No library is needed for it.
    master = run_as_agent(draft, client, queue)
    known = master.launch_multi_node(3, port=1234, addr="10.0.0.1")

    assert known.keys() == KEYS
    assert (known["node_rank"], known["total_num_nodes"], known["master_port"]) == (0, 3, 1234)
    assert {name: os.environ[name] for name in VARIABLES[:5]} == {
        "MASTER_ADDR": "10.0.0.1",
        "MASTER_PORT": "1234",
        "WORLD_SIZE": "3",
        "RANK": "0",
        "NODE_RANK": "0",
    }
    assert master.launch_multi_node(3, port=1234)["node_rank"] == 0, "a second call launches nothing"
    nodes = nodes_of(master)
    assert [node.status for node in nodes] == ["queued", "queued"]
    assert all(node.get_executed_queue() == draft.get_executed_queue() for node in nodes)
    assert all(node.get_system_tags() == ["multi_node_instance"] for node in nodes)
    assert master.get_parameters()["launch_multi_node/total_num_nodes"] == "3"
    master.close()

    node = run_as_agent(nodes[0], client, queue)
    found = node.launch_multi_node(3)
    assert found == {**known, "node_rank": 1}
    assert (os.environ["RANK"], os.environ["WORLD_SIZE"], os.environ["MASTER_ADDR"]) == ("1", "3", "10.0.0.1")
    assert not nodes_of(node)
    assert node.get_configuration_object_as_dict("multi_node_instance") == {"total_num_nodes": 3, "queue": None}


@pytest.mark.parametrize("place", ["parameters", "configuration"])
def test_m137_what_was_changed_before_the_run_counts(draft: Task, queue: str, client: Client, place: str) -> None:
    """In the one place or the other."""
    if place == "parameters":
        draft.set_parameter("launch_multi_node/total_num_nodes", 2)
    else:
        draft.set_configuration_object("multi_node_instance", config_dict={"total_num_nodes": 2, "queue": None})
    master = run_as_agent(draft, client, queue)

    assert master.launch_multi_node(4)["total_num_nodes"] == 2
    assert len(nodes_of(master)) == 1


def test_m130_without_an_agent() -> None:
    """There is one node and no clone, and the variables are set all the same."""
    task = Task.init(PROJECT, "local", reuse_last_task_id=False)
    known = task.launch_multi_node(2, queue="a queue")

    assert (known["node_rank"], known["queue"], known["total_num_nodes"]) == (0, "a queue", 2)
    assert (os.environ["RANK"], os.environ["WORLD_SIZE"]) == ("0", "2")
    assert not nodes_of(task)


def test_m135_the_master_waits_for_its_nodes(draft: Task, queue: str, client: Client) -> None:
    """They wait in the queue that was named, until they are taken from it."""
    other = f"{queue} of nodes"
    client.send(queues.CREATE, queues.Create(name=other))
    master = run_as_agent(draft, client, queue)
    known: list[dict[str, Any]] = []
    launching = threading.Thread(target=lambda: known.append(master.launch_multi_node(2, queue=other, wait=True)))
    launching.start()
    node = _first_node(master)
    assert node.get_executed_queue(return_name=True) == other
    assert launching.is_alive()

    node.mark_started(force=True)
    launching.join(30)
    assert known
    assert known[0]["wait"]


def test_m135_a_node_that_ends_before_it_begins(draft: Task, queue: str, client: Client) -> None:
    """Is an error of the master's, in place of waiting for ever."""
    master = run_as_agent(draft, client, queue)
    errors: list[str] = []

    def launch() -> None:
        try:
            master.launch_multi_node(2, wait=True)
        except RuntimeError as error:
            errors.append(str(error))

    launching = threading.Thread(target=launch)
    launching.start()
    node = _first_node(master)
    node.mark_failed(force=True, status_message="no GPU")
    launching.join(30)
    assert errors == [f"node {node.id} is failed: no GPU"]


def test_m130_what_cannot_be(draft: Task, queue: str, client: Client) -> None:
    """Is refused with a sentence."""
    with pytest.raises(UsageError, match="does not run in this process"):
        draft.launch_multi_node(2)
    master = run_as_agent(draft, client, queue)
    with pytest.raises(UsageError, match="total_num_nodes is 0"):
        master.launch_multi_node(0)
    with pytest.raises(UsageError, match="there is no queue 'nowhere'"):
        master.launch_multi_node(2, queue="nowhere")
    assert not nodes_of(master)


def _first_node(master: Task) -> Task:
    """The only other node, once it waits."""
    waiting = threading.Event()
    for _ in range(600):
        found = Task.get_tasks(task_filter={"parent": master.id, "status": [TaskStatus.queued]})
        if found:
            return found[0]
        waiting.wait(0.05)
    raise AssertionError("no node was launched")
