"""The same script makes models with our SDK and with the published one, each against a server of ours; then each reads
what the other has made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyhocon import ConfigFactory

from pellucid.client.session import Client
from pellucid.testing.published_client import QUICK, run_client
from pellucid.testing.server import RunningServer, running_server

INTERPRETER = Path(__file__).parents[2] / ".venv-clearml" / "bin" / "python"
SCRIPT = Path(__file__).parent / "clients" / "models.py"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not INTERPRETER.exists() and "CI" not in os.environ, reason="no environment with clearml (make test makes it)"
    ),
]

MODELS = ["full", "uploaded", "packed", "trainer - snapshot", "named", "base"]

DIFFERENCES = {
    "packed": {"comment"},  # the published package lists the files, in any order; we name the folder
    "full": {"last_iteration"},  # it says nothing of iterations of weights that stay where they are
}
"""What we do otherwise on purpose, by model."""


def run_ours(*arguments: str, home: Path, server: RunningServer) -> dict[str, Any]:
    """Run the script with our SDK, under the other name."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PELLUCID_HOME": str(home / "pellucid"),
        "PELLUCID_API_HOST": server.url,
        "PELLUCID_API_ACCESS_KEY": server.access_key,
        "PELLUCID_API_SECRET_KEY": server.secret_key,
        "CLEARML_FILES_HOST": f"{server.url}/files",
    }
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    return dict(json.loads(line.removeprefix("RESULT ")))


def run_theirs(*arguments: str, home: Path, server: RunningServer) -> dict[str, Any]:
    """Run the script with the published SDK."""
    return dict(run_client(INTERPRETER, SCRIPT, *arguments, home=home, server=server, settings=QUICK))


Run = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Written:
    """What a server holds after the script has run.

    Attributes:
        home: where it ran.
        server: the server.
        said: what the script said.
        task: the task.
        models: the models by name.
    """

    home: Path
    server: RunningServer
    said: dict[str, Any]
    task: dict[str, Any]
    models: dict[str, dict[str, Any]]

    def ask(self, endpoint: str, **request: Any) -> Any:
        """Ask the server."""
        client = Client(self.server.url, self.server.access_key, self.server.secret_key)
        answer = json.loads(client.send_raw(endpoint, json.dumps(request).encode()))
        client.close()
        return answer

    def plain(self, value: Any) -> Any:
        """A value without what is different in each run."""
        text = json.dumps(value).replace(self.server.url, "SERVER").replace(str(self.home), "HOME")
        text = text.replace(self.task["id"], "TASK").replace(str(self.task["project"]), "PROJECT")
        for name, model in self.models.items():
            text = text.replace(model["id"], f"MODEL {name}")
        return json.loads(text)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Written]]:
    """By each SDK, into a server of its own."""
    runs: dict[str, Run] = {"ours": run_ours, "theirs": run_theirs}
    with ExitStack() as servers:
        found = {}
        for name, run in runs.items():
            server = servers.enter_context(running_server(tmp_path_factory.mktemp("server")))
            home = tmp_path_factory.mktemp("home")
            said = run("write", home=home, server=server)
            result = Written(home, server, said, {}, {})
            task = result.ask("tasks.get_by_id", task=said["task"])["task"]
            models = {model["name"]: model for model in result.ask("models.get_all")["models"]}
            found[name] = Written(home, server, said, task, models)
        yield found


def test_the_same_models(written: dict[str, Written]) -> None:
    """None more, none fewer."""
    for one in written.values():
        assert sorted(one.models) == sorted(MODELS)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "field",
    ["uri", "comment", "framework", "labels", "tags", "system_tags", "ready", "project", "task", "parent", "design",
     "metadata", "last_iteration"],
)  # fmt: skip
def test_each_field(written: dict[str, Written], model: str, field: str) -> None:
    """Of each model, as both servers have it."""
    ours, theirs = (_shown(one.plain(one.models[model][field]), field) for one in written.values())
    if field in DIFFERENCES.get(model, ()):
        assert ours != theirs
    else:
        assert ours == theirs


def test_the_task(written: dict[str, Written]) -> None:
    """Its models by name, its design and labels, and how far it is."""
    ours, theirs = (
        {
            "input": [(item["name"], one.plain(item["model"])) for item in one.task["models"]["input"]],
            "output": sorted((item["name"], one.plain(item["model"])) for item in one.task["models"]["output"]),
            "design": ConfigFactory.parse_string(one.task["configuration"]["General"]["value"]),
            "labels": one.task["execution"]["model_labels"],
            "last_iteration": one.task["last_iteration"],
        }
        for one in written.values()
    )
    assert ours == theirs


def test_what_models_report(written: dict[str, Written]) -> None:
    """A curve, a single value and a plot of the model's own."""
    for one in written.values():
        model = one.models["uploaded"]["id"]
        curves = one.ask("events.scalar_metrics_iter_histogram", task=model, model_events=True)
        assert curves["loss"]["test"] == {"name": "test", "x": [3], "y": [0.5]}
        (values,) = one.ask("events.get_task_single_value_metrics", tasks=[model], model_events=True)["tasks"]
        assert [(value["variant"], value["value"]) for value in values["values"]] == [("best", 0.25)]
        (plot,) = one.ask("events.get_task_plots", task=model, model_events=True)["plots"]
        assert (plot["metric"], plot["variant"], plot["iter"]) == ("confusion", "test", 3)


def test_files_of_the_program(written: dict[str, Written]) -> None:
    """What was given away is gone, the rest is still there."""
    for one in written.values():
        assert not (one.home / "goes.pt").exists()
        for name in ("stays", "again", "renamed"):
            assert (one.home / f"{name}.pt").read_text() == name
        assert (one.home / "saved" / "deep" / "b.txt").exists()


@pytest.mark.parametrize(("writer", "reader"), [("theirs", run_ours), ("ours", run_theirs), ("ours", run_ours)])
def test_each_reads_the_other_s(written: dict[str, Written], tmp_path: Path, writer: str, reader: Run) -> None:
    """And its own."""
    one = written[writer]
    read = reader("read", one.said["task"], home=tmp_path, server=one.server)

    assert read == {
        "inputs": [["base", "https://example.com/base.onnx"]] * 2,
        "uploaded": "renamed",
        "packed": ["b.txt", "deep"],
        "files": ["deep"],
        "metadata": ["0.9", 0.9],
        "design": [4, "layers = 2", {"cat": 1}],
        "is published": [True, False],
        "framework": ["PyTorch", "TensorFlow", "ONNX"],
        "by tag": ["trainer - snapshot"],
        "by metadata": ["full"],
        "by name": True,
        "by address": "uploaded",
        "made by": True,
    }


def _shown(value: Any, field: str) -> Any:
    """Designs are texts of one language, which can say one thing in several ways."""
    if field == "design" and value.get("design"):
        return ConfigFactory.parse_string(value["design"])
    return value
