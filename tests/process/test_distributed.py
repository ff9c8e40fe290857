"""The distributed example of the guide, on four agents of this machine (sdk-surface M140)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pellucid.client.session import Client
from pellucid.testing.server import running_server
from pellucid.wire import events, queues, tasks

NODES = 4
SCRIPT = f"""
from pellucid import Task
import torch
import torch.distributed as dist

task = Task.init(project_name="examples", task_name="distributed example")
task.execute_remotely(queue_name="nodes")
config = task.launch_multi_node({NODES})
dist.init_process_group("gloo")
rank, tensor = config["node_rank"], torch.zeros(1)
if rank == 0:
    for other in range(1, config["total_num_nodes"]):
        tensor += 1
        dist.send(tensor=tensor, dst=other)
else:
    dist.recv(tensor=tensor, src=0)
print("rank", rank, "has", int(tensor[0]))
"""


@pytest.mark.process
def test_m140_four_nodes_send_each_other_numbers(tmp_path: Path) -> None:
    """The master's task and three clones, each run by another agent, end well and have the right sums."""
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    with running_server(tmp_path / "data") as server:
        environ = {
            **os.environ,
            "PELLUCID_API_HOST": server.url,
            "PELLUCID_API_ACCESS_KEY": server.access_key,
            "PELLUCID_API_SECRET_KEY": server.secret_key,
            "PELLUCID_HOME": str(tmp_path / "home"),
            "CLEARML_CONFIG_FILE": "/dev/null",
            "PELLUCID_AGENT_SKIP_PYTHON_ENV_INSTALL": "1",
            "PELLUCID_MULTI_NODE_MASTER_DEF_ADDR": "127.0.0.1",
        }
        client = Client(server.url, server.access_key, server.secret_key)
        client.send(queues.CREATE, queues.Create(name="nodes"))
        subprocess.run([sys.executable, script.name], cwd=tmp_path, env=environ, check=True)
        agent = [sys.executable, "-m", "pellucid", "agent", "--queue", "nodes", "--once"]
        agents = [subprocess.Popen(agent, env=environ) for _ in range(NODES)]
        try:
            assert [process.wait(120) for process in agents] == [0] * NODES
        finally:
            for process in agents:
                process.kill()
        found = client.send(tasks.GET_ALL, tasks.GetAll(only_fields=["id", "status"], search_hidden=True)).tasks
        logs = [client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task["id"])).events for task in found]
        client.close()

    assert [task["status"] for task in found] == ["completed"] * NODES
    printed = sorted(event["msg"] for log in logs for event in log if event["msg"].startswith("rank "))
    assert printed == ["rank 0 has 3", "rank 1 has 1", "rank 2 has 2", "rank 3 has 3"]
