"""What other ranks than the first say of a run's end."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pellucid.journal.writer import announce_writer
from pellucid.testing.run_folder import wait_until
from pellucid.uploader.lifetime import UNKNOWN_CAUSE
from pellucid.uploader.ranks import RankWatch, caused_by
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End, RankFailure

FAILURE = RankFailure(3, 1, "Exception: ValueError: bad", "traceback")
NAMED = End(TaskStatus.failed, "Rank 3: Exception: ValueError: bad", "traceback")
KILLED = End(TaskStatus.failed, "Killed (SIGKILL)")
KERNEL_TELLS = tuple(map(int, os.uname().release.split(".")[:2])) >= (6, 15)
TERMINATED = End(TaskStatus.stopped, "Terminated (SIGTERM)")


@pytest.mark.parametrize(
    ("failure", "end", "caused"),
    [
        pytest.param(FAILURE, TERMINATED, NAMED, id="ended by its launcher"),
        pytest.param(FAILURE, UNKNOWN_CAUSE, NAMED, id="nobody knows how"),
        pytest.param(FAILURE, KILLED, KILLED, id="died of something itself"),
        pytest.param(FAILURE, End(TaskStatus.completed), End(TaskStatus.completed), id="ended well"),
        pytest.param(None, TERMINATED, TERMINATED, id="no rank has failed"),
    ],
)
def test_the_cause_of_an_end(failure: RankFailure | None, end: End, caused: End) -> None:
    """A rank that failed is the cause where the first one was ended from outside."""
    assert caused_by(failure, end) == caused


@pytest.mark.parametrize(
    ("rank", "command", "reason"),
    [("2", "exit 7", "Exit code 7"), ("2", "exit 0", None), ("2", "kill $$", None), ("0", "exit 7", None)],
)
def test_a_rank_s_death_is_seen(tmp_path: Path, rank: str, command: str, reason: str | None) -> None:
    """Also if it could say nothing; that of a process that was ended, or belongs to the first rank, is no failure."""
    with subprocess.Popen(
        ["sh", "-c", f"read line; {command}"], env={**os.environ, "RANK": rank}, stdin=subprocess.PIPE
    ) as process:
        announce_writer(tmp_path, process.pid)
        watch = RankWatch(tmp_path, os.getpid())
        wait_until(lambda: b"read" in Path(f"/proc/{process.pid}/cmdline").read_bytes(), "the program runs")
        assert watch.look() is None
        process.communicate(b"\n")

    seen = watch.look()
    watch.close()

    if seen is None:
        assert reason is None or not KERNEL_TELLS
    else:
        assert (seen.rank, seen.reason) == (2, reason)
