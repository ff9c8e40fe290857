"""Containers of this machine, by the commands of Docker or Podman, which understand the same words."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.ids import new_id
from pellucid.engines.base import JobLostError, LaunchError, LaunchPlan
from pellucid.engines.local import LocalEngine, LocalProcess

PROGRAMS: Final = ("docker", "podman")

_COMMAND_PATIENCE: Final = 60.0
_PULL_PATIENCE: Final = 3600.0
_SIGNALLED: Final = 128
"""Exit codes above this are numbers of signals, by what shells and containers agree on."""

_KILLED: Final = 137

_HARMLESS: Final = frozenset(
    {"--cpus", "--env", "-e", "--gpus", "--hostname", "--ipc", "--label", "--memory", "-m", "--shm-size", "--ulimit"}
)
"""Arguments that a task may bring along. Others, such as those that mount folders, are the agent's to give: a task is
not to get out of its container by itself."""

_MERGED: Final = 'exec "$@" 2>&1'
"""Containers have two outputs, whose lines would come in any order."""


class _State(msgspec.Struct, rename="pascal"):
    """What ``inspect`` says."""

    exit_code: int = 0
    error: str = ""
    oom_killed: bool = msgspec.field(name="OOMKilled", default=False)


class ContainerProcess:
    """A process in a container, with all that it has started."""

    def __init__(self, program: str, name: str, logs: LocalProcess, *, is_bounded: bool) -> None:
        """Look after a container that runs, whose memory may be bounded."""
        self._is_bounded = is_bounded
        self._program = program
        self._name = name
        self._logs = logs
        self._stopping = False
        self._ending = threading.Lock()
        self._code: int | None = None

    def output(self) -> Iterator[str]:
        """The lines of the container."""
        yield from self._logs.output()
        self._logs.wait()

    def wait(self) -> int:
        """Wait for the end of the container, and remove it."""
        with self._ending:
            if self._code is None:
                self._code = self._end()
        return self._code

    def stop(self, grace: float) -> None:
        """Have the container asked to end, and ended when the grace period is over."""
        self._stopping = True
        _run(self._program, "stop", "--time", str(round(grace)), self._name, patience=grace + 60.0, check=False)
        self.wait()

    def _end(self) -> int:
        try:
            number = int(_run(self._program, "wait", self._name, patience=None).strip() or 0)
            state = self._state()
        finally:
            _run(self._program, "rm", "--force", self._name, check=False)
            # It has nothing more to say once its container is gone.
            self._logs.wait()
        # Not every program of this kind tells why a container was killed.
        if state.oom_killed or (number == _KILLED and self._is_bounded and not self._stopping):
            raise JobLostError("the container ran out of its memory; ask for more by the resource 'memory'")
        return -(number - _SIGNALLED) if number > _SIGNALLED else number

    def _state(self) -> _State:
        answer = _run(self._program, "inspect", "--format", "{{json .State}}", self._name, check=False)
        try:
            return msgspec.json.decode(answer, type=_State)
        except msgspec.DecodeError:
            return _State()  # somebody has removed it


class ContainerEngine:
    """Starts processes in containers."""

    def __init__(
        self,
        program: str,
        image: str | None = None,
        *,
        options: Sequence[str] = (),
        gpus: Sequence[str] | None = None,
        network: str = "host",
    ) -> None:
        """Prepare.

        Args:
            program: ``docker`` or ``podman``, by name or by path.
            image: for plans that name none.
            options: more words for ``run``, such as mounts.
            gpus: numbers or ids of those that containers may use, all of them unless a plan needs fewer; as many as a
                plan needs of any if ``None``.
            network: of the containers; this machine's by default, as the server may be on it.
        """
        self._program = shutil.which(program) or program
        self._image = image
        self._options = list(options)
        self._gpus = None if gpus is None else list(gpus)
        self._network = network

    def start(self, plan: LaunchPlan) -> ContainerProcess:
        """Make a container and start it.

        Raises:
            LaunchError: there is no image, or it can't be had, or it lacks the program; the text says what to do.
        """
        image = plan.resources.image or self._image
        if image is None:
            raise LaunchError("no image is given; set the task's container image, or start the agent with --image")
        if plan.resources.nodes > 1:
            raise LaunchError(
                f"a container is one node, and {plan.resources.nodes} are asked for; use a cluster's engine"
            )
        self._fetch(image, plan)
        self._check_program(image, plan)
        name = f"pellucid-{new_id()}"
        shell = ["/bin/sh", "-c", _MERGED, "sh", *plan.command]
        words = ["--detach", "--name", name, *self._words(plan), image, *shell[1:]]
        _run(self._program, "run", "--entrypoint", shell[0], *words, environ=plan.environment)
        logs = LaunchPlan(
            command=[self._program, "logs", "--follow", name], folder=Path(os.sep), environment=dict(os.environ)
        )
        is_bounded = plan.resources.memory is not None
        return ContainerProcess(self._program, name, LocalEngine().start(logs), is_bounded=is_bounded)

    def _words(self, plan: LaunchPlan) -> list[str]:
        needs = plan.resources
        return [
            f"--network={self._network}",
            f"--workdir={plan.folder}",
            # By name, so that no secret is among the words that everybody on this machine can read.
            *(f"--env={name}" for name in plan.environment),
            *([f"--cpus={needs.cpus}"] if needs.cpus else []),
            *([f"--memory={needs.memory}m"] if needs.memory else []),
            *self._gpu_words(needs.gpus),
            *self._options,
            *harmless(plan.container_arguments),
        ]

    def _gpu_words(self, needed: int | None) -> list[str]:
        if self._gpus is None:
            return [f"--gpus={needed}"] if needed else []
        if needed and needed > len(self._gpus):
            raise LaunchError(
                f"the task asks for {needed} GPUs, and this agent's containers may use {len(self._gpus)}: enqueue it "
                "for another one, or change its parameter Resources/gpus"
            )
        chosen = ",".join(self._gpus[:needed] if needed else self._gpus)
        return [f'--gpus="device={chosen}"'] if chosen else []

    def _fetch(self, image: str, plan: LaunchPlan) -> None:
        if _answers(self._program, "image", "inspect", image):
            return
        plan.notice(f"fetching the image {image}")
        try:
            _run(self._program, "pull", image, patience=_PULL_PATIENCE)
        except LaunchError as error:
            raise LaunchError(
                f"the image {image} is not there and can't be fetched: {error}; check its name"
            ) from error

    def _check_program(self, image: str, plan: LaunchPlan) -> None:
        command = plan.command[0]
        look = ["--rm", *self._words(plan), image, "-c", f"command -v {shlex.quote(command)}"]
        if not _answers(self._program, "run", "--entrypoint", "/bin/sh", *look, environ=plan.environment):
            raise LaunchError(f"the image {image} has no program {command!r}; choose another image")


def harmless(arguments: Sequence[str]) -> list[str]:
    """Arguments that a task brings along for its container.

    Raises:
        LaunchError: one of them is not among those that it may.
    """
    for word in arguments:
        if word.startswith("-") and re.split("=", word, maxsplit=1)[0] not in _HARMLESS:
            raise LaunchError(
                f"the container argument {word!r} is not allowed to tasks; give it to the agent by --template"
            )
    return list(arguments)


def _answers(program: str, *words: str, environ: Mapping[str, str] | None = None) -> bool:
    try:
        _run(program, *words, environ=environ)
    except LaunchError:
        return False
    return True


def _run(
    program: str,
    *words: str,
    environ: Mapping[str, str] | None = None,
    patience: float | None = _COMMAND_PATIENCE,
    check: bool = True,
) -> str:
    """The answer of a command. Raises LaunchError with its last line if it fails."""
    try:
        done = subprocess.run(
            [program, *words],
            env={**os.environ, **(environ or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
            # Some leave a file in the present folder when a container runs out of its memory.
            cwd=tempfile.gettempdir(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        if check:
            raise LaunchError(f"{program} can't be run: {error}") from error
        return ""
    if check and done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"it ended with exit code {done.returncode}"]
        raise LaunchError(f"{Path(program).name} {words[0]}: {lines[-1]}")
    return done.stdout
