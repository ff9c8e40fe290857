"""The part of ``Task`` that deals with copies and queues (seed, Cloning and Executing Tasks; sdk-surface §1.11)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_flag, check_name, check_text
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.servers import reachable_client
from pellucid.wire import queues, task_life, task_queueing

if TYPE_CHECKING:
    from pellucid.client.session import Client


class QueueingMethods:
    """Copies of tasks, and the queues that agents take tasks from."""

    _record: TaskRecord

    if TYPE_CHECKING:

        @property
        def id(self) -> str: ...
        @property
        def name(self) -> str: ...
        @classmethod
        def get_task(cls, task_id: str) -> Self: ...
        @classmethod
        def _stored(cls, task_id: str, client: Client, connection: Connection) -> Self: ...

    @classmethod
    def clone(
        cls,
        source_task: QueueingMethods | str,
        name: str | None = None,
        comment: str | None = None,
        parent: QueueingMethods | str | None = None,
        project: str | None = None,
    ) -> Self:
        """Make a draft like a task: what it is to execute, its parameters, configuration and input models, but nothing
        of what it reported (seed, Cloning a Task).

        Args:
            source_task: a task or its id.
            name: of the draft; ``Clone Of <name>`` by default.
            comment: of the draft; the source's by default.
            parent: a task or its id; by default the source's parent, or the source if it has none.
            project: id of a project; the source's by default.

        Raises:
            UsageError: there is no such task, or an argument is something else.
            ServerError: the server is away or said no.
        """
        source = cls._meant("source_task", source_task)
        client, connection = reachable_client()
        document = source._record.document()
        source._record.client()  # waits until the server has what this process has changed
        above = cls._meant("parent", parent).id if parent is not None else None
        request = task_life.Clone(
            task=document.id,
            new_task_name=f"Clone Of {document.name}" if name is None else check_name("name", name),
            new_task_comment=None if comment is None else str(comment),
            new_task_parent=above or (None if document.parent else document.id),
            new_task_project=None if project is None else check_text("project", project),
        )
        return cls._stored(client.send(task_life.CLONE, request).id, client, connection)

    @classmethod
    def enqueue(
        cls,
        task: QueueingMethods | str,
        queue_name: str | None = None,
        queue_id: str | None = None,
        force: bool = False,
    ) -> task_queueing.EnqueueResponse:
        """Put a task at the end of a queue, from which an agent takes it (seed, Enqueuing a Task).

        Args:
            task: a task or its id; a draft, or one that was stopped or reset.
            queue_name: name of the queue; or else:
            queue_id: its id.
            force: whatever the status of the task is.

        Returns:
            The server's answer: ``queued`` is 1, and ``fields`` are those that have changed.

        Raises:
            UsageError: there is no such task or queue, or not exactly one of name and id is given.
            ServerError: the server is away, or says no to the task's status.
        """
        client, _ = reachable_client()
        queue = find_queue(client, queue_name, queue_id)
        request = task_queueing.Enqueue(task=cls._meant("task", task).id, queue=queue, force=check_flag("force", force))
        return client.send(task_queueing.ENQUEUE, request)

    @classmethod
    def dequeue(cls, task: QueueingMethods | str) -> task_queueing.DequeueResponse:
        """Take a task out of the queue that it waits in; it becomes what it was before.

        Returns:
            The server's answer: ``dequeued`` is 1.

        Raises:
            UsageError: there is no such task.
            ServerError: the server is away, or the task waits in no queue.
        """
        client, _ = reachable_client()
        return client.send(task_queueing.DEQUEUE, task_queueing.Dequeue(task=cls._meant("task", task).id))

    @classmethod
    def get_num_enqueued_tasks(cls, queue_name: str | None = None, queue_id: str | None = None) -> int:
        """How many tasks wait in a queue. Arguments and errors as for ``enqueue``."""
        client, _ = reachable_client()
        queue = find_queue(client, queue_name, queue_id)
        return client.send(queues.GET_NUM_ENTRIES, queues.OfQueue(queue=queue)).num

    def get_executed_queue(self, return_name: bool = False) -> str | None:
        """The queue that the task was put into last.

        Args:
            return_name: its name in place of its id.

        Returns:
            Id or name; ``None`` for a task that was never in a queue, or if its name is wanted of one that is gone.
        """
        queue: str | None = self._record.document().execution.get("queue") or None
        if queue is None or not check_flag("return_name", return_name):
            return queue
        found = reachable_client()[0].send(queues.GET_ALL, queues.GetAll(id=[queue], only_fields=["name"])).queues
        return str(found[0]["name"]) if found else None

    @classmethod
    def _meant(cls, argument: str, given: Any) -> QueueingMethods:
        """The task that is given by itself or by its id."""
        if isinstance(given, QueueingMethods):
            return given
        if not isinstance(given, str) or not given:
            raise UsageError(f"{argument} is {given!r}; allowed are a task, or the id of one")
        return cls.get_task(given)


def find_queue(client: Client, queue_name: str | None, queue_id: str | None) -> str:
    """The id of the queue that a program means, by exactly one of name and id.

    Raises:
        UsageError: both or none are given, or there is no such queue.
    """
    if (queue_name is None) == (queue_id is None):
        raise UsageError(f"queue_name is {queue_name!r} and queue_id is {queue_id!r}; give exactly one of them")
    if queue_name is not None:
        name = check_text("queue_name", queue_name)
        query = queues.GetAll(name=f"^{re.escape(name)}$", only_fields=["id"])
    else:
        query = queues.GetAll(id=[check_text("queue_id", queue_id)], only_fields=["id"])
    found = client.send(queues.GET_ALL, query).queues
    if found:
        return str(found[0]["id"])
    known = client.send(queues.GET_ALL, queues.GetAll(only_fields=["name"])).queues
    names = ", ".join(sorted(str(one["name"]) for one in known)) or "none"
    argument, value = ("queue_name", queue_name) if queue_name is not None else ("queue_id", queue_id)
    raise UsageError(f"{argument}: there is no queue {value!r}; there are: {names}")
