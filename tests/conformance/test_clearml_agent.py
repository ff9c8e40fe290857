"""The unmodified ``clearml-agent`` works against our server: it runs what the ``clearml`` package made, and obeys.

Its settings let it run tasks in the environment that has the package (``CLEARML_AGENT_SKIP_PIP_VENV_INSTALL`` and
``CLEARML_AGENT_SKIP_PYTHON_ENV_INSTALL``) instead of one that it makes for each, which would take minutes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.conftest import Ask

from pellucid.testing.published_client import QUICK, client_environment, run_client
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import RunningServer

ROOT = Path(__file__).parents[2]
INTERPRETER = ROOT / ".venv-clearml" / "bin" / "python"
AGENT = ROOT / ".venv-clearml-agent" / "bin" / "python"
CLIENTS = Path(__file__).parent / "clients"

WORKER = "conformance:0"
QUEUES = ("urgent", "usual")

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not (INTERPRETER.exists() and AGENT.exists()) and "CI" not in os.environ,
        reason="no environments with clearml and its agent (make test makes them)",
    ),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder of a researcher, with a repository in it."""
    home = tmp_path_factory.mktemp("home")
    checkout = home / "checkout"
    git(home, "init", "--quiet", "--bare", "origin.git")
    git(home, "clone", "--quiet", "origin.git", str(checkout))
    (checkout / "code").mkdir()
    shutil.copy(CLIENTS / "train.py", checkout / "code")
    git(checkout, "add", ".")
    git(checkout, "commit", "--quiet", "--message", "Train")
    git(checkout, "push", "--quiet", "origin", "HEAD")
    return home


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody."""
    command = ["git", "-c", "user.name=a researcher", "-c", "user.email=researcher@localhost", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def trained(home: Path, server: RunningServer) -> str:
    """The id of a task that ran on the researcher's machine, with a change that is in no commit."""
    script = home / "checkout" / "code" / "train.py"
    script.write_text(script.read_text().replace("training", "größere Mühe:\\ttraining"))
    return str(run_client(INTERPRETER, script, home=home, server=server, settings=QUICK))


@dataclass(frozen=True)
class Daemon:
    """A running agent."""

    process: subprocess.Popen[bytes]
    output: Path


@pytest.fixture(scope="module")
def agent(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """An agent that looks at two queues, which it makes."""
    home = tmp_path_factory.mktemp("agent")
    output = home / "agent.log"
    environment = client_environment(home, server, QUICK) | {
        "TMPDIR": str(home),
        "CLEARML_WORKER_ID": WORKER,
        "CLEARML_AGENT_SKIP_PIP_VENV_INSTALL": str(INTERPRETER),
        "CLEARML_AGENT_SKIP_PYTHON_ENV_INSTALL": "1",
        "CLEARML_AGENT_QUEUE_POLL_FREQ_SEC": "0.3",
        "CLEARML_AGENT_STATUS_REPORT_FREQ_SEC": "1",
    }
    options = ["--queue", *QUEUES, "--create-queue", "--foreground", "--cpu-only"]
    with output.open("wb") as log:
        command = [str(AGENT), "-m", "clearml_agent", "daemon", *options]
        process = subprocess.Popen(command, env=environment, cwd=home, stdout=log, stderr=log, start_new_session=True)
    try:
        yield Daemon(process, output)
    finally:
        # With the task that it may be running, which would outlive it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


@pytest.fixture
def queues(agent: Daemon, ask: Ask) -> dict[str, str]:
    """Ids of the agent's queues by name, once it looks at them."""
    wait_until(lambda: bool(workers(ask)), f"the agent's registration; see {agent.output}")
    return {queue["name"]: queue["id"] for queue in ask("queues.get_all", name="^(urgent|usual)$")["queues"]}


def workers(ask: Ask) -> list[dict[str, Any]]:
    """What the server says of the agents."""
    return [worker for worker in ask("workers.get_all")["workers"] if worker["id"] == WORKER]


def clone(ask: Ask, task: str, **arguments: Any) -> str:
    """The id of a copy with other values, made as the web page makes it."""
    copy = str(ask("tasks.clone", task=task, new_task_name="again")["id"])
    edited = [{"section": "Args", "name": name, "value": str(value)} for name, value in arguments.items()]
    edited.append({"section": "General", "name": "rate", "value": "0.25"})
    ask("tasks.edit_hyper_params", task=copy, hyperparams=edited)
    return copy


def document(ask: Ask, task: str) -> dict[str, Any]:
    """A task's document."""
    return dict(ask("tasks.get_by_id", task=task)["task"])


def console(ask: Ask, task: str) -> str:
    """All of a task's console."""
    events = ask("events.get_task_log", task=task, batch_size=1000, order="asc")["events"]
    return "\n".join(event["msg"] for event in events)


def wait_for_end(ask: Ask, task: str, agent: Daemon) -> dict[str, Any]:
    """The document of a task when it has ended and its worker has said that it is free again."""
    ended = ("completed", "failed", "stopped")
    wait_until(lambda: document(ask, task)["status"] in ended, f"the task's end; see {agent.output}", 60)
    wait_until(lambda: (workers(ask)[0]["task"] or {}).get("id") != task, f"the worker's report; see {agent.output}")
    return document(ask, task)


def wait_for_training(ask: Ask, task: str, agent: Daemon) -> None:
    """Wait until a task's own code runs and its worker has said so: from then on an abort reaches it."""
    wait_until(lambda: bool(document(ask, task)["execution"]["artifacts"]), f"the training; see {agent.output}", 60)
    wait_until(lambda: (workers(ask)[0]["task"] or {}).get("id") == task, f"the worker's report; see {agent.output}")


def test_a_clone_runs_with_its_own_parameters(trained: str, agent: Daemon, queues: dict[str, str], ask: Ask) -> None:
    """From the repository with the change that was in no commit; its console, curve and artifact arrive."""
    task = clone(ask, trained, epochs=4)
    ask("tasks.enqueue", task=task, queue=queues["usual"])
    ended = wait_for_end(ask, task, agent)

    assert (ended["status"], ended["status_reason"]) == ("completed", "worker execution done")
    assert ended["last_worker"] == WORKER
    text = console(ask, task)
    assert text.count("größere Mühe:\ttraining 4 epochs at 0.25") == 1
    assert f"task {task} pulled from {queues['usual']} by worker {WORKER}" in text
    curve = ask("events.scalar_metrics_iter_histogram", task=task)["loss"]["train"]
    assert curve["y"] == pytest.approx([0.25, 0.125, 0.25 / 3, 0.0625])
    assert ended["last_iteration"] == 3
    assert [artifact["key"] for artifact in ended["execution"]["artifacts"]] == ["weights"]
    assert ended["hyperparams"]["Args"]["epochs"]["value"] == "4"
    assert document(ask, trained)["hyperparams"]["Args"]["epochs"]["value"] == "2"


def test_an_exception_fails_the_task(trained: str, agent: Daemon, queues: dict[str, str], ask: Ask) -> None:
    """And its traceback is in the console."""
    task = clone(ask, trained, end="badly")
    ask("tasks.enqueue", task=task, queue=queues["usual"])
    ended = wait_for_end(ask, task, agent)

    assert ended["status"] == "failed"
    assert "RuntimeError: diverged" in console(ask, task)


def test_an_abort_ends_a_running_task(trained: str, agent: Daemon, queues: dict[str, str], ask: Ask) -> None:
    """What it reported until then is kept, and the worker is free again."""
    task = clone(ask, trained, end="never")
    ask("tasks.enqueue", task=task, queue=queues["usual"])
    wait_for_training(ask, task, agent)

    ask("tasks.stop", task=task)
    assert document(ask, task)["status"] == "in_progress"
    ended = wait_for_end(ask, task, agent)

    assert (ended["status"], ended["status_reason"]) == ("stopped", "task was stopped by tasks.stop")
    assert "Process aborted by user" in console(ask, task)
    assert ended["last_iteration"] == 1


def test_queues_are_served_in_their_order(trained: str, agent: Daemon, queues: dict[str, str], ask: Ask) -> None:
    """All of the first one, oldest first, before the second one."""
    busy = clone(ask, trained, end="never")
    ask("tasks.enqueue", task=busy, queue=queues["usual"])
    wait_for_training(ask, busy, agent)
    later, first, second = (clone(ask, trained) for _ in range(3))
    for task, queue in ((later, "usual"), (first, "urgent"), (second, "urgent")):
        ask("tasks.enqueue", task=task, queue=queues[queue])
    ask("tasks.stop", task=busy)

    started = [wait_for_end(ask, task, agent)["started"] for task in (first, second, later)]
    assert started == sorted(started)


def test_a_script_moves_to_the_queue(
    trained: str, home: Path, agent: Daemon, queues: dict[str, str], server: RunningServer, ask: Ask
) -> None:
    """``execute_remotely`` ends the local process, and the same task goes on under the agent."""
    script = home / "checkout" / "code" / "train.py"
    task = str(run_client(INTERPRETER, script, "--queue", "usual", home=home, server=server, settings=QUICK))
    ended = wait_for_end(ask, task, agent)

    assert (ended["status"], ended["last_worker"]) == ("completed", WORKER)
    assert "training 2 epochs at 0.5" in console(ask, task)


def test_an_agent_runs_the_steps_of_a_pipeline(
    agent: Daemon, queues: dict[str, str], server: RunningServer, tmp_path: Path, ask: Ask
) -> None:
    """Functions, which are in no repository: the task holds the whole program (protocol §4.3)."""
    script = CLIENTS / "pipeline.py"
    ran = run_client(INTERPRETER, script, "urgent", home=tmp_path, server=server, settings=QUICK)

    assert ran["scaled"] == [0.0, 0.1, 0.2, 0.3, 0.4]
    for name, task in ran["steps"].items():
        step = wait_for_end(ask, task, agent)
        assert (step["name"], step["status"], step["last_worker"]) == (name, "completed", WORKER)
        assert step["execution"]["queue"] == queues["urgent"]


def test_an_agent_that_ends_is_no_worker_any_more(agent: Daemon, queues: dict[str, str], ask: Ask) -> None:
    """It says so at its end; until then it is in the list with its queues."""
    (worker,) = workers(ask)
    assert [queue["name"] for queue in worker["queues"]] == list(QUEUES)
    assert worker["ip"] == "127.0.0.1"

    agent.process.send_signal(signal.SIGINT)
    agent.process.wait(30)

    assert workers(ask) == []
