"""The engine for containers, on a real Podman."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from pellucid.engines.base import Engine, JobLostError, LaunchError, LaunchPlan
from pellucid.engines.container import ContainerEngine
from pellucid.engines.resources import Resources
from pellucid.testing.engine_tasks import TaskTests, Work
from pellucid.testing.engines import EngineTests
from pellucid.testing.podman import IMAGE
from pellucid.wire.enums import TaskStatus


@pytest.fixture
def engine(podman: list[str]) -> Engine:
    """The engine under test; containers see this machine's processes, as the suite looks for them."""
    return ContainerEngine("podman", IMAGE, options=[*podman, "--pid=host"])


class TestContainer(EngineTests):
    """Containers of this machine."""

    @pytest.fixture
    def engine(self, engine: Engine) -> Engine:
        """That of this file."""
        return engine

    def test_nothing_is_left_of_a_container(self, engine: Engine, tmp_path: Path) -> None:
        """When somebody has asked how it ended."""
        handle = engine.start(self.plan(tmp_path, "print('here')"))
        list(handle.output())
        handle.wait()

        assert subprocess.run(["podman", "ps", "--all", "--quiet"], capture_output=True, check=True).stdout == b""

    def test_secrets_are_not_among_its_words(self, engine: Engine, tmp_path: Path) -> None:
        """Everybody on this machine may read those."""
        code = "import subprocess; print('sec' + 'ret' in subprocess.check_output(['ps', 'axww'], text=True))"
        handle = engine.start(self.plan(tmp_path, code, KEY="secret"))

        assert list(handle.output()) == ["False"]
        handle.wait()

    def test_what_a_task_may_ask_for(self, engine: Engine, tmp_path: Path) -> None:
        """Cores, memory, and arguments that keep it in its container."""
        code = "import os; print(os.environ['MORE'], os.statvfs('/dev/shm').f_blocks * os.statvfs('/dev/shm').f_frsize)"
        asked = self.plan(tmp_path, code)
        handle = engine.start(replace(asked, container_arguments=["--shm-size=8m", "--env=MORE=yes"]))

        assert list(handle.output()) == [f"yes {8 << 20}"]
        handle.wait()

    def test_too_much_memory_is_named(self, engine: Engine, tmp_path: Path) -> None:
        """With what to do about it."""
        plan = self.plan(tmp_path, "data = b'x' * (1 << 30)")
        handle = engine.start(replace(plan, resources=Resources(memory=100)))
        list(handle.output())

        with pytest.raises(JobLostError, match="out of its memory; ask for more"):
            handle.wait()

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            (
                {"resources": Resources(image="localhost/none:1")},
                "image localhost/none:1 is not there and can't be fetched",
            ),
            ({"resources": Resources(nodes=2)}, "a container is one node, and 2 are asked for"),
            ({"container_arguments": ["--privileged"]}, "'--privileged' is not allowed to tasks"),
            ({"container_arguments": ["--volume=/:/host"]}, "'--volume=/:/host' is not allowed to tasks"),
        ],
    )
    def test_what_cannot_be(self, engine: Engine, tmp_path: Path, changes: dict[str, object], message: str) -> None:
        """One sentence says what and what to do."""
        with pytest.raises(LaunchError, match=message):
            engine.start(replace(self.plan(tmp_path, ""), **changes))  # type: ignore[arg-type]

    def test_an_image_has_to_be_named(self, podman: list[str], tmp_path: Path) -> None:
        """By the task or by whoever starts the agent."""
        with pytest.raises(LaunchError, match="no image is given"):
            ContainerEngine("podman").start(LaunchPlan(command=["true"], folder=tmp_path))


class TestContainerTasks(TaskTests):
    """Tasks in containers."""

    test_an_aborted_task_that_waits_gives_up_its_place = None  # type: ignore[assignment]  # no container waits
    test_nodes_of_one_job_run_what_the_first_launches = None  # type: ignore[assignment]  # a container is one node
    test_a_job_that_is_lost_fails_its_task = None  # type: ignore[assignment]  # see below

    def test_a_container_that_is_ended_fails_its_task(self, work: Work) -> None:
        """By somebody who knows nothing of its agent."""
        task = work.enqueue("import time; print('begun', flush=True); time.sleep(600)")
        work.await_line(task, "^begun")
        subprocess.run(["podman", "kill", "--all"], check=True, capture_output=True)

        ended = work.await_end(task)
        assert ended.status == TaskStatus.failed
        assert "ended with exit code -9" in ended.status_message

    def test_an_image_that_is_not_there(self, work: Work) -> None:
        """The task says so, and the agent goes on."""
        task = work.enqueue("print('never')", image="localhost/none:1")
        assert "image localhost/none:1 is not there" in work.await_end(task).status_message

        assert work.await_end(work.enqueue("print('next')")).status == TaskStatus.completed
