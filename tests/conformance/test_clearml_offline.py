"""Offline sessions that the published ``clearml`` package has made: imported by us, and by the package itself, they
make the same task."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from pellucid import Task
from pellucid.client.session import Client
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import tasks

ROOT = Path(__file__).parents[2]
INTERPRETER = ROOT / ".venv-clearml" / "bin" / "python"
CLIENT = Path(__file__).parent / "clients" / "offline_session.py"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not INTERPRETER.exists() and "CI" not in os.environ, reason="no environment with clearml (make test makes it)"
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The server that sessions are imported into."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package keeps its things."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def session(home: Path) -> Path:
    """The folder of a session; its zip file is beside it."""
    return Path(run_client(home))


def run_client(home: Path, *arguments: str, server: RunningServer | None = None) -> str:
    """Run the script under the published package and return its result."""
    configuration = home / "clearml.conf"
    configuration.write_text("sdk { development { vcs_repo_detect_async: false } }")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "CLEARML_CONFIG_FILE": str(configuration),
        "CLEARML_SUPPRESS_UPDATE_MESSAGE": "1",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
    }
    if server is not None:
        environment |= {
            "CLEARML_API_HOST": server.url,
            "CLEARML_WEB_HOST": server.url,
            "CLEARML_FILES_HOST": f"{server.url}/files",
            "CLEARML_API_ACCESS_KEY": server.access_key,
            "CLEARML_API_SECRET_KEY": server.secret_key,
        }
    command = [str(INTERPRETER), str(CLIENT), *arguments]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=100, check=False)
    results = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert results, done.stdout + done.stderr
    return str(json.loads(results[-1].removeprefix("RESULT ")))


@pytest.fixture
def client(server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The server by the side door; our SDK is pointed at it."""
    monkeypatch.setenv("PELLUCID_HOME", str(tmp_path / "pellucid"))
    monkeypatch.setenv("CLEARML_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PELLUCID_API_HOST", server.url)
    monkeypatch.setenv("PELLUCID_API_ACCESS_KEY", server.access_key)
    monkeypatch.setenv("PELLUCID_API_SECRET_KEY", server.secret_key)
    return Client(server.url, server.access_key, server.secret_key)


def contents(client: Client, task: str) -> dict[str, Any]:
    """What a task holds, without what differs from one import to the next."""

    def events(kind: str) -> list[dict[str, Any]]:
        answer = client.send_raw("events.get_task_events", json.dumps({"task": task, "event_type": kind}).encode())
        kept = ("iter", "metric", "variant", "value", "plot_str", "url", "timestamp", "msg", "level")
        found = [{key: event[key] for key in kept if key in event} for event in json.loads(answer)["events"]]
        return sorted(found, key=lambda event: json.dumps(event, sort_keys=True))

    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task
    artifacts = document.execution["artifacts"]
    kept = ("type", "mode", "uri", "hash", "content_size", "timestamp")
    whole = {
        "names": (document.name, document.type, document.status, document.comment, document.tags, document.project),
        "hyperparams": json.loads(json.dumps(document.hyperparams, default=lambda one: [one.value, one.type])),
        "configuration": {name: (item.value, item.type) for name, item in document.configuration.items()},
        "script": {key: document.script.get(key) for key in ("entry_point", "diff", "requirements")},
        "artifacts": {one["key"]: {key: one.get(key) for key in kept} for one in artifacts},
        "scalars": events("training_stats_scalar"),
        "plots": events("plot"),
        "images": events("training_debug_image"),
        "lines": events("log"),
    }
    # The package quotes some addresses of imported files and others not; the protocol wants all of them quoted (§1.11).
    return dict(json.loads(re.sub(r"\b[0-9a-f]{32}\b", "id", unquote(json.dumps(whole)))))


def test_we_import_what_the_package_imports(
    client: Client, server: RunningServer, session: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it, to the last byte of the files."""
    theirs = run_client(home, str(session.with_suffix(".zip")), server=server)
    ours = Task.import_offline_session(session.with_suffix(".zip"))

    expected, found = contents(client, theirs), contents(client, ours)
    for kind, value in expected.items():
        assert found[kind] == value, kind
    assert len(found["scalars"]) == 5
    assert Task.get_task(task_id=ours).get_reported_single_values() == {"best": 0.5}
    assert Path(Task.get_task(task_id=ours).artifacts["weights"].get()).read_bytes() == b"weights" * 1000


def test_again_and_from_the_folder(client: Client, session: Path) -> None:
    """It is one task, in which nothing is doubled."""
    first = Task.import_offline_session(session.with_suffix(".zip"))
    before = contents(client, first)
    again = Task.import_offline_session(session)

    assert again == first
    assert contents(client, again) == before
