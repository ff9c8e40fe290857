"""Run tasks from queues, or one task, on this machine.

``pellucid agent --queue default`` takes tasks from a queue and runs them until it is told to end: asked by SIGTERM it
finishes what it runs, and by a second one, or Ctrl-C, it stops that and puts it back into its queue.
``pellucid agent execute TASK`` runs one task now. Each runs with the code, the packages and the parameters that are on
the task; its console and its end are reported.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pellucid.agent.daemon import Daemon, Service, find_queues
from pellucid.agent.gang import await_node
from pellucid.agent.places import Places
from pellucid.agent.settings import AgentSettings, agent_settings
from pellucid.agent.submission import JOB, is_wanted, prepare
from pellucid.base.errors import UsageError
from pellucid.base.settings import load_settings
from pellucid.cli.connection import current_connection, find_task, open_client
from pellucid.cli.engines import add_engine_options, open_engine
from pellucid.engines.base import NODE_RANK

_STOP_PATIENCE = 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to run."""
    parser.add_argument(
        "--queue", action="append", default=[], metavar="NAME", help="a queue to serve, the most important one first"
    )
    parser.add_argument("--create-queue", action="store_true", help="make queues that are missing")
    parser.add_argument("--fair", action="store_true", help="let the queues take turns")
    parser.add_argument("--slots", type=int, default=1, metavar="N", help="tasks to run at a time (1)")
    parser.add_argument("--gpus", metavar="LIST", help="GPUs to use, such as 0,1; shared out among the slots")
    parser.add_argument("--cpu-only", action="store_true", help="use no GPU")
    parser.add_argument("--once", action="store_true", help="end after one task")
    parser.add_argument("--foreground", action="store_true", help="stay in this terminal, which is the default")
    parser.add_argument("--detached", action="store_true", help="go on in the background")
    parser.add_argument(
        "--stop",
        nargs="*",
        metavar="WORKER",
        help="end the agents of this machine, or those of some workers, when their tasks have ended",
    )
    parser.add_argument("--status", action="store_true", help="say which agents of this machine run")
    add_engine_options(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    execute = verbs.add_parser("execute", help="run one task now and wait for its end")
    execute.add_argument("task", metavar="TASK", help="id, name, or project/name")


def run(arguments: argparse.Namespace) -> int:
    """Do it; a single task that does not end well exits with 1."""
    settings = agent_settings(load_settings().home)
    if arguments.verb == "execute":
        return _execute(arguments, settings)
    places = Places(settings.cache)
    if arguments.status:
        return _status(places)
    if arguments.stop is not None:
        return _stop(places, arguments.stop)
    if arguments.slots < 1:
        raise UsageError(f"--slots is {arguments.slots}; it has to be 1 or more")
    return _detach(settings) if arguments.detached else _serve(arguments, settings, places)


def _stop(places: Places, workers: list[str]) -> int:
    known = {worker for note in places.running() for worker in note.workers}
    if strangers := [worker for worker in workers if worker not in known]:
        raise UsageError(
            f"--stop {' '.join(strangers)}: on this machine run {', '.join(sorted(known)) or 'no workers'}"
        )
    stopped = places.stop(workers, _STOP_PATIENCE)
    print(f"{len(stopped)} agents ended" if stopped else "no agent runs on this machine")
    return 0


def _execute(arguments: argparse.Namespace, settings: AgentSettings) -> int:
    connection = current_connection()
    client = open_client(connection)
    task = find_task(client, arguments.task)
    claim = os.environ.get(JOB)
    if claim and not is_wanted(client, task, claim):
        print(f"task {task} is not to be run by this job any more")
        return 1
    rank = int(os.environ.get(NODE_RANK) or 0)
    node = await_node(client, task, rank, settings.poll_seconds) if rank else task
    if node is None:
        print(f"task {task} has launched no node {rank}")
        return 0
    signal.signal(signal.SIGTERM, _leave)
    engine, site = open_engine(arguments, settings)
    with tempfile.TemporaryDirectory(prefix="pellucid-task-") as folder:
        execution = prepare(
            node,
            client=client,
            connection=connection,
            engine=engine,
            settings=settings,
            worker=f"{settings.name}:0",
            site=site,
            folder=Path(folder),
            gpus="" if arguments.cpu_only else arguments.gpus,
        )
        code = execution.run()
    print(f"task {node} ended with exit code {code}")
    return 0 if code == 0 else 1


def _leave(number: int, _: Any) -> None:
    """End, and what was started too, which takes an exception."""
    raise SystemExit(128 + number)


def _serve(arguments: argparse.Namespace, settings: AgentSettings, places: Places) -> int:
    connection = current_connection()
    client = open_client(connection)
    queues = find_queues(client, arguments.queue, create=arguments.create_queue)
    client.close()
    gpus = "" if arguments.cpu_only else arguments.gpus
    engine, site = open_engine(arguments, settings)
    service = Service(queues=queues, fair=arguments.fair, once=arguments.once, gpus=share_out(gpus, arguments.slots))
    daemon = Daemon(
        service,
        connect=lambda: open_client(connection),
        connection=connection,
        engine=engine,
        settings=settings,
        say=lambda line: print(line, flush=True),
        site=site,
    )
    _obey_signals(daemon)
    with places.taken(settings.name, arguments.slots, [name for _, name in queues]) as workers:
        daemon.run(workers)
    return 1 if daemon.failures else 0


def _obey_signals(daemon: Daemon) -> None:
    asked = 0

    def handle(number: int, _: Any) -> None:
        nonlocal asked
        asked += 1
        if number == signal.SIGINT or asked > 1:
            daemon.leave()
        else:
            daemon.drain()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def _detach(settings: AgentSettings) -> int:
    settings.cache.mkdir(parents=True, exist_ok=True)
    log = settings.cache / "agent.log"
    words = [word for word in sys.argv[1:] if word != "--detached"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pellucid", *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=os.sep,
        )
    print(f"agent {process.pid} runs in the background, and writes to {log}")
    return 0


def _status(places: Places) -> int:
    running = places.running()
    for note in running:
        print(f"{note.process.pid}  {', '.join(note.workers)}  serves {', '.join(note.queues)}")
    if not running:
        print("no agent runs on this machine")
    return 0


def share_out(gpus: str | None, slots: int) -> list[str | None]:
    """The GPUs of each slot: about as many for each, all for each if there are too few.

    Args:
        gpus: numbers or ids, separated by commas; ``None`` for all that there are, empty for none.
        slots: how many.
    """
    if not gpus:
        return [gpus] * slots
    each = [gpu.strip() for gpu in gpus.split(",") if gpu.strip()]
    if len(each) < slots:
        return [",".join(each)] * slots
    return [",".join(each[slot::slots]) for slot in range(slots)]
