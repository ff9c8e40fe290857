"""``pellucid task``."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid import Task
from pellucid.cli.main import main


@pytest.fixture
def session() -> Path:
    """The zip file of an offline session with one point."""
    Task.set_offline(True)
    task = Task.init("cli tests", "offline", auto_connect_arg_parser=False, auto_connect_streams=False)
    task.get_logger().report_scalar("loss", "train", 1.0, 3)
    folder = task.get_offline_mode_folder()
    task.close()
    Task.set_offline(False)
    assert folder is not None
    return folder.with_suffix(".zip")


def test_importing(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the verb and by the option of existing scripts, which are the same (sdk-surface M150)."""
    assert main(["task", "--import-offline-session", str(session)]) == 0
    assert main(["task", "import", str(session)]) == 0
    assert main(["task", "import", str(session), "--previous-task-id", session.stem, "--iteration-offset", "10"]) == 0

    printed = capsys.readouterr().out
    assert printed.count(f"importing offline session from {session}") == 3
    assert printed.count(f"/tasks/{session.stem}/output/log") == 3


def test_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to do, or nothing there."""
    assert main(["task"]) == 2
    assert main(["task", "import", str(tmp_path / "gone")]) == 2

    words = capsys.readouterr()
    assert "usage: pellucid task" in words.out
    assert "gone" in words.err
