"""``clearml-agent``: the classic words for ``pellucid agent`` (sdk-surface §3.17)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence

from pellucid.base.version import __version__
from pellucid.cli import main as pellucid
from pellucid.cli.guard import guarded

_NO_GPU = "none"
_ALL_GPUS = "all"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the words after ``clearml-agent``; those of this process by default.

    Returns:
        The exit code, as of ``pellucid``.
    """
    chosen = _parser().parse_args(arguments)
    return guarded("clearml-agent", lambda: _run(chosen))


def _run(chosen: argparse.Namespace) -> int:
    if chosen.config_file is not None:
        os.environ["CLEARML_CONFIG_FILE"] = chosen.config_file
    words = translate(chosen)
    # What goes on in the background is started with the words of this process.
    sys.argv = ["pellucid", *words]
    return pellucid.main(words)


def translate(chosen: argparse.Namespace) -> list[str]:
    """The words of ``pellucid`` for those of ``clearml-agent``."""
    if chosen.command == "list":
        return ["worker", "ls"]
    if chosen.command == "execute":
        return ["agent", *_place(chosen), "execute", chosen.id]
    return ["agent", *_daemon(chosen)]


def _daemon(chosen: argparse.Namespace) -> Iterable[str]:
    if chosen.stop is not None:
        yield from ("--stop", *chosen.stop)
        return
    if chosen.status:
        yield "--status"
        return
    for queue in chosen.queue or ["default"]:
        yield from ("--queue", queue)
    for option in ("create_queue", "foreground", "detached"):
        if getattr(chosen, option):
            yield f"--{option.replace('_', '-')}"
    if chosen.order_fairness:
        yield "--fair"
    if chosen.services_mode is not None:
        yield from ("--slots", str(chosen.services_mode))
    yield from _place(chosen)


def _place(chosen: argparse.Namespace) -> Iterable[str]:
    """Where tasks run."""
    if chosen.cpu_only or chosen.gpus == _NO_GPU:
        yield "--cpu-only"
    elif chosen.gpus not in (None, _ALL_GPUS):
        yield from ("--gpus", chosen.gpus)
    if chosen.docker is not None:
        yield from ("--engine", "container")
        if chosen.docker:
            yield from ("--image", chosen.docker)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="clearml-agent", description="Run tasks from queues.", fromfile_prefix_chars="@"
    )
    parser.add_argument("--version", action="version", version=f"clearml-agent of pellucid {__version__}")
    parser.add_argument("--config-file", metavar="FILE", help="a configuration file in place of ~/clearml.conf")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    daemon = commands.add_parser("daemon", help="serve queues")
    daemon.add_argument("--queue", nargs="+", metavar="NAME", help="queues, the most important one first (default)")
    daemon.add_argument("--create-queue", action="store_true", help="make queues that are missing")
    daemon.add_argument("--order-fairness", action="store_true", help="let the queues take turns")
    daemon.add_argument("--foreground", action="store_true", help="stay in this terminal, which is the default")
    daemon.add_argument("--detached", "-d", action="store_true", help="go on in the background")
    daemon.add_argument(
        "--services-mode", nargs="?", type=int, const=10, metavar="N", help="run so many tasks at a time (10)"
    )
    daemon.add_argument(
        "--stop", nargs="*", metavar="WORKER", help="end the agents of this machine, or of some workers"
    )
    daemon.add_argument("--status", action="store_true", help="say which agents of this machine run")

    execute = commands.add_parser("execute", help="run one task now and wait for its end")
    execute.add_argument("--id", required=True, metavar="ID", help="the task")
    for command in (daemon, execute):
        command.add_argument("--gpus", metavar="LIST", help="such as 0,1; all, or none")
        command.add_argument("--cpu-only", action="store_true", help="use no GPU")
        command.add_argument(
            "--docker",
            nargs="?",
            const="",
            metavar="IMAGE",
            help="run tasks in containers, in this image if they name none",
        )
    commands.add_parser("list", help="list the workers of the server")
    return parser
