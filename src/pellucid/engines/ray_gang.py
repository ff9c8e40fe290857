"""Runs a command on several nodes of a Ray cluster at the same time, each with its rank.

The text of this file is the program of a Ray job, where Ray is and Pellucid need not be, so that it imports neither at
the wrong place. Arguments: the number of nodes, what each of them reserves as JSON, and the command.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

RANK = "PELLUCID_NODE_RANK"
_DIE_WITH_PARENT = 1
"""``PR_SET_PDEATHSIG`` of prctl(2)."""


def run_node(rank: int, command: list[str], folder: str) -> Iterator[str | int]:
    """The lines that a command prints, and then its exit code."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, RANK: str(rank)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # Ray ends the processes of its workers, and knows nothing of theirs.
        preexec_fn=lambda: ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM),
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            yield line.rstrip(b"\n").decode("utf-8", "backslashreplace")
        yield process.wait()
    finally:
        process.terminate()


def run_nodes(nodes: int, bundle: dict[str, float], command: list[str]) -> int:
    """Reserve the nodes and run the command on all of them until one fails. Returns its exit code.

    With the end of this process Ray ends what it runs for it.
    """
    import ray  # type: ignore[import-not-found]  # where this runs, there is Ray; where it is tested and checked, there need not be
    from ray.util.placement_group import placement_group  # type: ignore[import-not-found]
    from ray.util.scheduling_strategies import (  # type: ignore[import-not-found]
        PlacementGroupSchedulingStrategy,
    )

    ray.init(log_to_driver=False)
    group = placement_group([bundle] * nodes, strategy="SPREAD")
    print(f"Waiting for {nodes} nodes with {json.dumps(bundle)} each", flush=True)
    ray.get(group.ready())
    remote = ray.remote(run_node)
    running = [
        remote.options(
            num_cpus=bundle.get("CPU", 0),
            num_gpus=bundle.get("GPU", 0),
            max_retries=0,
            num_returns="streaming",
            scheduling_strategy=PlacementGroupSchedulingStrategy(group, placement_group_bundle_index=rank),
        ).remote(rank, command, os.getcwd())
        for rank in range(nodes)
    ]
    codes: dict[int, int] = {}
    failed = threading.Event()
    readers = [
        threading.Thread(target=_follow, args=(ray, rank, lines, codes, failed), daemon=True)
        for rank, lines in enumerate(running)
    ]
    for reader in readers:
        reader.start()
    while any(reader.is_alive() for reader in readers) and not failed.wait(0.1):
        pass
    return next((code for code in codes.values() if code), 0 if len(codes) == nodes else 1)


def _follow(ray: Any, rank: int, lines: Any, codes: dict[int, int], failed: threading.Event) -> None:
    """Print a node's lines; note its exit code."""
    try:
        for reference in lines:
            value = ray.get(reference)
            if isinstance(value, str):
                print(value, flush=True)
            else:
                codes[rank] = value
    except ray.exceptions.RayError as error:
        codes.setdefault(rank, 1)
        print(f"node {rank} is lost: {str(error).splitlines()[0]}", flush=True)
    if codes.get(rank, 1):
        failed.set()


def _leave(number: int, _: Any) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    sys.exit(run_nodes(int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]))
