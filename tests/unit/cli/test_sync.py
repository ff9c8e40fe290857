"""``pellucid sync``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pellucid.cli.main import main
from pellucid.testing.run_folder import RecordedRun
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End


def ended_run(name: str) -> RecordedRun:
    """A run that is over, with a file, among this user's runs."""
    run = RecordedRun(Path(os.environ["PELLUCID_HOME"]) / "runs" / name)
    (run.folder / "file").write_bytes(b"content")
    run.upload("file", f"{name}/file")
    run.end(End(TaskStatus.completed))
    return run


def test_all_runs_are_sent_with_their_files(capsys: pytest.CaptureFixture[str]) -> None:
    """And are gone from here then."""
    runs = [ended_run("a"), ended_run("b")]
    assert main(["sync"]) == 0
    assert main(["sync"]) == 0

    assert capsys.readouterr().out == "a: sent\nb: sent\nNothing to send.\n"
    assert not any(run.folder.exists() for run in runs)


def test_a_run_that_can_not_be_sent_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    """The others are sent all the same."""
    run = ended_run("b")
    broken = run.folder.with_name("a")
    broken.mkdir()
    assert main(["sync", "--json"]) == 1

    first, second = json.loads(capsys.readouterr().out)
    assert (first["finished"], second["finished"]) == (False, True)
    assert "does not hold a run" in first["refused"][0]
