"""Tests of ``pellucid.sdk.detach``."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from pellucid.base.process import identify
from pellucid.sdk.detach import start_detached
from pellucid.testing.run_folder import wait_until


def test_it_is_not_our_child(tmp_path: Path) -> None:
    """It has a session of its own, our socket as its standard input, and the log for what it says."""
    log = tmp_path / "the log"
    code = "import os; print(os.getppid(), os.getsid(0), os.getcwd(), os.read(0, 100))"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"hello")
        pid = start_detached([sys.executable, "-c", code], log=log, stdin=theirs)
        wait_until(lambda: identify(pid) is None, "the process has ended")

    parent, session, folder, said = log.read_text().split(maxsplit=3)
    assert int(parent) != os.getpid()
    assert int(session) != os.getsid(0)
    assert (folder, said.strip()) == ("/", "b'hello'")
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, 0)


def test_words_are_not_interpreted(tmp_path: Path) -> None:
    """Blanks, quotes and dollars in a path are just that."""
    log = tmp_path / "log"
    words = ["a b", "$HOME", "'", '"', ";", "*"]
    pid = start_detached([sys.executable, "-c", "import sys; print(sys.argv[1:])", *words], log=log)
    wait_until(lambda: identify(pid) is None, "the process has ended")

    assert log.read_text().strip() == str(words)


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    """Is told before anything is started."""
    with pytest.raises(FileNotFoundError):
        start_detached(["true"], log=tmp_path / "missing" / "log")
