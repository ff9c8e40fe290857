"""Which process a number means."""

from __future__ import annotations

import os
import subprocess
import sys

from msgspec.structs import replace

from pellucid.base.process import identify, is_running


def test_this_process_runs() -> None:
    """And it is always the same."""
    myself = identify(os.getpid())

    assert myself is not None
    assert myself == identify(os.getpid())
    assert is_running(myself)
    assert not is_running(replace(myself, start=myself.start + 1))


def test_a_process_that_ended_does_not_run_even_if_nobody_asked_how() -> None:
    """A zombie is no process that could still write."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = identify(child.pid)
        assert process is not None
        assert is_running(process)

        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert not is_running(process)
    assert identify(child.pid) is None
