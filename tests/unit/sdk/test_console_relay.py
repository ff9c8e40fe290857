"""Tests of ``pellucid.sdk.console_relay``."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from pellucid.journal.folder import list_writers
from pellucid.journal.frames import Frame
from pellucid.journal.reader import FramesReader
from pellucid.sdk.console_relay import RelayOrder, RelayState
from pellucid.testing.run_folder import wait_until
from pellucid.wire.events import Event


@dataclass
class Relay:
    """A relay of one stream, in a process of its own."""

    folder: Path
    process: subprocess.Popen[bytes]
    line: socket.socket
    pipe: int
    state: RelayState

    def events(self) -> list[Event]:
        """What it has recorded."""
        return [
            msgspec.msgpack.decode(frame.payload, type=Event)
            for name in list_writers(self.folder)
            for frame in FramesReader(self.folder, name).read(1 << 20, ended=True)
            if isinstance(frame, Frame)
        ]

    def lines(self) -> list[str]:
        """The lines of it."""
        return [line for event in self.events() for line in (event.msg or "").split("\n")]

    def close_pipe(self) -> None:
        """Print nothing any more."""
        os.close(self.pipe)
        self.pipe = -1


def address(folder: Path) -> str:
    """Where it listens."""
    return f"\0{folder}"[:100]


@contextmanager
def running_relay(folder: Path, target: int, journal: Path | None = None) -> Iterator[Relay]:
    """A relay to a descriptor."""
    ours, theirs = socket.socketpair()
    source, pipe = os.pipe()
    memory = os.memfd_create("state")
    os.ftruncate(memory, RelayState.SIZE)
    order = RelayOrder(folder=str(journal or folder), task="t" * 32, worker="w", levels=["error"])
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address(folder))
        listener.listen()
        socket.send_fds(ours, [msgspec.json.encode(order)], [memory, listener.fileno(), source, target])
    process = subprocess.Popen([sys.executable, "-P", "-m", "pellucid.sdk.console_relay"], stdin=theirs.fileno())
    theirs.close()
    os.close(source)
    relay = Relay(folder, process, ours, pipe, RelayState(memory))
    os.close(memory)
    try:
        yield relay
    finally:
        if relay.pipe >= 0:
            os.close(relay.pipe)
        ours.close()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.wait()
            relay.state.close()


@pytest.fixture
def target(tmp_path: Path) -> Iterator[int]:
    """A file to copy to."""
    descriptor = os.open(tmp_path / "target", os.O_CREAT | os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def test_it_copies_and_records(tmp_path: Path, target: int) -> None:
    """Bytes as they are, lines as text; characters may come in pieces, and what is no text is shown as such."""
    with running_relay(tmp_path, target) as relay:
        for piece in (b"gr\xc3", b"\xbcn\n", b"bad \xff\n", b"10%\r", b"100%\n", b"half"):
            os.write(relay.pipe, piece)
        relay.close_pipe()
        assert relay.process.wait(30) == 0

        assert (tmp_path / "target").read_bytes() == b"gr\xc3\xbcn\nbad \xff\n10%\r100%\nhalf"
        assert relay.lines() == ["grün", "bad \ufffd", "100%", "half"]
        event = relay.events()[0]
        assert (event.type, event.task, event.worker, event.level) == ("log", "t" * 32, "w", "error")


def test_it_tells_how_far_it_has_got(tmp_path: Path, target: int) -> None:
    """And records half lines when it is asked to."""
    with running_relay(tmp_path, target) as relay:
        os.write(relay.pipe, b"half")
        wait_until(lambda: relay.state.copied(0) == 4 and relay.state.phase(0) == RelayState.IDLE, "it is through")
        assert relay.state.is_up
        assert (tmp_path / "target").read_bytes() == b"half"
        assert relay.lines() == []
        relay.line.settimeout(30)
        relay.line.send(b"f")
        assert relay.line.recv(1) == b"d"
        assert relay.lines() == ["half"]


def test_it_outlives_the_run(tmp_path: Path, target: int) -> None:
    """As long as somebody has its pipe."""
    with running_relay(tmp_path, target) as relay:
        relay.line.close()
        os.write(relay.pipe, b"still\n")
        wait_until(lambda: relay.lines() == ["still"], "it is recorded")


def test_children_learn_where_it_copies_to(tmp_path: Path, target: int) -> None:
    """And how far it has got."""
    with running_relay(tmp_path, target) as relay, socket.socket(socket.AF_UNIX) as line:
        line.connect(address(tmp_path))
        _, (memory, copy), _, _ = socket.recv_fds(line, 1, 3)
        os.write(copy, b"past\n")
        os.close(copy)
        state = RelayState(memory)
        os.close(memory)
        assert state.is_up
        state.close()
        relay.close_pipe()
        assert relay.process.wait(30) == 0

        assert (tmp_path / "target").read_bytes() == b"past\n"
        assert relay.lines() == []


def test_nobody_reads_any_more(tmp_path: Path) -> None:
    """Whoever prints gets to know it, as without a relay; what was printed is recorded."""
    reader, writer = os.pipe()
    os.close(reader)
    with running_relay(tmp_path, writer) as relay:
        os.close(writer)
        os.write(relay.pipe, b"to nobody\n")
        assert relay.process.wait(30) == 0
        with pytest.raises(BrokenPipeError):
            os.write(relay.pipe, b"more")
        assert relay.lines() == ["to nobody"]


def test_a_target_that_must_not_be_waited_for(tmp_path: Path) -> None:
    """Is waited for all the same, as nothing may be lost."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    data = os.urandom(300_000)
    with running_relay(tmp_path, writer) as relay:
        os.close(writer)
        written = 0
        received = b""
        while len(received) < len(data):
            written += os.write(relay.pipe, data[written : written + 10_000]) if written < len(data) else 0
            received += os.read(reader, 20_000)
        assert received == data
    os.close(reader)


def test_without_a_journal_it_copies_still(tmp_path: Path, target: int) -> None:
    """The run's folder may be gone."""
    with running_relay(tmp_path, target, journal=tmp_path / "missing") as relay:
        os.write(relay.pipe, b"shown\n")
        relay.close_pipe()
        assert relay.process.wait(30) == 0

    assert (tmp_path / "target").read_bytes() == b"shown\n"
