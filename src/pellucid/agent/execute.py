"""Runs one task from beginning to end: its code, its environment, its process, its status (protocol §4.2)."""

from __future__ import annotations

import errno
import os
import shlex
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pellucid.agent.code import Code, place_code
from pellucid.agent.commands import Commands
from pellucid.agent.console import Console
from pellucid.agent.environments import Environments
from pellucid.agent.errors import PreparationError
from pellucid.agent.secrets import Mask
from pellucid.agent.settings import AgentSettings
from pellucid.agent.stopping import StopWatch
from pellucid.agent.variables import connection_variables
from pellucid.base.connection import Connection
from pellucid.base.errors import PellucidError, RequestRefusedError
from pellucid.base.log import trouble
from pellucid.client.session import Client
from pellucid.engines.base import Engine, JobLostError, JobPreemptedError, LaunchError, LaunchPlan
from pellucid.wire import tasks

_ENVIRONMENT_SECTION: Final = "Environment"
"""The section of parameters that are variables of the process (protocol §4.3)."""

RESOURCES_SECTION: Final = "Resources"
"""The section of parameters that says what a task needs."""

_NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT)
_NOT_INHERITED: Final = frozenset({"VIRTUAL_ENV", "PYTHONHOME", "PELLUCID_RUN"})
_FAILED: Final = 1


class Execution:
    """One task on one worker.

    Attributes:
        task: its id.
        stopping: stops it.
        is_preempted: whether it had to make place for others, and may run later.
    """

    def __init__(
        self,
        task: str,
        *,
        client: Client,
        connection: Connection,
        engine: Engine,
        folder: Path,
        settings: AgentSettings,
        worker: str,
        environ: Mapping[str, str] = os.environ,
        gpus: str | None = None,
        gpu_count: int | None = None,
    ) -> None:
        """Prepare to run a task.

        Args:
            task: its id.
            client: the server that has it.
            connection: the same server, for the task's process.
            engine: where to run.
            folder: an empty folder to work in, or one that does not exist yet.
            settings: how this agent works.
            worker: its id.
            environ: variables that the task's process inherits.
            gpus: which ones it may use, as ``CUDA_VISIBLE_DEVICES`` says it; all if ``None``.
            gpu_count: how many that are; ``None`` if somebody else has made sure that they are enough.
        """
        self.task = task
        self._client = client
        self._connection = connection
        self._engine = engine
        self._folder = folder
        self._settings = settings
        self._worker = worker
        self._environ = environ
        self._gpus = gpus
        self._gpu_count = gpu_count
        self._environments = Environments(settings)
        self.is_preempted = False
        self.stopping = StopWatch(client, task, worker, settings)

    def run(self) -> int:
        """Run the task to its end.

        Returns:
            The exit code of its program, or minus the number of the signal that ended it; 1 if it did not come to that.

        Raises:
            ServerError: the server could not be asked, or has no such task.
        """
        document = self._client.send(tasks.GET_BY_ID, tasks.GetById(task=self.task)).task
        mask = Mask([self._connection.access_key, self._connection.secret_key, self._settings.git_password])
        self._set(tasks.STARTED, f"worker {self._worker} prepares it")
        console = Console(self._client, self.task, self._worker, mask)
        self.stopping.watch(console.line)
        try:
            code = self._prepare_and_run(document, console)
            console.close()
            self._finish(code)
        except (PreparationError, LaunchError, JobLostError, OSError) as error:
            if self.stopping.reason is not None:
                console.close()
                self._finish(_FAILED)
            else:
                self.is_preempted = isinstance(error, JobPreemptedError)
                self._fail(mask(_advice(error, self._settings)), console)
            return _FAILED
        except Exception as error:  # noqa: BLE001 - a task that nobody has thought of fails, and the agent goes on
            trouble("agent.task", f"task {self.task} could not be run", error)
            self._fail(mask(f"the task can't be run as it is ({type(error).__name__}): {error}"), console)
            return _FAILED
        except BaseException:
            self._set(tasks.STOPPED, f"worker {self._worker} was interrupted")
            raise
        finally:
            self.stopping.close()
            self._environments.close()
            console.close()
        return code

    def _prepare_and_run(self, document: tasks.Task, console: Console) -> int:
        plan = self._plan(document, console)
        self.stopping.look()
        if self.stopping.asked.is_set():
            return _FAILED
        self._set(tasks.STARTED, f"worker {self._worker} runs it")
        handle = self._engine.start(plan)
        self.stopping.attach(handle)
        try:
            for line in handle.output():
                console.line(line)
            return handle.wait()
        except JobLostError:
            raise
        except BaseException:
            handle.stop(grace=self._settings.grace_seconds)
            raise

    def _fail(self, reason: str, console: Console) -> None:
        console.line(f"Pellucid agent: {reason}")
        console.close()
        self._set(tasks.FAILED, reason, message=reason)

    def _plan(self, document: tasks.Task, console: Console) -> LaunchPlan:
        if self._gpu_count is not None:
            check_gpus(document, self._gpu_count)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        script = document.script
        commands = Commands(console.line, self.stopping.asked)
        code = place_code(script, self._folder, self._settings, commands)
        python = self._environments.python_for(script, code.root, commands)
        command = [code.interpreter or str(python), *([] if code.interpreter else ["-u"]), *code.arguments]
        setup = str(document.container.get("setup_shell_script") or "").strip()
        if setup:
            command = ["/bin/bash", "-c", f"set -e\n{setup}\nexec {shlex.join(command)}"]
        console.line(f"Starting {shlex.join(command if not setup else command[-1:])}")
        return LaunchPlan(command=command, folder=code.folder, environment=self._variables(document, code, python))

    def _variables(self, document: tasks.Task, code: Code, python: Path) -> dict[str, str]:
        inherited = {name: value for name, value in self._environ.items() if name not in _NOT_INHERITED}
        wished = {name: one.value or "" for name, one in document.hyperparams.get(_ENVIRONMENT_SECTION, {}).items()}
        paths = [str(code.folder), *(str(code.root) for _ in range(code.root != code.folder))]
        if self._environ.get("PYTHONPATH"):
            paths.append(self._environ["PYTHONPATH"])
        variables: dict[str, Any] = {
            "MPLBACKEND": "agg",  # else a figure that is shown waits for somebody to close its window
            **inherited,
            **wished,
            "PATH": f"{python.parent}{os.pathsep}{self._environ.get('PATH', os.defpath)}",
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONUNBUFFERED": "1",
            "PELLUCID_TASK_ID": self.task,
            "CLEARML_TASK_ID": self.task,
            "TRAINS_TASK_ID": self.task,
            "CLEARML_WORKER_ID": self._worker,
            # This side reports the console; the script's own capture would send each line twice (protocol §4.5).
            "CLEARML_LOG_TASK_TO_BACKEND": "0",
        }
        variables |= connection_variables(self._connection)
        if self._gpus is not None:
            variables |= {"CUDA_VISIBLE_DEVICES": self._gpus, "NVIDIA_VISIBLE_DEVICES": self._gpus or "none"}
        return variables

    def _finish(self, code: int) -> None:
        """Say how it ended, unless its status was changed meanwhile: then that is how."""
        if self.stopping.is_settled:
            return
        if self.stopping.reason is not None:
            self._set(tasks.STOPPED, self.stopping.reason, force=False)
        elif code == 0:
            request = tasks.Completed(task=self.task, status_reason="worker execution done", status_message="")
            self._send(lambda: self._client.send(tasks.COMPLETED, request))
        else:
            ended = f"signal {-code}" if code < 0 else f"exit code {code}"
            ended += ", possibly out of memory" if code == -signal.SIGKILL else ""
            self._set(tasks.FAILED, f"Exit code {code}", message=f"The program ended with {ended}", force=False)

    def _set(self, action: Any, reason: str, *, message: str = "", force: bool = True) -> None:
        request = tasks.ChangeStatus(task=self.task, force=force, status_reason=reason, status_message=message)
        self._send(lambda: self._client.send(action, request))

    def _send(self, call: Any) -> None:
        try:
            call()
        except RequestRefusedError as error:
            # The task has a final status already: the program has set it, or somebody has.
            trouble("agent.status", f"the status of task {self.task} stays as it is", error)
        except PellucidError as error:
            trouble("agent.status", f"the status of task {self.task} could not be set", error)


def check_gpus(document: tasks.Task, present: int) -> None:
    """Make sure that there are as many GPUs as the task asks for.

    Raises:
        PreparationError: there are not.
    """
    asked = document.hyperparams.get(RESOURCES_SECTION, {}).get("gpus")
    text = "" if asked is None else asked.value or ""
    wanted = int(text) if text.isdecimal() else 0
    if wanted > present:
        raise PreparationError(
            f"the task asks for {wanted} GPUs, and this worker has {present}: enqueue it for another one, or change "
            f"its parameter {RESOURCES_SECTION}/gpus"
        )


def _advice(error: Exception, settings: AgentSettings) -> str:
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return f"no space is left on the worker's disk: free some, or move its cache {settings.cache} ({error})"
    return str(error)
