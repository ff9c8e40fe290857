"""The nodes of one job that is to run on several: the first one runs the task, the others what that one launches.

Each node of the job is an agent for one task. Those but the first wait for the clone that ``Task.launch_multi_node``
makes for a node of their rank; it is in no queue, as its place is kept already.
"""

from __future__ import annotations

import time
from typing import Any, Final

from pellucid.client.session import Client
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus

GANG_SIZE: Final = "PELLUCID_GANG_SIZE"
"""Tells the processes of a job for several nodes how many there are."""

_NODE_TAG: Final = "multi_node_instance"
_RANK: Final = "launch_multi_node/node_rank"
_FIELDS: Final = ["id", "status", "runtime"]
_UNDONE: Final = frozenset({TaskStatus.created, TaskStatus.in_progress})
_GONE: Final = frozenset(
    {TaskStatus.completed, TaskStatus.failed, TaskStatus.stopped, TaskStatus.closed, TaskStatus.published}
)


def find_nodes(client: Client, master: str, size: int) -> list[str]:
    """The ids of the tasks of the other nodes, as long as they are not done."""
    return [str(node["id"]) for node in _nodes(client, master) if 0 < _rank(node) < size and node["status"] in _UNDONE]


def await_node(client: Client, master: str, rank: int, poll_seconds: float) -> str | None:
    """Wait until there is a task for a node.

    Args:
        client: the server.
        master: id of the task of the first node.
        rank: of this node.
        poll_seconds: between two looks.

    Returns:
        Its id; ``None`` if the first node's task has ended without one.

    Raises:
        ServerError: the server can't be asked.
    """
    while True:
        status = client.send(tasks.GET_BY_ID, tasks.GetById(task=master)).task.status
        for node in _nodes(client, master):
            if _rank(node) == rank and node["status"] == TaskStatus.created:
                return str(node["id"])
        if status in _GONE:
            return None
        time.sleep(poll_seconds)


def _nodes(client: Client, master: str) -> list[dict[str, Any]]:
    query = tasks.GetAll(parent=master, system_tags=[_NODE_TAG], only_fields=_FIELDS, search_hidden=True)
    return client.send(tasks.GET_ALL, query).tasks


def _rank(node: dict[str, Any]) -> int:
    return int((node.get("runtime") or {}).get(_RANK, 0))
