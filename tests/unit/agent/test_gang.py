"""Nodes of one job find their tasks."""

from __future__ import annotations

import threading

from pellucid.agent.gang import await_node, find_nodes
from pellucid.client.session import Client
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus


def made(client: Client, parent: str | None = None, rank: int = 0) -> str:
    """A task, or that of a node that it has launched."""
    runtime = {"launch_multi_node/node_rank": rank} if rank else {}
    tags = ["multi_node_instance"] if rank else []
    task = client.send(tasks.CREATE, tasks.Create(name="node", type="training", parent=parent, system_tags=tags)).id
    client.send(tasks.EDIT, tasks.Edit(task=task, force=True, runtime=runtime))
    return task


def test_a_node_waits_for_the_task_of_its_rank(client: Client) -> None:
    """Others are for others."""
    master = made(client)
    client.send(tasks.STARTED, tasks.ChangeStatus(task=master))
    found: list[str | None] = []
    waiting = threading.Thread(target=lambda: found.append(await_node(client, master, 2, 0.01)))
    waiting.start()

    nodes = [made(client, master, rank) for rank in (1, 2)]

    waiting.join(30)
    assert found == [nodes[1]]


def test_a_node_that_nobody_needs(client: Client) -> None:
    """Hears so when the first one is done."""
    master = made(client)
    client.send(tasks.STARTED, tasks.ChangeStatus(task=master))
    client.send(tasks.FAILED, tasks.ChangeStatus(task=master))
    assert await_node(client, master, 1, 0.01) is None


def test_nodes_that_are_not_done(client: Client) -> None:
    """Are those of the job that have no final status."""
    master = made(client)
    nodes = [made(client, master, rank) for rank in (1, 2, 3)]
    client.send(tasks.STARTED, tasks.ChangeStatus(task=nodes[0]))
    client.send(tasks.FAILED, tasks.ChangeStatus(task=nodes[0]))

    assert find_nodes(client, master, 3) == [nodes[1]]
    assert {str(TaskStatus.failed)} == {client.send(tasks.GET_BY_ID, tasks.GetById(task=nodes[0])).task.status}
