"""The engine for Slurm, on a real Slurm with two nodes."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from pellucid.agent.daemon import PREEMPTED
from pellucid.base.process import identify
from pellucid.engines.base import Engine, Handle, JobLostError, JobPreemptedError, LaunchError
from pellucid.engines.cluster import ClusterEngine, ClusterJob
from pellucid.engines.resources import Resources
from pellucid.engines.slurm import Slurm
from pellucid.testing import slurm as cluster
from pellucid.testing.engine_tasks import WAIT, TaskTests, Work
from pellucid.testing.engines import ClusterEngineTests
from pellucid.testing.server import RunningServer
from pellucid.wire.enums import TaskStatus


class TestSlurm(ClusterEngineTests):
    """Jobs of Slurm."""

    @pytest.fixture
    def engine(self, slurm: Path) -> Engine:
        """The engine under test."""
        return ClusterEngine(Slurm(slurm / "output", look_seconds=0.1), poll_seconds=0.1)

    def cancel_elsewhere(self, handle: Handle) -> None:
        """By Slurm's own command."""
        assert isinstance(handle, ClusterJob)
        subprocess.run(["scancel", handle.name.split()[-1]], check=True)

    def too_much(self) -> Resources:
        """More nodes than there are."""
        return Resources(nodes=cluster.NODES + 1)

    def test_a_job_has_what_it_asks_for(self, engine: Engine, tmp_path: Path) -> None:
        """And is told so by Slurm."""
        code = "import os; [print(name, os.environ.get(name)) for name in ({})]".format(
            "'SLURM_CPUS_PER_TASK', 'SLURM_MEM_PER_NODE', 'SLURM_JOB_PARTITION', 'SLURM_JOB_GPUS', 'SLURM_JOB_NAME'"
        )
        resources = Resources(cpus=2, memory=500, gpus=1, time=90, partition="long")
        handle = engine.start(replace(self.plan(tmp_path, code), resources=resources, name="a-name"))

        assert list(handle.output()) == [
            "SLURM_CPUS_PER_TASK 2",
            "SLURM_MEM_PER_NODE 500",
            "SLURM_JOB_PARTITION long",
            "SLURM_JOB_GPUS 0",
            "SLURM_JOB_NAME a-name",
        ]
        handle.wait()

    @pytest.mark.parametrize(
        ("resources", "words"),
        [
            (Resources(partition="nowhere"), "Slurm does not take the job: .*partition.*nowhere"),
            (Resources(memory=10 * cluster.MEMORY), "Memory specification can not be satisfied"),
            (Resources(gpus=9), "Slurm does not take the job: "),
        ],
    )
    def test_what_the_cluster_never_has_is_refused(
        self, engine: Engine, tmp_path: Path, resources: Resources, words: str
    ) -> None:
        """In Slurm's words."""
        with pytest.raises(LaunchError, match=words):
            engine.start(replace(self.plan(tmp_path, ""), resources=resources))

    def test_a_template_prepares_the_node(self, slurm: Path, tmp_path: Path) -> None:
        """With options, which resources override, and with commands."""
        template = "#SBATCH --comment=templated\n#SBATCH --cpus-per-task=3\nexport PREPARED=yes"
        engine = ClusterEngine(Slurm(slurm / "output", template=template), poll_seconds=0.1)
        code = "import os; print(os.environ['PREPARED'], os.environ['SLURM_CPUS_PER_TASK'])"
        first = engine.start(self.plan(tmp_path, code))
        second = engine.start(replace(self.plan(tmp_path, code), resources=Resources(cpus=1)))

        assert [*first.output(), *second.output()] == ["yes 3", "yes 1"]
        assert first.wait() == second.wait() == 0

    def test_a_job_whose_node_is_gone_is_lost(self, engine: Engine, tmp_path: Path) -> None:
        """As its operator says."""
        handle = engine.start(
            self.plan(tmp_path, "import os, time; print(os.environ['SLURMD_NODENAME']); time.sleep(60)")
        )
        lines = iter(handle.output())
        node = next(lines)
        try:
            _control("update", f"nodename={node}", "state=down", "reason=test")
            list(lines)
            with pytest.raises(JobLostError, match=r"Slurm job \d+ lost its node"):
                handle.wait()
        finally:
            _control("update", f"nodename={node}", "state=idle")

    def test_a_job_that_has_to_make_place(self, engine: Engine, tmp_path: Path) -> None:
        """May run later, when there is place for it."""
        whole = Resources(cpus=cluster.CPUS, memory=cluster.MEMORY, nodes=cluster.NODES)
        code = "import time; print('ready'); time.sleep(60)"
        handle = engine.start(replace(self.plan(tmp_path, code), resources=whole))
        assert next(iter(handle.output())) == "ready"
        urgent = engine.start(replace(self.plan(tmp_path, ""), resources=replace(whole, partition="urgent")))

        with pytest.raises(JobPreemptedError, match=r"Slurm job \d+ had to make place for another job"):
            handle.wait()
        assert urgent.wait() == 0

    def test_a_job_that_slurm_has_forgotten_is_lost(self, engine: Engine, slurm: Path) -> None:
        """If it keeps no accounts."""
        state = Slurm(slurm / "output").state("999999")

        assert state.why == "is not known to Slurm any more"


def test_without_slurm_s_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what is missing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LaunchError, match="there is no sbatch on the PATH"):
        ClusterEngine(Slurm(tmp_path)).start(TestSlurm().plan(tmp_path, ""))


def _control(*words: str) -> None:
    subprocess.run(["scontrol", *words], check=True)


class TestTasksOnSlurm(TaskTests):
    """Tasks as jobs of Slurm."""

    too_much: ClassVar[dict[str, object]] = {"nodes": cluster.NODES + 1}
    job_name = "Slurm"

    @pytest.fixture
    def engine(self, slurm: Path) -> Engine:
        """The engine that the agent has."""
        return ClusterEngine(Slurm(slurm / "output", look_seconds=0.1), poll_seconds=0.1)

    def cancel_elsewhere(self, job: str) -> None:
        """By Slurm's own command."""
        subprocess.run(["scancel", job], check=True)

    def test_a_task_that_has_to_make_place_runs_again(self, work: Work) -> None:
        """As soon as there is place."""
        script = "import os, time; time.sleep(0 if os.path.exists('FLAG') else 600)".replace(
            "FLAG", f"{work.folder}/flag"
        )
        task = work.enqueue(script, cpus=cluster.CPUS, nodes=1, memory=cluster.MEMORY)
        work.await_line(task, "^Starting ")

        (work.folder / "flag").touch()
        whole = [
            f"--nodes={cluster.NODES}",
            f"--cpus-per-task={cluster.CPUS}",
            "--partition=urgent",
            "--wrap=true",
        ]
        subprocess.run(["sbatch", "--output=/dev/null", *whole], check=True)

        assert work.await_end(task).status == TaskStatus.completed
        assert sum("was submitted" in line for line in work.lines(task)) == 2

    def test_an_agent_that_goes_puts_its_task_back(self, server: RunningServer, engine: Engine, tmp_path: Path) -> None:
        """And takes the job from the cluster."""
        with self.working(server, engine, tmp_path) as work:
            task = work.enqueue(WAIT)
            pid = int(work.await_line(task, "^pid ").split()[1])

        with self.working(server, engine, tmp_path) as other:
            found = other.document(task)
        assert (found.status, found.status_reason) == (TaskStatus.queued, PREEMPTED)
        assert identify(pid) is None
