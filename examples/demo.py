"""``make demo``: a local server, a tracked training, and the run read back through the public API.

Everything happens in ``.demo/``, apart from your own data. Nothing is configured, so the training script starts a
local server by itself, on a free port of this machine. That server stays up so that the page can be looked at, and
the next demo finds it again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

_HOME = Path(".demo").absolute()


def main() -> int:
    """Train in a process of its own, as a user would; then read the run back."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PELLUCID_", "CLEARML_", "TRAINS_"))
    }
    environment |= {"PELLUCID_HOME": str(_HOME), "CLEARML_CONFIG_FILE": os.devnull}
    training = subprocess.run([sys.executable, "-m", "examples.digits"], env=environment, check=False)
    if training.returncode != 0:
        return training.returncode
    os.environ.clear()
    os.environ.update(environment)
    print_results()
    return 0


def print_results() -> None:
    """Print the last metrics of the run that has just ended, and where to look at it."""
    from pellucid import Task  # only now does the environment name the demo's own data folder

    task = Task.get_task(project_name="examples", task_name="digits")
    assert task is not None, "the run has just made it"
    print(f"\n{'metric':<34}{'last':>10}{'min':>10}{'max':>10}")
    for title, series in sorted(task.get_last_scalar_metrics().items()):
        for name, value in sorted(series.items()):
            print(f"{f'{title} / {name}':<34}{value['last']:>10.4f}{value['min']:>10.4f}{value['max']:>10.4f}")
    print(f"\nstatus     {task.status}")
    print(f"artifacts  {', '.join(sorted(task.artifacts))}")
    print(f"page       {task.get_output_log_web_page()}")


def stop() -> int:
    """End the server that an earlier demo left running."""
    try:
        notice = json.loads((_HOME / "server" / "server.json").read_text())
        os.kill(notice["pid"], signal.SIGTERM)
    except (FileNotFoundError, ProcessLookupError):
        print("No server of the demo is running.")
    else:
        print(f"Ended the server of the demo (process {notice['pid']}).")
    return 0


if __name__ == "__main__":
    raise SystemExit(stop() if sys.argv[1:] == ["stop"] else main())
