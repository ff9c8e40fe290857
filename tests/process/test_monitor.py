"""The machine is watched while a script runs, by another process than the script's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pellucid.client.session import Client
from pellucid.testing.server import running_server
from pellucid.wire import tasks

pytestmark = pytest.mark.process

SCRIPT = """
import sys, time
from pellucid import Task
task = Task.init("monitor", "script", auto_resource_monitoring={switches}, reuse_last_task_id=False)
task.get_logger().report_scalar("loss", "train", 1.0, 3)
deadline = time.monotonic() + 60
while {switches} and ":monitor:machine" not in task.get_last_scalar_metrics() and time.monotonic() < deadline:
    time.sleep(0.05)
assert "psutil" not in sys.modules
task.close()
print(task.id)
"""


@pytest.mark.parametrize(
    ("switches", "titles"),
    [
        ("{'report_frequency_sec': 0.2, 'sample_frequency_per_sec': 10}", {"loss", ":monitor:machine"}),
        ("False", {"loss"}),
    ],
)
def test_m39_the_load_of_the_machine_is_on_the_task(tmp_path: Path, switches: str, titles: set[str]) -> None:
    """As scalars that don't count as the run's iterations (M39)."""
    with running_server(tmp_path / "data") as server:
        environment = {
            **os.environ,
            "PELLUCID_HOME": str(tmp_path / "home"),
            "PELLUCID_API_HOST": server.url,
            "PELLUCID_API_ACCESS_KEY": server.access_key,
            "PELLUCID_API_SECRET_KEY": server.secret_key,
        }
        script = SCRIPT.format(switches=switches)
        ended = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=90
        )
        client = Client(server.url, server.access_key, server.secret_key)
        task = client.send(tasks.GET_BY_ID, tasks.GetById(task=ended.stdout.split()[-1])).task

    names = {metric.metric: metric for series in task.last_metrics.values() for metric in series.values()}
    assert {name for name in names if name != ":monitor:gpu"} == titles
    assert task.last_iteration == 3
    assert task.status == "completed"
