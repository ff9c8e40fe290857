"""Notes of the agents that run on a machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pellucid.agent.places import Places


def test_ids_that_are_free(tmp_path: Path) -> None:
    """Each worker has one of its own while it runs; notes of those that are gone count for nothing."""
    places = Places(tmp_path)
    with places.taken("host", 2, ["default"]) as workers:
        assert workers == ["host:0", "host:1"]
        assert [note.workers for note in places.running()] == [workers]
        code = (
            "import sys; from pathlib import Path; from pellucid.agent.places import Places\n"
            "with Places(Path(sys.argv[1])).taken('host', 1, []) as workers:\n"
            "    print(workers, flush=True); sys.stdin.read()"
        )
        other = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert other.stdout is not None
        assert other.stdout.readline() == "['host:2']\n"
        other.kill()
        other.communicate()
        assert len(places.running()) == 1
    assert places.running() == []


def test_stopping(tmp_path: Path) -> None:
    """By SIGTERM; those that have ended are told."""
    code = (
        "import sys, time; from pathlib import Path; from pellucid.agent.places import Places\n"
        "with Places(Path(sys.argv[1])).taken('host', 1, ['q']) as workers: print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()

    assert Places(tmp_path).stop(["host:7"], 0.0) == []
    (asked,) = Places(tmp_path).stop(["host:0"], 10.0)

    assert asked.queues == ["q"]
    assert process.wait(10) == -15
    process.stdout.close()
