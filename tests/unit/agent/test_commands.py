"""Programs that prepare a task: real ones."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pellucid.agent.commands import Commands
from pellucid.agent.errors import PreparationError
from pellucid.base.process import identify
from pellucid.testing.run_folder import wait_until


def test_lines_are_shown_as_they_are_printed(tmp_path: Path) -> None:
    """And returned together at the end: this program goes on when its first line has been shown."""
    said: list[str] = []
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def answer(line: str) -> None:
        said.append(line)
        if line == "first":
            pipe.write_bytes(b"second\r\nlast")

    command = ["sh", "-c", f"echo first; cat '{pipe}'"]
    assert Commands(answer).run(command, environ=os.environ, failure="no") == "first\nsecond\nlast"
    assert said == ["first", "second", "last"]


def test_a_program_that_fails() -> None:
    """Is named by what it said last; if it was to be quiet, its last lines are shown."""
    said: list[str] = []
    command = ["sh", "-c", "echo trouble; echo; exit 3"]
    with pytest.raises(PreparationError, match=r"^it can't be made: trouble$"):
        Commands(said.append).run(command, environ=os.environ, failure="it can't be made", quiet=True)
    assert said == ["trouble", ""]
    with pytest.raises(PreparationError, match="nowhere-to-be-found can't be run: No such file"):
        Commands(said.append).run(["nowhere-to-be-found"], environ=os.environ, failure="no")


def test_much_input_and_output() -> None:
    """At the same time."""
    text = b"0123456789\n" * 100_000
    printed = Commands(lambda _: None).run(["cat"], environ=os.environ, failure="no", stdin=text, quiet=True)
    assert printed.encode() + b"\n" == text


def test_a_task_that_is_stopped() -> None:
    """What prepares it ends, with all that it has started."""
    said: list[str] = []
    stopped = threading.Event()
    commands = Commands(said.append, stopped)
    troubles: list[str] = []

    def prepare() -> None:
        try:
            commands.run(["sh", "-c", "sleep 600 & echo $!; wait"], environ=os.environ, failure="it is not done")
        except PreparationError as error:
            troubles.append(str(error))

    thread = threading.Thread(target=prepare)
    thread.start()
    wait_until(lambda: bool(said), "it runs")
    stopped.set()
    thread.join(30)

    assert troubles == ["it is not done: the task is not to be run any more"]
    wait_until(lambda: identify(int(said[0])) is None, "what it has started is gone")
