"""A program that prints as fast as it can: how much longer it takes with us, for what Python prints and for what native
code prints, into nothing and into a file; and what capturing adds to the beginning and the end of a program."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import print_rows

_MEGABYTES = 300
_ROUNDS = 3
_SHORT_ROUNDS = 9

_PROGRAM = f"""
import os, sys, time
way, capture = sys.argv[1:]
if capture != "without":
    from pellucid import Task
    task = Task.init("benchmark", "console", reuse_last_task_id=False, auto_connect_streams=capture == "with")
piece = b"".join(b"%07d %s\\n" % (line, b"x" * 55) for line in range(1024))
text = piece.decode()
write = {{
    "text": lambda: sys.stdout.write(text),
    "bytes": lambda: sys.stdout.buffer.write(piece),
    "native": lambda: os.write(1, piece),
}}[way]
begun = time.perf_counter()
for _ in range({_MEGABYTES} * 1_000_000 // len(piece)):
    write()
sys.stdout.flush()
print(time.perf_counter() - begun, file=sys.stderr)
"""

_SHORT = """
import sys, time
from pellucid import Task
Task.init("benchmark", "console", reuse_last_task_id=False, auto_connect_streams=False).close()
begun = time.perf_counter()
task = Task.init("benchmark", "console", reuse_last_task_id=False, auto_connect_streams=sys.argv[1] == "with")
began = time.perf_counter()
if sys.argv[2:]:
    print("python")
closing = time.perf_counter()
task.close()
print(began - begun, time.perf_counter() - closing, file=sys.stderr)
"""


def main() -> None:
    """Print the tables; rounds alternate, so that a noisy moment hits all."""
    with tempfile.TemporaryDirectory() as folder:
        _print_rates(Path(folder))
        _print_short(Path(folder))


def _print_rates(folder: Path) -> None:
    rows = []
    for target in ("/dev/null", str(folder / "out")):
        for way in ("text", "bytes", "native"):
            rounds = [
                [_seconds(folder, _PROGRAM, target, way, capture)[0] for capture in ("without", "with")]
                for _ in range(_ROUNDS)
            ]
            without, captured = (statistics.median(column) for column in zip(*rounds, strict=True))
            rows.append(
                [
                    f"{way}, to {'nothing' if target == '/dev/null' else 'a file'}",
                    f"{_MEGABYTES / without:.0f}",
                    f"{_MEGABYTES / captured:.0f}",
                    f"{captured / without:.1f} ×",
                    "≥ 100 MB/s",
                ]
            )
    print_rows([f"{_MEGABYTES} MB in pieces of 64 KB", "MB/s without us", "MB/s recorded", "time", "reach"], rows)


def _print_short(folder: Path) -> None:
    rounds = [
        [*_seconds(folder, _SHORT, "/dev/null", "without"), *_seconds(folder, _SHORT, "/dev/null", "with", "print")]
        for _ in range(_SHORT_ROUNDS)
    ]
    init, close, init_captured, close_captured = (
        statistics.median(column) * 1000 for column in zip(*rounds, strict=True)
    )
    print()
    print_rows(
        ["what, in ms", "not captured", "captured", "more"],
        [
            ["Task.init", f"{init:.1f}", f"{init_captured:.1f}", f"{init_captured - init:.1f}"],
            ["task.close()", f"{close:.1f}", f"{close_captured:.1f}", f"{close_captured - close:.1f}"],
        ],
    )


def _seconds(folder: Path, program: str, target: str, *arguments: str) -> list[float]:
    """What a program measures, with its output into a file."""
    home = folder / "home"
    environment = os.environ | {"PELLUCID_HOME": str(home), "PELLUCID_OFFLINE_MODE": "1"}
    with Path(target).open("wb") as out:
        process = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=environment,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
    # The relay of the last run may still be about to end.
    shutil.rmtree(home / "runs", ignore_errors=True)
    return [float(word) for word in process.stderr.split()]


if __name__ == "__main__":
    main()
