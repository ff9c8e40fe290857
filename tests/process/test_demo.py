"""The README's first command, after its set-up: a real training, tracked and read back, with nothing configured."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.process


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A working folder with a space in its name; the server that the demo leaves running is ended."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    yield folder
    assert "Ended the server" in demo(folder, "stop")


def demo(folder: Path, *words: str) -> str:
    """Run the demo in a folder and return what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PELLUCID_HOME": "/nowhere", "PELLUCID_API_HOST": "http://no"}
    finished = subprocess.run(
        [sys.executable, "-m", "examples.demo", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_the_demo_trains_and_reads_its_run_back(folder: Path) -> None:
    """Last metrics, status, artifacts and the link of the page; a second run finds the same server again."""
    output = demo(folder)

    accuracy = re.search(r"^accuracy / validation +(\S+)", output, re.MULTILINE)
    assert accuracy is not None
    assert float(accuracy[1]) > 0.9
    assert re.search(r"^status +completed$", output, re.MULTILINE)
    assert re.search(r"^artifacts +data summary, model$", output, re.MULTILINE)
    page = re.search(r"^page +(http://127\.0\.0\.1:\d+)(/projects/\S+/tasks/\S+/output/log)$", output, re.MULTILINE)
    assert page is not None
    assert httpx.get(page[1] + page[2]).status_code == 200
    assert page[1] in demo(folder)
