"""Do something to one task."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs, of which importing has an option's form too, as existing scripts have it."""
    parser.add_argument("--import-offline-session", metavar="PATH", type=Path, help="the same as: import PATH")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    importing = verbs.add_parser("import", help="bring an offline session to the server, from its zip file or folder")
    importing.add_argument("session", type=Path, help="the zip file or the folder")
    for one in (parser, importing):
        one.add_argument(
            "--previous-task-id", metavar="ID", default=argparse.SUPPRESS, help="import into this task, not a new one"
        )
        one.add_argument(
            "--iteration-offset", metavar="N", type=int, default=argparse.SUPPRESS, help="add N to all iterations"
        )
    parser.set_defaults(previous_task_id=None, iteration_offset=0, usage=parser.print_usage)


def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    session = arguments.session if arguments.verb == "import" else arguments.import_offline_session
    if session is None:
        arguments.usage()
        return 2
    from pellucid.sdk.task import (
        Task,
    )  # patches libraries to record what they do, for which other commands are no place

    Task.import_offline_session(session, arguments.previous_task_id, arguments.iteration_offset)
    return 0
