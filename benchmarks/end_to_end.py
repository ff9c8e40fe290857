"""One million points over ten series, from the script's start until the server has them all."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.table import print_rows
from pellucid.client.session import Client
from pellucid.testing.server import running_server
from pellucid.wire import tasks

_SERIES = 10
_POINTS = 100_000
_ROUNDS = 3

_SCRIPT = f"""
from pellucid import Task
task = Task.init(project_name="benchmark", task_name="end to end", reuse_last_task_id=False)
report = task.get_logger().report_scalar
names = [f"s{{number}}" for number in range({_SERIES})]
for iteration in range({_POINTS}):
    for name in names:
        report("loss", name, iteration * 0.5, iteration)
task.close()
print(task.id)
"""


def main() -> None:
    """Print wall and processor time; the latter of the script, the uploader and the server together."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "data") as server:
        environment = {
            **os.environ,
            "PELLUCID_HOME": str(Path(folder) / "home"),
            "PELLUCID_API_HOST": server.url,
            "PELLUCID_API_ACCESS_KEY": server.access_key,
            "PELLUCID_API_SECRET_KEY": server.secret_key,
        }
        client = Client(server.url, server.access_key, server.secret_key)
        for _ in range(_ROUNDS):
            served = _processor_seconds(server.pid)
            others = _children_seconds()
            begun = time.perf_counter()
            finished = subprocess.run(
                [sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, text=True, check=True
            )
            task = finished.stdout.split()[-1]
            while _stored(client, task) < _SERIES * _POINTS:
                time.sleep(0.01)
            wall = time.perf_counter() - begun
            processor = _children_seconds() - others + _processor_seconds(server.pid) - served
            rows.append([f"{wall:.2f}", f"{processor:.2f}"])
    print_rows(["wall s (reach 2.0)", "script and server processor s (reach 2.5, with the uploader)"], rows)


def _stored(client: Client, task: str) -> int:
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    return sum(metric.count for series in document.last_metrics.values() for metric in series.values())


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
