"""Files on their way to an object store outlive whoever was to bring them there."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pellucid.client.session import Client
from pellucid.testing.object_stores import RunningStore, s3
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.uploader.sync import sync_folder
from pellucid.wire import tasks

__all__ = ["s3"]

pytestmark = pytest.mark.process

SIZE = 40_000_000

VICTIM = f"""
import os, signal, sys
from pellucid import Task

task = Task.init("stores", "victim", output_uri=sys.argv[1], auto_connect_arg_parser=False)
with open("big.bin", "wb") as file:
    file.write(b"0123456789" * ({SIZE} // 10))
task.upload_artifact("big", "big.bin")
print("ID", task.id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The server."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def environ(server: RunningServer, s3: RunningStore, tmp_path: Path) -> dict[str, str]:
    """What a script finds."""
    return {
        **os.environ,
        **s3.environ,
        "PELLUCID_HOME": str(tmp_path / "home"),
        "PELLUCID_API_HOST": server.url,
        "PELLUCID_API_ACCESS_KEY": server.access_key,
        "PELLUCID_API_SECRET_KEY": server.secret_key,
        "CLEARML_CONFIG_FILE": os.devnull,
    }


def killed_run(environ: dict[str, str], uri: str, folder: Path) -> str:
    """The id of the task of a script that was killed when it had given a big file away."""
    script = folder / "victim.py"
    script.write_text(VICTIM)
    run = subprocess.run([sys.executable, script, uri], env=environ, cwd=folder, capture_output=True, text=True)
    assert run.returncode == -signal.SIGKILL, run.stderr
    return run.stdout.partition("ID ")[2].split()[0]


def big_artifact(client: Client, task: str) -> dict[str, object] | None:
    """The task's artifact, once the server knows of it."""
    found = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task.execution.get("artifacts") or []
    return dict(found[0]) if found else None


@pytest.mark.parametrize("uploader_killed", [False, True])
def test_a_killed_run_leaves_its_files(
    server: RunningServer,
    s3: RunningStore,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    uploader_killed: bool,
) -> None:
    """By the uploader, or if that was killed as well, by a later sync: whole, and as the task says."""
    task = killed_run(environ, f"{s3.uri}/kills {uploader_killed}", tmp_path)
    client = Client(server.url, server.access_key, server.secret_key)
    if uploader_killed:
        for process in psutil.process_iter(["cmdline"]):
            if f"{tmp_path}/home/runs/{task}" in (process.info["cmdline"] or []):
                process.kill()
                process.wait()
        for name, value in s3.environ.items():
            monkeypatch.setenv(name, value)
        folder = tmp_path / "home" / "runs" / task
        if folder.exists():
            sync_folder(folder, server.connection)
    wait_until(lambda: big_artifact(client, task) is not None, "the artifact", seconds=60)

    artifact = big_artifact(client, task)
    assert artifact is not None
    content = s3.content(str(artifact["uri"]).removeprefix(f"{s3.uri}/"))
    assert (len(content), hashlib.sha256(content).hexdigest()) == (SIZE, artifact["hash"])
