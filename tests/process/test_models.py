"""Weights that several processes of a program write and read, as hooks see them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.client.session import Client
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import models, tasks
from pellucid.wire.enums import TaskStatus

pytestmark = pytest.mark.process

WATCHDOG_SECONDS = 90

SAVE = """
from pathlib import Path
from pellucid import OutputModel, Task
from pellucid.hooks.installed import libraries

def save(name):
    Task.current_task()
    Path(name).write_bytes(b"weights")
    libraries.sink.for_library().model_saved(name, "PyTorch")
"""

PARENT = f"""
import multiprocessing, os, subprocess, sys
{SAVE}
if __name__ == "__main__":
    task = Task.init("process tests", "models")
    save("shared.pt")
    child = multiprocessing.get_context("fork").Process(target=save, args=("forked.pt",))
    child.start()
    child.join()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.map(save, ["spawned.pt", "shared.pt"])
        pool.close()
        pool.join()
    subprocess.run([sys.executable, "other.py"], check=True)
"""

OTHER = f"{SAVE}\nsave('subprocess.pt')\nsave('shared.pt')\n"

RANK = f"""
{SAVE}
task = Task.init("process tests", "models")
OutputModel(task, name="explicit", framework="PyTorch").update_weights(register_uri="https://example.com/w.pt")
save("model.pt")
libraries.sink.for_library().model_loaded("model.pt")
task.close()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all programs."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[Client]:
    """Sees what arrived."""
    client = Client(server.url, server.access_key, server.secret_key)
    yield client
    client.close()


def start(code: str, server: RunningServer, folder: Path, **environment: str) -> subprocess.Popen[str]:
    """Start a program."""
    script = folder / f"program{environment.get('RANK', '')}.py"
    script.write_text(code)
    return subprocess.Popen(
        [sys.executable, str(script)],
        env={
            **{name: value for name, value in os.environ.items() if name != "PELLUCID_RUN"},
            "PELLUCID_HOME": str(folder / "home"),
            "CLEARML_CONFIG_FILE": "/dev/null",
            "PELLUCID_API_HOST": server.url,
            "PELLUCID_API_ACCESS_KEY": server.access_key,
            "PELLUCID_API_SECRET_KEY": server.secret_key,
            **environment,
        },
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(*programs: subprocess.Popen[str]) -> None:
    """Wait for their good ends."""
    said = [program.communicate(timeout=WATCHDOG_SECONDS)[0] for program in programs]
    assert [program.returncode for program in programs] == [0] * len(programs), "\n".join(said)


def last_task(client: Client) -> tasks.Task:
    """The newest task, when it has its final status."""

    def found() -> tasks.Task:
        query = tasks.GetAll(order_by=["-created"], page_size=1, page=0, only_fields=["id"])
        (one,) = client.send(tasks.GET_ALL, query).tasks
        return client.send(tasks.GET_BY_ID, tasks.GetById(task=one["id"])).task

    wait_until(lambda: found().status == TaskStatus.completed, "the final status")
    return found()


def made_by(client: Client, task: str) -> list[str]:
    """Names of the models of a task."""
    found = client.send(models.GET_ALL, models.GetAll(task=[task], only_fields=["name"])).models
    return sorted(model["name"] for model in found)


def test_m191_weights_of_all_processes_are_models_of_the_task(
    client: Client, server: RunningServer, tmp_path: Path
) -> None:
    """Of forked, spawned and other children; a file that several write is one model."""
    (tmp_path / "other.py").write_text(OTHER)
    ended(start(PARENT, server, tmp_path))

    task = last_task(client)
    expected = ["forked", "shared", "spawned", "subprocess"]
    assert made_by(client, task.id) == [f"models - {name}" for name in expected]
    assert sorted(item["name"] for item in task.models["output"]) == expected


def test_ranks_make_one_model_of_each(client: Client, server: RunningServer, tmp_path: Path) -> None:
    """Of the file that all of them write and read, and of the object that all of them make."""
    launch = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29999"}
    ended(*(start(RANK, server, tmp_path, RANK=rank, LOCAL_RANK=rank, **launch) for rank in "01"))

    task = last_task(client)
    assert made_by(client, task.id) == ["explicit", "models - model"]
    assert sorted(item["name"] for item in task.models["output"]) == ["explicit", "model"]
    (loaded,) = task.models["input"]
    assert loaded["model"] in [item["model"] for item in task.models["output"]]


AWAY = """
from pathlib import Path
from pellucid import InputModel, OutputModel, Task

task = Task.init("process tests", "away")
model = OutputModel(task, name="net", config_dict={"layers": 4})
Path("net.pt").write_bytes(b"weights")
model.update_weights("net.pt", upload_uri=task._connection.files_host, iteration=3)
model.set_metadata("accuracy", 0.5)
model.report_scalar("loss", "test", 0.5, 3)
model.publish()
assert not Path("net.pt").exists()
assert task.models["output"]["net"].published
"""


def test_models_wait_for_a_server_that_is_away(tmp_path: Path) -> None:
    """The script does not; what it has made is there when the server is back."""
    data = tmp_path / "data"
    with running_server(data) as server:
        port = int(server.url.rpartition(":")[2])
    (tmp_path / "program").mkdir()
    ended(start(AWAY, server, tmp_path / "program", PELLUCID_EXIT_DEADLINE="0"))

    with running_server(data, port=port) as server:
        client = Client(server.url, server.access_key, server.secret_key)

        def stored() -> list[dict[str, object]]:
            return client.send(models.GET_ALL, models.GetAll(ready=True)).models

        wait_until(lambda: len(stored()) == 1, "the published model")
        (model,) = stored()
        assert (model["name"], model["last_iteration"]) == ("net", 3)
        assert client.request("GET", str(model["uri"])).data == b"weights"
        assert last_task(client).models["output"][0]["model"] == model["id"]
        client.close()
