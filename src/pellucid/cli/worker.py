"""List the workers that serve queues, with what they run."""

from __future__ import annotations

import argparse

from pellucid.cli.connection import add_json_option, open_client
from pellucid.cli.output import ago, print_json, print_table
from pellucid.wire import workers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    add_json_option(verbs.add_parser("ls", help="list the workers that are there"))


def run(arguments: argparse.Namespace) -> int:
    """Print the table."""
    found = open_client().send(workers.GET_ALL, workers.GetAll(last_seen=0)).workers
    if arguments.json:
        print_json(found)
    elif not found:
        print("No workers; pellucid agent --queue QUEUE is one.")
    else:
        print_table(["WORKER", "QUEUES", "TASK", "SEEN"], [_row(worker) for worker in found], right=[3])
    return 0


def _row(worker: workers.Worker) -> list[str]:
    served = ", ".join(queue.name for queue in worker.queues)
    running = "-" if worker.task is None else f"{worker.task.name} ({worker.task.id})"
    return [worker.id, served or "-", running, ago(worker.last_activity_time)]
