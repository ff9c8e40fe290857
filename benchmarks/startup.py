"""Import, Task.init with a running server, and exit, over a bare interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.table import median_of, print_rows
from pellucid.testing.server import running_server

_ROUNDS = 9

_TRACKED = """
import time
begun = time.perf_counter()
from pellucid import Task
imported = time.perf_counter()
task = Task.init(project_name="benchmark", task_name="startup", reuse_last_task_id=False)
ready = time.perf_counter()
task.flush(wait_for_uploads=True)
import sys
sys.stderr.write(f"{imported - begun} {ready - imported} {time.time()}")
"""


def main() -> None:
    """Print the table."""
    # As on a user's machine, where the second run finds what the first has compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    bare = median_of(lambda: _seconds([sys.executable, "-c", "pass"]), _ROUNDS)
    package = median_of(lambda: _seconds([sys.executable, "-c", "import pellucid"]), _ROUNDS)
    imported = median_of(lambda: _seconds([sys.executable, "-c", "from pellucid import Task"]), _ROUNDS)
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "data") as server:
        environment = {
            **os.environ,
            "PELLUCID_HOME": str(Path(folder) / "home"),
            "PELLUCID_API_HOST": server.url,
            "PELLUCID_API_ACCESS_KEY": server.access_key,
            "PELLUCID_API_SECRET_KEY": server.secret_key,
        }
        inits, exits = [], []
        for _ in range(_ROUNDS):
            finished = subprocess.run(
                [sys.executable, "-c", _TRACKED], env=environment, capture_output=True, text=True, check=True
            )
            ended = time.time()
            _, init, idle_since = map(float, finished.stderr.split()[-3:])
            inits.append(init)
            exits.append(ended - idle_since)
    inits.sort()
    exits.sort()
    print_rows(
        ["what", "median ms", "reach"],
        [
            ["bare interpreter", f"{bare * 1000:.0f}", ""],
            ["import pellucid, over bare", f"{(package - bare) * 1000:.0f}", "60"],
            ["from pellucid import Task, over bare", f"{(imported - bare) * 1000:.0f}", "60"],
            ["Task.init to ready, server running", f"{inits[_ROUNDS // 2] * 1000:.0f}", "60"],
            ["exit with nothing left to send", f"{exits[_ROUNDS // 2] * 1000:.0f}", "100"],
        ],
    )


def _seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
