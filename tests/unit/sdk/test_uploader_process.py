"""What the uploader is told when it is started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from pellucid.base.process import identify
from pellucid.sdk import uploader_process
from pellucid.sdk.uploader_process import OthersUploader, send_first_line
from pellucid.uploader.__main__ import read_connection
from pellucid.uploader.lifetime import RunProcess


def test_the_connection_comes_with_a_hold_on_the_process() -> None:
    """And what is behind the line stays to be read."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send_first_line(ours, b'{"api_host":"http://h","web_host":"http://h","files_host":"http://h"}\n')
        ours.send(b"w")
        connection, pidfd = read_connection(theirs.fileno())
        assert connection.api_host == "http://h"
        assert theirs.recv(10) == b"w"
    assert pidfd is not None
    process = RunProcess(identify(os.getpid()), pidfd)
    assert process.is_running()
    process.close()


def test_a_process_that_is_gone_already_is_explained_by_the_hold_it_left() -> None:
    """Nothing else knows its exit code any more."""
    child = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read(); raise SystemExit(5)"], stdin=subprocess.PIPE
    )
    identity, pidfd = identify(child.pid), os.pidfd_open(child.pid)
    child.communicate()
    process = RunProcess(identity, pidfd)

    assert not process.is_running()
    assert process.exit_code() in (5, None)  # None on kernels before 6.15


def test_another_process_s_uploader_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken to run, and to end some time after the process that would start another one."""
    monkeypatch.setattr(uploader_process, "_PATIENCE", 0.0)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        uploader = OthersUploader(owner.pid)
        uploader.start()
        assert uploader.wake()
        assert uploader.sleep(0.0)
    assert not uploader.sleep(0.0)
    uploader.close()
