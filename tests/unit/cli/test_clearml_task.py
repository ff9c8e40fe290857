"""``clearml-task``; what it makes is in ``test_task_create``."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid import Task
from pellucid.base.version import __version__
from pellucid.cli.clearml_task import main

pytestmark = pytest.mark.usefixtures("leaves_nothing")


def test_m150_an_offline_session(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither project nor name is needed; the page is printed."""
    Task.set_offline(True)
    task = Task.init("cli tests", "offline", auto_connect_arg_parser=False, auto_connect_streams=False)
    folder = task.get_offline_mode_folder()
    task.close()
    Task.set_offline(False)
    assert folder is not None

    assert main(["--import-offline-session", str(folder.with_suffix(".zip"))]) == 0
    printed = capsys.readouterr().out
    assert f"importing offline session from {folder}.zip" in printed
    assert f"/tasks/{folder.name}/output/log" in printed
    assert main(["--import-offline-session", str(tmp_path / "gone")]) == 2


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Pellucid's own."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])

    assert caught.value.code == 0
    assert __version__ in capsys.readouterr().out
