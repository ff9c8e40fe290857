"""Make a task, or do something to one: run it, stop it, copy it, remove it.

TASK is an id, a name, or project/name; of several with the same name, the one that changed last.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from pellucid.base.errors import UsageError
from pellucid.cli import ls, show, task_create
from pellucid.cli.connection import find_task, open_client
from pellucid.cli.queues import enqueue, find_queue
from pellucid.client.projects import ensure_project
from pellucid.client.session import Client
from pellucid.wire import task_life, task_queueing, tasks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs, of which importing has an option's form too, as existing scripts have it."""
    parser.add_argument("--import-offline-session", metavar="PATH", type=Path, help="the same as: import PATH")
    add_import_options(parser)
    parser.set_defaults(previous_task_id=None, iteration_offset=0, act=_import_by_option, usage=parser.print_usage)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    _verb_of(verbs, "create", "make a task of a script or a repository", task_create)
    _verb_of(verbs, "ls", "list tasks, the ones that changed last first", ls)
    _verb_of(verbs, "show", "show one task: status, parameters, last metrics, artifacts", show)

    importing = verbs.add_parser("import", help="bring an offline session to the server, from its zip file or folder")
    importing.add_argument("session", type=Path, help="the zip file or the folder")
    add_import_options(importing)
    importing.set_defaults(act=lambda arguments: import_session(arguments.session, arguments))

    copy = _verb(verbs, "clone", "make a draft like a task, and print its id", _clone)
    copy.add_argument("--name", help="of the draft (default: Clone Of …)")
    copy.add_argument("--project", help="full name of the draft's project, made if it is missing (default: the same)")
    wait = _verb(verbs, "enqueue", "put a task into a queue, from which an agent takes it", _enqueue)
    wait.add_argument("--queue", required=True, help="id or name")
    _verb(verbs, "dequeue", "take a task out of its queue", _dequeue)
    _verb(verbs, "abort", "ask a running task to stop", _abort)
    again = _verb(verbs, "reset", "make a task a draft again: what it has reported and made is removed", _reset)
    again.add_argument("--force", action="store_true", help="even if it runs or is published")
    _verb(verbs, "publish", "publish a task, and its last model", _publish)
    _verb(verbs, "archive", "put a task away", _archive)
    _verb(verbs, "unarchive", "bring a task back that was put away", _unarchive)
    gone = _verb(verbs, "rm", "delete a task with its models and files", _remove)
    gone.add_argument("--keep-files", action="store_true", help="leave its models, and all files where they are")
    gone.add_argument("--force", action="store_true", help="even if it runs or is published")


def add_import_options(parser: argparse.ArgumentParser) -> None:
    """How a session is imported."""
    parser.add_argument(
        "--previous-task-id", metavar="ID", default=argparse.SUPPRESS, help="import into this task, not a new one"
    )
    parser.add_argument(
        "--iteration-offset", metavar="N", type=int, default=argparse.SUPPRESS, help="add N to all iterations"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    return int(arguments.act(arguments))


def import_session(session: Path, arguments: argparse.Namespace) -> int:
    """Bring an offline session to the server."""
    # Patches libraries to record what they do, for which other commands are no place.
    from pellucid.sdk.task import Task

    Task.import_offline_session(session, arguments.previous_task_id, arguments.iteration_offset)
    return 0


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help_: str,
    act: Callable[[Client, str, argparse.Namespace], str],
) -> argparse.ArgumentParser:
    """A verb that is done to one task, and says what it did."""

    def do(arguments: argparse.Namespace) -> int:
        client = open_client()
        print(act(client, find_task(client, arguments.task), arguments))
        return 0

    parser = verbs.add_parser(name, help=help_, description=f"{help_[0].upper()}{help_[1:]}.")
    parser.add_argument("task", metavar="TASK", help="id, name, or project/name")
    parser.set_defaults(act=do)
    return parser


def _verb_of(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help_: str, module: ModuleType
) -> None:
    """A verb that is a module of its own."""
    parser = verbs.add_parser(name, help=help_)
    module.add_arguments(parser)
    parser.set_defaults(act=module.run)


def _import_by_option(arguments: argparse.Namespace) -> int:
    if arguments.import_offline_session is None:
        arguments.usage()
        return 2
    return import_session(arguments.import_offline_session, arguments)


def _clone(client: Client, task: str, arguments: argparse.Namespace) -> str:
    name = arguments.name or f"Clone Of {client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task.name}"
    project = None if arguments.project is None else ensure_project(client, arguments.project)
    request = task_life.Clone(task=task, new_task_name=name, new_task_parent=task, new_task_project=project)
    return client.send(task_life.CLONE, request).id


def _enqueue(client: Client, task: str, arguments: argparse.Namespace) -> str:
    queue = find_queue(client, arguments.queue)
    enqueue(client, task, queue)
    return f"task {task} waits in the queue {queue.name}"


def _dequeue(client: Client, task: str, _: argparse.Namespace) -> str:
    client.send(task_queueing.DEQUEUE, task_queueing.Dequeue(task=task))
    return f"task {task} waits in no queue"


def _abort(client: Client, task: str, _: argparse.Namespace) -> str:
    client.send(
        task_life.STOP, tasks.ChangeStatus(task=task, status_reason="aborted", status_message="pellucid task abort")
    )
    return f"task {task} is asked to stop"


def _reset(client: Client, task: str, arguments: argparse.Namespace) -> str:
    client.send(tasks.RESET, tasks.Reset(task=task, force=arguments.force))
    return f"task {task} is a draft"


def _publish(client: Client, task: str, _: argparse.Namespace) -> str:
    client.send(task_life.PUBLISH, task_life.Publish(task=task))
    return f"task {task} is published"


def _archive(client: Client, task: str, _: argparse.Namespace) -> str:
    client.send(task_life.ARCHIVE, task_life.Archive(tasks=[task]))
    return f"task {task} is put away"


def _unarchive(client: Client, task: str, _: argparse.Namespace) -> str:
    client.send(task_life.UNARCHIVE, task_life.Archive(tasks=[task]))
    return f"task {task} is back"


def _remove(client: Client, task: str, arguments: argparse.Namespace) -> str:
    found = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    if found.status in ("in_progress", "queued", "published") and not arguments.force:
        raise UsageError(f"task {task} is {found.status}; only with --force is it deleted")
    # Patches libraries to record what they do, for which other commands are no place.
    from pellucid.sdk.task import Task

    Task.get_task(task_id=task).delete(delete_artifacts_and_models=not arguments.keep_files, raise_on_error=True)
    return f"task {task} is deleted"
