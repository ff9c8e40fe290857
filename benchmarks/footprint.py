"""The server at rest: from start to first answer, and memory."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.table import print_rows
from pellucid.testing.server import running_server

_ROUNDS = 5


def main() -> None:
    """Print the table."""
    starts, memories = [], []
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            with running_server(Path(folder)) as server:
                starts.append(time.perf_counter() - begun)
                status = Path(f"/proc/{server.pid}/status").read_text()
                memories.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
    print_rows(
        ["what", "median", "reach"],
        [
            ["start to first answer, fresh data folder, s", f"{sorted(starts)[_ROUNDS // 2]:.2f}", "1.0"],
            ["resident memory, MB", f"{sorted(memories)[_ROUNDS // 2]:.0f}", "120"],
        ],
    )


if __name__ == "__main__":
    main()
