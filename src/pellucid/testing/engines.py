"""What every engine must do, as tests: subclass ``EngineTests`` and give it an engine.

class TestLocalEngine(EngineTests):
    @pytest.fixture
    def engine(self) -> Engine:
        return LocalEngine()
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pellucid.base.process import identify
from pellucid.engines.base import NODE_RANK, Engine, Handle, JobLostError, LaunchError, LaunchPlan
from pellucid.engines.resources import Resources
from pellucid.testing.run_folder import wait_until


class EngineTests:
    """The suite; plans run this interpreter, so the engine must offer it at the same path."""

    @pytest.fixture
    def engine(self) -> Engine:
        """The engine under test."""
        raise NotImplementedError("a subclass gives its engine")

    def plan(self, folder: Path, code: str, **environment: str) -> LaunchPlan:
        """A plan that runs Python code in a folder."""
        return LaunchPlan(
            command=[sys.executable, "-u", "-c", code], folder=folder, environment={**os.environ, **environment}
        )

    def test_output_comes_line_by_line_and_merged(self, engine: Engine, tmp_path: Path) -> None:
        """Stdout and stderr arrive in the order in which they were written."""
        handle = engine.start(
            self.plan(tmp_path, "import sys; print('one'); print('two', file=sys.stderr); print('three')")
        )

        assert list(handle.output()) == ["one", "two", "three"]
        assert handle.wait() == 0

    def test_environment_folder_and_exit_code(self, engine: Engine, tmp_path: Path) -> None:
        """Those of the plan, and what the process says at its end."""
        code = "import os; print(os.environ['WHO']); print(os.getcwd()); raise SystemExit(3)"
        handle = engine.start(self.plan(tmp_path, code, WHO="me"))

        assert list(handle.output()) == ["me", str(tmp_path)]
        assert handle.wait() == 3

    def test_stop_ends_a_process_that_ignores_the_request(self, engine: Engine, tmp_path: Path) -> None:
        """After the grace period it is ended by force, and its exit tells so; what it has printed is there before."""
        code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); time.sleep(60)"
        handle = engine.start(self.plan(tmp_path, code))
        lines = iter(handle.output())
        assert next(lines) == "ready"

        handle.stop(grace=0.2)

        assert handle.wait() == -9

    def test_stop_ends_the_children_too(self, engine: Engine, tmp_path: Path) -> None:
        """Also those that went away as daemons do; and none of them holds the output open."""
        code = (
            "import subprocess, sys, time\n"
            "line = 'import os, time; os.write(1, (str(os.getpid()) + chr(10)).encode()); time.sleep(60)'\n"
            "child = [sys.executable, '-c', line]\n"
            "subprocess.Popen(child)\n"
            "subprocess.Popen(child, start_new_session=True)\n"
            "time.sleep(60)\n"
        )
        handle = engine.start(self.plan(tmp_path, code))
        lines = iter(handle.output())
        children = [int(next(lines)), int(next(lines))]

        handle.stop(grace=5)

        list(lines)
        wait_until(lambda: not any(map(identify, children)), f"processes {children} have ended")

    def test_what_goes_on_in_the_background_holds_nobody_up(self, engine: Engine, tmp_path: Path) -> None:
        """The end of the program is the end."""
        code = (
            "import subprocess, sys;"
            "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True);"
            "print('done')"
        )
        handle = engine.start(self.plan(tmp_path, code))

        assert list(handle.output()) == ["done"]
        assert handle.wait() == 0
        handle.stop(grace=0)

    def test_a_bar_that_is_drawn_over_is_one_line(self, engine: Engine, tmp_path: Path) -> None:
        """Only a line feed ends one."""
        handle = engine.start(self.plan(tmp_path, "print('1%', end='\\r'); print('2%')"))

        assert list(handle.output()) == ["1%\r2%"]
        handle.wait()

    def test_a_program_that_does_not_exist_is_refused(self, engine: Engine, tmp_path: Path) -> None:
        """The error names the program."""
        with pytest.raises(LaunchError, match="no-such-program"):
            engine.start(LaunchPlan(command=["no-such-program"], folder=tmp_path))


class ClusterEngineTests(EngineTests):
    """The suite of engines that make jobs of a cluster, which others may look at and end as well."""

    def cancel_elsewhere(self, handle: Handle) -> None:
        """End a job as somebody who knows nothing of its agent."""
        raise NotImplementedError("a subclass says how")

    def too_much(self) -> Resources:
        """What the cluster takes, and can't give now."""
        raise NotImplementedError("a subclass says what")

    def test_a_program_that_does_not_exist_is_refused(self, engine: Engine, tmp_path: Path) -> None:
        """Where it was to run, and in words that name it."""
        handle = engine.start(LaunchPlan(command=["no-such-program"], folder=tmp_path))

        assert "no-such-program" in "".join(handle.output())
        assert handle.wait() == 127

    def test_a_job_that_is_cancelled_elsewhere_is_lost(self, engine: Engine, tmp_path: Path) -> None:
        """The error names the job."""
        handle = engine.start(self.plan(tmp_path, "import time; print('ready'); time.sleep(60)"))
        lines = iter(handle.output())
        assert next(lines) == "ready"

        self.cancel_elsewhere(handle)

        list(lines)
        with pytest.raises(JobLostError, match=r"^(Slurm|Ray|Kubernetes) job \S+ was"):
            handle.wait()

    def test_a_job_that_waits_says_so_and_can_be_stopped(self, engine: Engine, tmp_path: Path) -> None:
        """Nobody waits for its grace."""
        notices: queue.SimpleQueue[str] = queue.SimpleQueue()
        plan = self.plan(tmp_path, "print('never')")
        handle = engine.start(replace(plan, resources=self.too_much(), notice=notices.put))
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(handle.output()))
        reader.start()
        assert "was submitted" in notices.get(timeout=30)
        assert " waits: " in notices.get(timeout=30)

        handle.stop(grace=30)

        reader.join(30)
        assert lines == []
        assert handle.wait() == -15

    def test_nodes_start_together(self, engine: Engine, tmp_path: Path) -> None:
        """And each knows which one it is."""
        code = f"import os; print('rank', os.environ['{NODE_RANK}'])"
        handle = engine.start(replace(self.plan(tmp_path, code), resources=Resources(nodes=2)))

        assert sorted(line for line in handle.output() if "rank" in line) == ["rank 0", "rank 1"]
        assert handle.wait() == 0

    def test_a_failing_node_ends_the_others(self, engine: Engine, tmp_path: Path) -> None:
        """Nobody waits for what never comes."""
        code = (
            "import os, time\n"
            f"if os.environ['{NODE_RANK}'] == '0':\n"
            "    print('pid', os.getpid(), flush=True)\n"
            "    open('ready', 'w').close()\n"
            "    time.sleep(60)\n"
            "while not os.path.exists('ready'):\n"
            "    time.sleep(0.05)\n"
            "raise SystemExit(3)\n"
        )
        handle = engine.start(replace(self.plan(tmp_path, code), resources=Resources(nodes=2)))

        [first] = [int(line.split()[1]) for line in handle.output() if line.startswith("pid ")]
        assert handle.wait() not in (0, None)
        wait_until(lambda: identify(first) is None, f"process {first} has ended")
