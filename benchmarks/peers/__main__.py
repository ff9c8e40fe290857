"""Print the peers' table: rounds go through the tools in turn, so that a noisy moment hits all of them."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.peers.trackers import TRACKERS
from benchmarks.table import print_rows

_ROUNDS: Final = 3
_ROOT: Final = Path(__file__).parents[2]
_ENVIRONMENTS: Final = {"pellucid": ".venv", "clearml": ".venv-clearml"}
_SUBREAPER: Final = 36
"""PR_SET_CHILD_SUBREAPER: what a tool leaves running becomes our child, whose time is counted and whose end is seen."""

Figures = Mapping[str, float]


def main() -> None:
    """Measure every tool and print the tables."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    measured: dict[str, list[Figures]] = defaultdict(list)
    for _ in range(_ROUNDS):
        for tool in TRACKERS:
            measured[tool].append({**_start(tool), **_call(tool), **_million(tool)})
    medians = {tool: _medians(rounds) for tool, rounds in measured.items()}
    ours = medians["pellucid"]
    print("One point, in nanoseconds:\n")
    print_rows(
        ["tool, without a server", "median", "of ours", "mean", "of ours", "99th percentile", "of ours"],
        [[tool, *_cells(figures, ours, ("call", "call_mean", "call_p99"), 1, 0)] for tool, figures in medians.items()],
    )
    print(f"\nAn empty call with the same arguments, timed likewise: {ours['empty']:.0f} ns.\n")
    print("Beginning and ending a run, in milliseconds:\n")
    print_rows(
        ["tool, without a server", "import", "of ours", "init", "of ours", "both", "of ours", "exit", "of ours"],
        [
            [tool, *_cells(figures, ours, ("import", "init", "both", "exit"), 1e3, 0)]
            for tool, figures in medians.items()
        ],
    )
    print("\nA million points over ten series, from the start of the script to the end of the tool's last process:\n")
    print_rows(
        ["tool, without a server", "wall s", "of ours", "processor s", "of ours", "bytes a point", "of ours"],
        [
            [
                _extrapolated(tool, figures["points"]),
                *_cells(figures, ours, ("wall", "processor"), 1, 2),
                *_cells(figures, ours, ("bytes",), 1, 0),
            ]
            for tool, figures in medians.items()
        ],
    )


def _extrapolated(tool: str, points: float) -> str:
    return tool if points == 1_000_000 else f"{tool} (extrapolated from {points:,.0f})"


def _cells(figures: Figures, ours: Figures, keys: tuple[str, ...], scale: float, digits: int) -> list[str]:
    """A column with the figure and one with its ratio to ours, for each key."""
    return [
        cell for key in keys for cell in (f"{figures[key] * scale:,.{digits}f}", f"{figures[key] / ours[key]:,.1f} ×")
    ]


def _medians(rounds: list[Figures]) -> dict[str, float]:
    return {key: statistics.median(figures[key] for figures in rounds) for key in rounds[0]}


def _start(tool: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        _measure(tool, "start", folder)  # the first run in a folder makes databases and the like
        figures = _measure(tool, "start", folder)
    return {
        "import": figures["import"],
        "init": figures["init"],
        "both": figures["import"] + figures["init"],
        "exit": figures["script_ended"] - figures["ending_at"],
    }


def _call(tool: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        return _measure(tool, "call", folder)


def _million(tool: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        figures = _measure(tool, "million", folder)
        stored = sum(file.stat().st_blocks * 512 for file in Path(folder).rglob("*") if file.is_file())
    share = 1_000_000 / figures["points"]
    return {
        "points": figures["points"],
        "wall": figures["wall"] * share,
        "processor": figures["processor"] * share,
        "bytes": stored / figures["points"],
    }


def _measure(tool: str, what: str, folder: str) -> dict[str, float]:
    """What the script measured, and around it: wall and processor seconds until the last process is gone."""
    name = tool.split()[0].lower()
    python = _ROOT / _ENVIRONMENTS.get(name, f".venv-peers/{name}") / "bin" / "python"
    with tempfile.NamedTemporaryFile() as file:
        command = [str(python), str(Path(__file__).parent / "measure.py"), tool, what, folder, file.name]
        used = _children_seconds()
        begun = time.perf_counter()
        nowhere = subprocess.DEVNULL
        finished = subprocess.run(command, cwd=folder, stdin=nowhere, stdout=nowhere, stderr=nowhere, check=False)
        ended = time.time()
        if finished.returncode != 0:
            sys.exit(f"{tool}: {what} ended with {finished.returncode}")
        _wait_for_orphans()
        figures = json.loads(Path(file.name).read_text())
    return {
        **figures,
        "script_ended": ended,
        "wall": time.perf_counter() - begun,
        "processor": _children_seconds() - used,
    }


def _wait_for_orphans() -> None:
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
