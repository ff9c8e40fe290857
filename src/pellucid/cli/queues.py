"""What commands do with queues."""

from __future__ import annotations

from typing import NamedTuple

from pellucid.base.errors import UsageError
from pellucid.base.ids import is_id
from pellucid.cli.connection import exactly
from pellucid.client.session import Client
from pellucid.wire import queues, task_queueing


class Queue(NamedTuple):
    """A queue by id and name."""

    id: str
    name: str


def find_queue(client: Client, words: str) -> Queue:
    """The queue that a person means.

    Args:
        client: the server to ask.
        words: an id or a name.

    Raises:
        UsageError: there is none; names those that there are.
    """
    query = queues.GetAll(id=[words]) if is_id(words) else queues.GetAll(name=exactly(words))
    found = client.send(queues.GET_ALL, query).queues
    if not found:
        names = sorted(str(one["name"]) for one in client.send(queues.GET_ALL, queues.GetAll()).queues)
        raise UsageError(f"no queue {words!r}; there are {', '.join(names) or 'none'}")
    return Queue(str(found[0]["id"]), str(found[0]["name"]))


def enqueue(client: Client, task: str, queue: Queue) -> None:
    """Put a task at the end of a queue."""
    client.send(task_queueing.ENQUEUE, task_queueing.Enqueue(task=task, queue=queue.id))
