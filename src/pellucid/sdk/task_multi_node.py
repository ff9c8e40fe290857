"""The part of ``Task`` that runs on several machines at once (seed, Distributed Execution; sdk-surface §1.14)."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_count, check_flag, check_text
from pellucid.sdk.multi_node import MASTER_MARK, Node, check_devices, find_node, master_address, master_port
from pellucid.sdk.servers import reachable_client
from pellucid.sdk.session import say
from pellucid.sdk.task_functions import FunctionMethods
from pellucid.sdk.task_queueing import find_queue
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus

SECTION: Final = "launch_multi_node"
ENTRY: Final = "multi_node_instance"
"""The name of the configuration object, and the system tag of the nodes (sdk-surface, clash C7)."""

GANG_SIZE: Final = "PELLUCID_GANG_SIZE"
"""How many nodes the job has that this task runs in; those that the job has already wait in no queue for an agent."""

_POLL_SECONDS: Final = 2.0
_LOST: Final = (TaskStatus.failed, TaskStatus.stopped, TaskStatus.closed)
_WAITING: Final = (TaskStatus.created, TaskStatus.queued)


class MultiNodeMethods(FunctionMethods):
    """Several nodes."""

    if TYPE_CHECKING:

        def connect(self, mutable: Any, name: str | None = None, ignore_remote_overrides: bool = False) -> Any: ...
        def connect_configuration(
            self, configuration: dict[str, Any], name: str | None = None, *, ignore_remote_overrides: bool = False
        ) -> dict[str, Any]: ...
        def _set_runtime(self, **values: object) -> None: ...

    def launch_multi_node(
        self,
        total_num_nodes: int,
        port: int | None = 29500,
        queue: str | None = None,
        wait: bool = False,
        addr: str | None = None,
        devices: int | Sequence[int] | None = None,
        hide_children: bool = False,
    ) -> dict[str, Any]:
        """Have other agents run this script at the same time (seed, Distributed Execution).

        Under an agent the first call, the master's, puts clones of the task into a queue, one for each other node.
        Sets ``MASTER_ADDR``, ``MASTER_PORT``, ``WORLD_SIZE``, ``RANK`` and ``NODE_RANK``, so that it belongs before
        whatever reads them. Without an agent there is one node only, and no clone.

        Args:
            total_num_nodes: all of them; ``total_num_nodes`` in the parameters ``launch_multi_node`` or in the
                configuration ``multi_node_instance`` of the task counts in its place.
            port: where the master listens; ``CLEARML_MULTI_NODE_MASTER_DEF_PORT`` or ``MASTER_PORT`` count first.
            queue: name of the queue for the other nodes; the master's own by default.
            wait: wait until the other nodes have started.
            addr: where the master is; ``CLEARML_MULTI_NODE_MASTER_DEF_ADDR`` or ``MASTER_ADDR`` count first; by
                default the address of this machine.
            devices: processes that each node is going to start, or a list of their devices; 1 by default.
            hide_children: keep the other nodes out of lists of tasks.

        Returns:
            ``master_addr``, ``master_port``, ``total_num_nodes``, ``queue``, ``node_rank``, ``wait`` and ``devices``.

        Raises:
            UsageError: an argument can't be used, the task does not run here, or there is no such queue.
            RuntimeError: ``wait`` is set, and a node ended before it had begun.
            ServerError: the server is away or said no.
        """
        check_count("total_num_nodes", total_num_nodes, least=1)
        if queue is not None:
            check_text("queue", queue)
        session = self._session
        if session is None:
            raise UsageError(f"launch_multi_node: task {self.id} does not run in this process")
        wanted = {"total_num_nodes": total_num_nodes, "queue": queue}
        settled = self._settled_wishes(wanted)
        node = find_node(self._record.document().runtime) if session.remote else None
        if node is None:
            node = Node(
                total_num_nodes=check_count("total_num_nodes", settled["total_num_nodes"], least=1),
                queue=settled["queue"] or None,
                master_addr=master_address(addr, os.environ),
                master_port=master_port(29500 if port is None else port, os.environ),
                wait=check_flag("wait", wait),
                devices=check_devices(devices),
            )
            if session.remote and MASTER_MARK not in os.environ:
                self._launch(node, hidden=check_flag("hide_children", hide_children))
        os.environ.update(node.variables(os.environ))
        known: dict[str, Any] = msgspec.to_builtins(node)
        return known

    def _settled_wishes(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """What holds: what was changed on the task in the one place or the other, else what the program says."""
        parameters = dict(self.connect(dict(wanted), name=SECTION))
        is_new = ENTRY not in self._record.document().configuration
        entry = dict(self.connect_configuration(dict(wanted), name=ENTRY, ignore_remote_overrides=is_new))
        return {
            name: entry[name] if entry.get(name, given) != given else parameters[name] for name, given in wanted.items()
        }

    def _launch(self, master: Node, *, hidden: bool) -> None:
        queue = find_queue(reachable_client()[0], master.queue, None) if master.queue else self.get_executed_queue()
        if queue is None:
            raise UsageError(f"queue is None, and task {self.id} was in none; give the name of a queue")
        self._set_runtime(**master.runtime())
        nodes = [
            self._node(msgspec.structs.replace(master, node_rank=rank), queue, hidden=hidden)
            for rank in range(1, master.total_num_nodes)
        ]
        os.environ[MASTER_MARK] = "1"
        say(f"Task: {len(nodes)} other nodes wait to be run")
        if master.wait:
            self._await_nodes(nodes)

    def _node(self, node: Node, queue: str, *, hidden: bool) -> str:
        clone = self._cloned_now(name=f"{self.name} (node {node.node_rank})", parent=self)
        tags = [*clone._record.document().system_tags, ENTRY, *(["hidden"] if hidden else [])]
        request = tasks.Edit(task=clone.id, force=True, runtime=node.runtime(), system_tags=tags)
        clone._record.change(tasks.EDIT, request)
        if node.node_rank >= int(os.environ.get(GANG_SIZE) or 1):
            clone.enqueue(clone, queue_id=queue)
        return clone.id

    def _await_nodes(self, nodes: list[str]) -> None:
        waiting: list[str | None] = [*nodes]
        while waiting:
            time.sleep(_POLL_SECONDS)
            query = tasks.GetAll(id=waiting, only_fields=["id", "status", "status_message"], search_hidden=True)
            found = self._record.client().send(tasks.GET_ALL, query).tasks
            for node in found:
                if node["status"] in _LOST:
                    raise RuntimeError(f"node {node['id']} is {node['status']}: {node.get('status_message') or ''}")
            waiting = [str(node["id"]) for node in found if node["status"] in _WAITING]
