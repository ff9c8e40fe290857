"""Slurm: jobs by its own commands, ``sbatch``, ``squeue``, ``scancel`` and ``sacct``.

The folder of the jobs' output has to be one that the nodes and this machine share.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pellucid.engines.base import NODE_RANK, LaunchError, LaunchPlan
from pellucid.engines.cluster import ClusterError, JobState, Phase, Places
from pellucid.engines.resources import Resources

_WAITING: Final = frozenset({"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD"})
_RUNNING: Final = frozenset({"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"})
_PREEMPTED: Final = "PREEMPTED"
_REASONS: Final = {
    "CANCELLED": "was cancelled, not by its agent",
    "TIMEOUT": "ran out of its time; ask for more by the resource 'time'",
    "DEADLINE": "missed its deadline",
    "OUT_OF_MEMORY": "ran out of its memory; ask for more by the resource 'memory'",
    "NODE_FAIL": "lost its node",
    "BOOT_FAIL": "lost its node, which did not boot",
    "REVOKED": "was revoked",
    _PREEMPTED: "had to make place for another job",
}
_UNREASONED: Final = frozenset({"", "None", "(null)"})
_COLUMNS: Final = "JobID:24,State:24,exit_code:16,Reason:128"
_COMMAND_PATIENCE: Final = 60.0


class Slurm:
    """The cluster that this machine's Slurm commands talk to."""

    def __init__(self, folder: Path, *, template: str = "", look_seconds: float = 2.0) -> None:
        """Prepare.

        Args:
            folder: for the output of jobs, shared with the nodes; it is made if it is missing.
            template: lines at the beginning of the jobs' scripts: ``#SBATCH`` options, which a job's own resources
                override, then whatever prepares a node, such as ``module load``.
            look_seconds: for how long an answer of ``squeue`` holds, which is one for all jobs.
        """
        self._folder = folder
        self._template = template
        self._look_seconds = look_seconds
        self._lock = threading.Lock()
        self._states: dict[str, JobState] = {}
        self._looked = 0.0

    def submit(self, plan: LaunchPlan) -> str:
        """Submit a job by ``sbatch``.

        Raises:
            LaunchError: ``sbatch`` is not there, or does not take the job.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        if plan.resources.image:
            plan.notice(f"Slurm: the image {plan.resources.image} is not used; a template can say how to")
        command = ["sbatch", "--parsable", *self._options(plan)]
        try:
            answer = _run(command, script=_script(plan, self._template), environ=_environment(plan.environment))
        except ClusterError as error:
            raise LaunchError(f"Slurm does not take the job: {error}") from error
        with self._lock:
            self._looked = 0.0
        return answer.strip().partition(";")[0]

    def describe(self, job: str) -> str:
        """The job's name for people."""
        return f"Slurm job {job}"

    def state(self, job: str) -> JobState:
        """What ``squeue`` says, and ``sacct`` if that has forgotten it."""
        with self._lock:
            if time.monotonic() - self._looked > self._look_seconds:
                self._states = _queue()
                self._looked = time.monotonic()
            state = self._states.get(job)
        return state or _remembered(job)

    def read(self, job: str, places: Places) -> bytes:
        """More of the job's file."""
        try:
            with self._output(job).open("rb") as file:
                file.seek(places.get(job, 0))
                more = file.read()
        except FileNotFoundError:
            return b""  # it has not begun
        except OSError as error:
            raise ClusterError(str(error)) from error
        places[job] = places.get(job, 0) + len(more)
        return more

    def end(self, job: str, *, force: bool) -> None:
        """Cancel it if it waits; else ask its script and all its steps to end, or end them."""
        _run(["scancel", "--quiet", "--state=PENDING", job])
        if force:
            # Slurm's own way leaves a program five seconds more, which this one has had; it is for what else there is.
            _run(["scancel", "--quiet", "--batch", "--signal=KILL", job])
            _run(["scancel", "--quiet", job])
        else:
            _run(["scancel", "--quiet", "--full", "--signal=TERM", job])

    def _output(self, job: str) -> Path:
        return self._folder / f"slurm-{job}.out"

    def _options(self, plan: LaunchPlan) -> list[str]:
        return [
            f"--job-name={plan.name}",
            f"--chdir={plan.folder}",
            f"--output={self._folder}/slurm-%j.out",
            "--open-mode=append",
            "--export=ALL",
            # A task must not run twice: whoever has queued it decides about another try.
            "--no-requeue",
            *_wishes(plan.resources),
        ]


def _wishes(resources: Resources) -> list[str]:
    minutes = None if resources.time is None else -(-resources.time // 60)
    options = {
        "cpus-per-task": resources.cpus,
        "gpus-per-node": resources.gpus or None,
        "mem": None if resources.memory is None else f"{resources.memory}M",
        "time": minutes,
        "partition": resources.partition,
        "nodes": resources.nodes if resources.nodes > 1 else None,
        "ntasks-per-node": 1 if resources.nodes > 1 else None,
    }
    return [f"--{name}={value}" for name, value in options.items() if value is not None]


def _script(plan: LaunchPlan, template: str) -> str:
    command = list(plan.command)
    if plan.resources.nodes > 1:
        ranked = f'export {NODE_RANK}=$SLURM_PROCID; exec "$@"'
        # Steps don't inherit this one of the job's options.
        cores = [f"--cpus-per-task={plan.resources.cpus}"] if plan.resources.cpus else []
        command = ["srun", "--mpi=none", "--kill-on-bad-exit=1", *cores, "/bin/bash", "-c", ranked, "node", *command]
    return f"#!/bin/bash\n{template.rstrip()}\nexec {shlex.join(command)}\n"


def _environment(wanted: Mapping[str, str]) -> dict[str, str]:
    """The job's variables; of an agent that is itself a job of Slurm, not those of that job."""
    kept = {name: value for name, value in wanted.items() if not name.startswith(("SLURM_", "SBATCH_"))}
    own = {name: os.environ[name] for name in ("PATH", "SLURM_CONF") if name in os.environ}
    return {**own, **kept}


def _queue() -> dict[str, JobState]:
    states = {}
    for line in _run(["squeue", "--me", "--noheader", "--states=all", f"--Format={_COLUMNS}"]).splitlines():
        job, state, status, *reason = line.split(None, 3)
        states[job] = _state(state, status, reason[0].strip() if reason else "")
    return states


def _remembered(job: str) -> JobState:
    try:
        lines = _run(["sacct", "-n", "-P", "-X", "-j", job, "-o", "State,ExitCode"]).split("\n")
    except ClusterError:
        lines = [""]  # a cluster without accounting
    if not lines[0]:
        return JobState(phase=Phase.ENDED, why="is not known to Slurm any more")
    state, _, code = lines[0].partition("|")
    # "CANCELLED by 1000"
    return _state(state.split()[0], code, "")


def _state(state: str, status: str, reason: str) -> JobState:
    if state in _WAITING:
        return JobState(phase=Phase.WAITING, why="" if reason in _UNREASONED else reason)
    if state in _RUNNING:
        return JobState(phase=Phase.RUNNING)
    if state in ("COMPLETED", "FAILED"):
        return JobState(phase=Phase.ENDED, code=_code(status))
    why = _REASONS.get(state, f"has become {state}")
    return JobState(phase=Phase.ENDED, why=why, is_preempted=state == _PREEMPTED)


def _code(status: str) -> int:
    """From ``code:signal`` as ``sacct`` has it, or from what ``wait`` gives as ``squeue`` does (man wait)."""
    code, separator, number = status.partition(":")
    if not separator:
        code, number = str(int(status) >> 8), str(int(status) & 0x7F)
    return -int(number) or int(code)


def _run(command: Sequence[str], *, script: str = "", environ: Mapping[str, str] | None = None) -> str:
    program = shutil.which(command[0])
    if program is None:
        raise ClusterError(f"there is no {command[0]} on the PATH; the agent has to run where Slurm can be used")
    try:
        done = subprocess.run(
            [program, *command[1:]],
            input=script,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=_COMMAND_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ClusterError(f"{command[0]} can't be run: {error}") from error
    if done.returncode != 0:
        lines = [line.partition("error: ")[2] or line for line in done.stderr.splitlines() if line.strip()]
        raise ClusterError("; ".join(lines) or f"{command[0]} ended with exit code {done.returncode}")
    return done.stdout
