"""``make bench``: run every benchmark, one after the other, and print its table."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = ("report_call", "startup", "end_to_end", "ingest", "listing", "footprint")


def main(names: list[str]) -> int:
    """Run the named benchmarks, all by default."""
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n## {name}: {(module.__doc__ or '').strip().splitlines()[0]}\n", flush=True)
        module.main()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
