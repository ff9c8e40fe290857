"""``make bench``: run every benchmark, one after the other, and print its table."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    "report_call",
    "console",
    "startup",
    "end_to_end",
    "ingest",
    "add_batch",
    "curve",
    "listing",
    "web",
    "agent",
    "footprint",
    "hooks",
    "peers",
)


def main(names: list[str]) -> int:
    """Run the named benchmarks, all by default."""
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        print(f"\n## {name}\n", flush=True)
        # Each in a process of its own, so that none runs in what another has left behind.
        finished = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
        if finished.returncode != 0:
            return finished.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
