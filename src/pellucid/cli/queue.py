"""List queues, make and remove them, and change the order in which tasks wait.

QUEUE is an id or a name. TASK is an id, a name, or project/name.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

from pellucid.agent.submission import RESOURCES_KEY
from pellucid.base.errors import UsageError
from pellucid.cli.connection import add_json_option, find_task, open_client
from pellucid.cli.output import ago, print_json, print_table
from pellucid.cli.queues import find_queue
from pellucid.client.session import Client
from pellucid.engines.resources import read_resources
from pellucid.wire import queues
from pellucid.wire.metadata import MetadataItem

_PLACES: Final = {
    "front": queues.MOVE_TASK_TO_FRONT,
    "back": queues.MOVE_TASK_TO_BACK,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    add_json_option(_verb(verbs, "ls", "list queues, with how many tasks wait and who serves them", _list))
    _verb(verbs, "create", "make a queue, and print its id", _create).add_argument("name", metavar="NAME")
    gone = _queue_verb(verbs, "rm", "remove a queue", _remove)
    gone.add_argument("--force", action="store_true", help="even if tasks wait in it, which become what they were")
    add_json_option(_queue_verb(verbs, "show", "list what waits in a queue, the next task first", _show))
    move = _queue_verb(verbs, "move", "change the place of a task that waits", _move)
    move.add_argument("task", metavar="TASK", help="id, name, or project/name")
    move.add_argument("place", choices=sorted(_PLACES), help="where to")
    needs = _queue_verb(
        verbs, "resources", "say what jobs of a queue's tasks need of a cluster, and print it", _resources
    )
    needs.add_argument("wishes", nargs="*", metavar="NAME=VALUE", help="such as gpus=1; nothing after = takes it back")
    again = _queue_verb(
        verbs, "retries", "say how often tasks of a queue are run again if their worker is lost, and print it", _retries
    )
    again.add_argument("number", nargs="?", type=int, metavar="N", help="0 for never, which is the default")
    _queue_verb(verbs, "clear", "send all that waits in a queue back to where it came from", _clear)


def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    arguments.act(open_client(), arguments)
    return 0


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help_: str,
    act: Callable[[Client, argparse.Namespace], None],
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=help_, description=f"{help_[0].upper()}{help_[1:]}.")
    parser.set_defaults(act=act)
    return parser


def _queue_verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help_: str,
    act: Callable[[Client, argparse.Namespace], None],
) -> argparse.ArgumentParser:
    parser = _verb(verbs, name, help_, act)
    parser.add_argument("queue", metavar="QUEUE", help="id or name")
    return parser


def _list(client: Client, arguments: argparse.Namespace) -> None:
    found = client.send(queues.GET_ALL_EX, queues.GetAll(order_by=["name"])).queues
    if arguments.json:
        print_json(found)
        return
    print_table(["ID", "NAME", "WAITING", "WORKERS"], [_row(queue) for queue in found], right=[2])


def _row(queue: dict[str, Any]) -> list[str]:
    workers = ", ".join(str(worker["name"]) for worker in queue["workers"])
    return [queue["id"], queue["name"], str(len(queue["entries"])), workers or "-"]


def _create(client: Client, arguments: argparse.Namespace) -> None:
    print(client.send(queues.CREATE, queues.Create(name=arguments.name)).id)


def _remove(client: Client, arguments: argparse.Namespace) -> None:
    queue = find_queue(client, arguments.queue)
    client.send(queues.DELETE, queues.Delete(queue=queue.id, force=arguments.force))
    print(f"queue {queue.name} is gone")


def _show(client: Client, arguments: argparse.Namespace) -> None:
    queue = find_queue(client, arguments.queue)
    (found,) = client.send(queues.GET_ALL_EX, queues.GetAll(id=[queue.id])).queues
    if arguments.json:
        print_json(found)
    elif not found["entries"]:
        print(f"Nothing waits in {queue.name}.")
    else:
        rows = [[entry["task"]["id"], entry["task"]["name"], ago(entry["added"])] for entry in found["entries"]]
        print_table(["TASK", "NAME", "WAITING"], rows, right=[2])


def _move(client: Client, arguments: argparse.Namespace) -> None:
    queue, task = find_queue(client, arguments.queue), find_task(client, arguments.task)
    moved = client.send(_PLACES[arguments.place], queues.QueueAndTask(queue=queue.id, task=task))
    print(f"task {task} is at place {moved.position + 1} of queue {queue.name}")


def _resources(client: Client, arguments: argparse.Namespace) -> None:
    queue = find_queue(client, arguments.queue)
    wishes = dict(_wish(word) for word in arguments.wishes)
    try:
        read_resources(wishes)
    except ValueError as error:
        raise UsageError(str(error)) from error
    items = [MetadataItem(key=f"{RESOURCES_KEY}{name}", value=value) for name, value in wishes.items()]
    if items:
        client.send(queues.ADD_OR_UPDATE_METADATA, queues.AddOrUpdateMetadata(queue=queue.id, metadata=items))
    found = client.send(queues.GET_BY_ID, queues.GetById(queue=queue.id)).queue.metadata
    for key, item in sorted(found.items()):
        if key.startswith(RESOURCES_KEY) and item.value:
            print(f"{key.removeprefix(RESOURCES_KEY)}={item.value}")


def _retries(client: Client, arguments: argparse.Namespace) -> None:
    queue = find_queue(client, arguments.queue)
    if arguments.number is not None:
        if arguments.number < 0:
            raise UsageError(f"N is {arguments.number}; it has to be 0 or more")
        item = MetadataItem(key=queues.RETRIES_KEY, value=str(arguments.number))
        client.send(queues.ADD_OR_UPDATE_METADATA, queues.AddOrUpdateMetadata(queue=queue.id, metadata=[item]))
    found = client.send(queues.GET_BY_ID, queues.GetById(queue=queue.id)).queue.metadata.get(queues.RETRIES_KEY)
    print((found and found.value) or "0")


def _wish(word: str) -> tuple[str, str]:
    name, separator, value = word.partition("=")
    if not separator:
        raise UsageError(f"{word!r} is no resource; it has to be NAME=VALUE, such as gpus=1")
    return name, value


def _clear(client: Client, arguments: argparse.Namespace) -> None:
    queue = find_queue(client, arguments.queue)
    removed = client.send(queues.CLEAR_QUEUE, queues.OfQueue(queue=queue.id)).removed_tasks
    print(f"{len(removed)} tasks wait no more in queue {queue.name}")
