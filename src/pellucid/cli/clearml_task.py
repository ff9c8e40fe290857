"""``clearml-task``: make a task of what is to be run, or bring an offline session to the server (sdk-surface §3.14)."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from pellucid.base.version import __version__
from pellucid.cli import task_create
from pellucid.cli.guard import guarded
from pellucid.cli.task import add_import_options, import_session


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the words after ``clearml-task``; those of this process by default.

    Returns:
        The exit code, as of ``pellucid``.
    """
    parser = argparse.ArgumentParser(
        prog="clearml-task", description="Make a task of what is to be run, for an agent to run it."
    )
    parser.add_argument("--version", action="version", version=f"clearml-task of pellucid {__version__}")
    offline = parser.add_argument_group("offline sessions")
    offline.add_argument("--import-offline-session", metavar="PATH", type=Path, help="a session's zip file or folder")
    add_import_options(parser)
    parser.set_defaults(previous_task_id=None, iteration_offset=0)
    task_create.add_arguments(parser)
    chosen = parser.parse_args(arguments)
    if chosen.import_offline_session is not None:
        return guarded("clearml-task", lambda: import_session(chosen.import_offline_session, chosen))
    print("Pellucid launch - launch any codebase on a remote machine that runs an agent")
    return guarded("clearml-task", lambda: task_create.run(chosen))
