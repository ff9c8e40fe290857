"""The ``pellucid`` command: finds the module of the subcommand."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from types import ModuleType

from pellucid.base.version import __version__
from pellucid.cli import agent, doctor, init, logs, ls, queue, server, show, sync, task, user, worker
from pellucid.cli.guard import guarded

COMMANDS: dict[str, ModuleType] = {
    "init": init,
    "server": server,
    "ls": ls,
    "show": show,
    "logs": logs,
    "sync": sync,
    "task": task,
    "queue": queue,
    "worker": worker,
    "user": user,
    "agent": agent,
    "doctor": doctor,
}

_EPILOG = """\
Without configuration, commands talk to your own local server on this machine. To use another one, set
PELLUCID_API_HOST, PELLUCID_API_ACCESS_KEY and PELLUCID_API_SECRET_KEY, or keep a clearml.conf in your home folder.
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser with all subcommands; each command's first docstring line is its help."""
    parser = argparse.ArgumentParser(
        prog="pellucid",
        description="Track and run machine-learning experiments.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"pellucid {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        description = (module.__doc__ or "").strip()
        command = commands.add_parser(
            name,
            help=description.splitlines()[0].rstrip("."),
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the words after ``pellucid``; those of this process by default.

    Returns:
        The exit code: 0 done, 1 the server said no or could not be asked, 2 wrong usage.
    """
    chosen = build_parser().parse_args(arguments)
    return guarded(f"pellucid {chosen.command}", lambda: int(COMMANDS[chosen.command].run(chosen)))
