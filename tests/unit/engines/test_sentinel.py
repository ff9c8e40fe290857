"""What an agent has left running ends when the agent is killed: real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pellucid.base.ids import new_id
from pellucid.base.process import ProcessIdentity, identify, is_running
from pellucid.engines.sentinel import end
from pellucid.testing.run_folder import wait_until

AGENT = """
import os, signal, sys
from pathlib import Path
from pellucid.engines.base import LaunchPlan
from pellucid.engines.local import LocalEngine

task = "echo $$; setsid sleep 600 & echo $!; exec sleep 600"
handle = LocalEngine().start(LaunchPlan(command=["sh", "-c", task], folder=Path("/"), environment=dict(os.environ)))
lines = handle.output()
print(next(lines), next(lines), flush=True)
if sys.argv[1] == "goes":
    os.kill(os.getpid(), signal.SIGKILL)
elif sys.argv[1] == "falls":
    os.killpg(0, signal.SIGKILL)
sys.stdin.read()
"""


def agent(way: str) -> tuple[subprocess.Popen[str], list[ProcessIdentity]]:
    """One that has started something; returns what that is, too."""
    process = subprocess.Popen(
        [sys.executable, "-c", AGENT, way],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    started = [identify(int(pid)) for pid in process.stdout.readline().split()]
    return process, [one for one in started if one is not None]


@pytest.mark.parametrize("way", ["goes", "falls"])
def test_what_a_killed_agent_has_started_ends(way: str) -> None:
    """Whatever it has started, in whichever group, and though the agent's own group is killed with it."""
    process, started = agent(way)
    with process:
        assert process.wait() == -9
    wait_until(lambda: not any(map(is_running, started)), "all have ended")


def test_what_runs_goes_on_while_the_agent_does() -> None:
    """It is ended when the agent is gone, here by its own end."""
    process, started = agent("stays")
    with process:
        assert len(started) == 2
        assert all(map(is_running, started))
        process.communicate("")
    wait_until(lambda: not any(map(is_running, started)), "all have ended")


def test_processes_without_the_mark_are_left_alone(tmp_path: Path) -> None:
    """Those of other tasks."""
    mine, other = new_id(), new_id()
    marks = [{"PELLUCID_TEST_MARK": mark} for mark in (mine, other)]
    first, second = (subprocess.Popen(["/bin/sleep", "600"], env=mark) for mark in marks)
    end("PELLUCID_TEST_MARK", {mine})
    assert first.wait() == -9
    assert second.poll() is None
    second.kill()
    second.wait()
