"""Scripts that use real libraries, run as users run them, and what the server has of them afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from pellucid.client.session import Client
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import events, models, scalars, task_life, tasks

WATCHDOG_SECONDS = 240

SETTINGS = {
    "OMP_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore",
    "HF_HUB_OFFLINE": "1",
    "KERAS_BACKEND": "torch",
    "MPLBACKEND": "agg",
}
"""Variables of all scripts."""

BEGIN = """
from pellucid import Task
task = Task.init("frameworks", "script", reuse_last_task_id=False, auto_resource_monitoring=False)
"""


class Recorded:
    """What the server has of one task."""

    def __init__(self, client: Client, task: str) -> None:
        self.client = client
        self.document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task

    def curves(self) -> dict[str, dict[str, list[int]]]:
        """The iterations of each series, by title and series."""
        found = self.client.send(scalars.SCALAR_HISTOGRAM, scalars.ScalarHistogram(task=self.document.id))
        return {
            title: {series: [int(x) for x in curve.x] for series, curve in by_series.items()}
            for title, by_series in found.items()
        }

    def parameters(self, section: str = "Args") -> dict[str, str | None]:
        """Values by name."""
        return {name: one.value for name, one in self.document.hyperparams.get(section, {}).items()}

    def output_models(self) -> dict[str, tuple[str, str]]:
        """Framework and address by entry."""
        return self._models("output")

    def input_models(self) -> dict[str, tuple[str, str]]:
        """Framework and address by entry."""
        return self._models("input")

    def events(self, kind: str) -> list[dict[str, Any]]:
        """All events of a kind, by iteration."""
        request = events.GetTaskEvents(task=self.document.id, event_type=kind, order="asc")
        return self.client.send(events.GET_TASK_EVENTS, request).events

    def console(self) -> list[str]:
        """What was printed."""
        page = self.client.send(events.GET_TASK_LOG, events.GetTaskLog(task=self.document.id))
        return [event["msg"] for event in page.events]

    def _models(self, kind: str) -> dict[str, tuple[str, str]]:
        found = {}
        for entry in self.document.models.get(kind, []):
            model = self.client.send(models.GET_BY_ID, models.OfModel(model=entry["model"])).model
            found[entry["name"]] = (model.framework or "", model.uri or "")
        return found


class Warm:
    """A process whose copies run scripts that begin with libraries imported (see ``tests/frameworks/warm.py``)."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, script: Path, arguments: Sequence[str], environment: Mapping[str, str], imported: list[str]) -> int:
        """Run a script to its end, with its output in files beside it; returns its exit code."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("warm.py"))],
                env={**os.environ, **SETTINGS},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {
            "imported": imported,
            "script": str(script),
            "folder": str(script.parent),
            "arguments": arguments,
            "environment": environment,
            "output": str(script.with_suffix(".out")),
            "errors": str(script.with_suffix(".err")),
            "seconds": WATCHDOG_SECONDS,
        }
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.communicate(timeout=WATCHDOG_SECONDS)


class Scripts:
    """Runs scripts, each in a folder of its own.

    Attributes:
        client: sees what the server has.
        folder: where scripts run.
        python: the interpreter.
        environment: the scripts' variables.
        imported: modules that scripts begin with, which saves the time that their imports take; by default none, as
            libraries are usually imported after ``Task.init``.
    """

    def __init__(self, server: RunningServer, client: Client, folder: Path, warm: Warm) -> None:
        self.client = client
        self.folder = folder
        self.python = sys.executable
        self.imported: list[str] = []
        self._warm = warm
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PELLUCID", "CLEARML"))},
            "PELLUCID_HOME": str(folder / "home"),
            "CLEARML_CONFIG_FILE": "/dev/null",
            "PELLUCID_API_HOST": server.url,
            "PELLUCID_API_ACCESS_KEY": server.access_key,
            "PELLUCID_API_SECRET_KEY": server.secret_key,
            **SETTINGS,
        }

    def having(self, *imported: str) -> Scripts:
        """These scripts, with modules imported already."""
        self.imported += imported
        return self

    def run(self, code: str, *arguments: str, begin: str = BEGIN, **environment: str) -> Recorded:
        """Run a script to its good end, with its last task closed; returns what the server has."""
        code = dedent(code) + "\nTask.current_task().close()\nprint('TASK', task.id)\n"
        printed = self.start(code, *arguments, begin=begin, **environment)
        (recorded,) = self.tasks(printed)
        return recorded

    def tasks(self, printed: str) -> list[Recorded]:
        """What the server has of the tasks that a script has printed after ``TASK``."""
        ids = [line.split()[1] for line in printed.splitlines() if line.startswith("TASK ")]
        return [Recorded(self.client, task) for task in ids]

    def start(self, code: str, *arguments: str, begin: str = BEGIN, **environment: str) -> str:
        """Run a script to its good end, with everything recorded; returns what it printed."""
        printed, errors = self.start_and_listen(code, *arguments, begin=begin, **environment)
        assert "not recorded" not in errors, errors
        return printed

    def start_and_listen(self, code: str, *arguments: str, begin: str = BEGIN, **environment: str) -> tuple[str, str]:
        """Run a script to its good end; returns what it printed, and what went to standard error."""
        script = self.folder / "script.py"
        script.write_text(begin + code)
        if self.imported:
            code_of_end = self._warm.run(script, arguments, self.environment | environment, self.imported)
            printed, errors = (script.with_suffix(suffix).read_text() for suffix in (".out", ".err"))
            assert code_of_end == 0, printed + errors
            return printed, errors
        ended = subprocess.run(
            [self.python, str(script), *arguments],
            env=self.environment | environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=WATCHDOG_SECONDS,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout, ended.stderr


def started_by_an_agent(
    scripts: Scripts, code: str, recorded: Recorded, changed: Mapping[str, Mapping[str, str]]
) -> str:
    """Run a script again, as a clone of its task with other parameters; returns what it printed.

    Args:
        scripts: runs it.
        code: of the script, without its beginning.
        recorded: the task.
        changed: values by section and name.
    """
    clone = scripts.client.send(task_life.CLONE, task_life.Clone(task=recorded.document.id)).id
    hyperparams = {section: dict(present) for section, present in recorded.document.hyperparams.items()}
    for section, values in changed.items():
        for name, value in values.items():
            kind = getattr(hyperparams[section].get(name), "type", None)
            hyperparams[section][name] = tasks.Parameter(section=section, name=name, value=value, type=kind)
    scripts.client.send(tasks.EDIT, tasks.Edit(task=clone, hyperparams=hyperparams))
    return scripts.start(code, CLEARML_TASK_ID=clone, CLEARML_PROC_MASTER_ID="")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all scripts."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """One process for all scripts that begin with libraries imported."""
    warm = Warm()
    yield warm
    warm.close()


@pytest.fixture
def scripts(server: RunningServer, tmp_path: Path, warm: Warm) -> Iterator[Scripts]:
    """Runs scripts against the server."""
    client = Client(server.url, server.access_key, server.secret_key)
    yield Scripts(server, client, tmp_path, warm)
    client.close()
