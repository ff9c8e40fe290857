"""Run tasks from a server on this machine.

``pellucid agent execute TASK`` runs one task whose script is stored with it, reports its console, and sets its
final status.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from pellucid.agent.execute import execute_task
from pellucid.cli.connection import current_connection, find_task, open_client
from pellucid.engines.local import LocalEngine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to run."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    execute = verbs.add_parser("execute", help="run one task now and wait for its end")
    execute.add_argument("task", metavar="TASK", help="id, name, or project/name")


def run(arguments: argparse.Namespace) -> int:
    """Run it; exits 1 if the script did not end well."""
    connection = current_connection()
    client = open_client(connection)
    task = find_task(client, arguments.task)
    with tempfile.TemporaryDirectory(prefix="pellucid-task-") as folder:
        code = execute_task(task, client=client, connection=connection, engine=LocalEngine(), folder=Path(folder))
    print(f"task {task} ended with exit code {code}")
    return 0 if code == 0 else 1
