"""The run's side of capturing what native code and child programs print (pains 38): its relay, and what goes to it.

In place of a descriptor that is no terminal comes a pipe, whose other end a process beside the run has
(``sdk.console_relay``). Python's own streams stay on the descriptor that was there before, as their text is recorded
by the call that prints it, and go to the pipe in no case. Neither do terminals: their size, colours and keys are what
programs ask descriptors for.

What leaves by two ways might arrive in another order than it was printed in. So before Python's streams write, they
wait until what native code has printed before is through. That is nearly always so, and costs a look.
"""

from __future__ import annotations

import fcntl
import io
import os
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from pellucid.base.log import trouble
from pellucid.journal.writer import announce_writer
from pellucid.sdk.console_relay import RelayOrder, RelayState
from pellucid.sdk.cover import Cover
from pellucid.sdk.detach import start_detached
from pellucid.sdk.relayed_descriptor import FileIdentity, RelayedDescriptor, file_name, identify_file

RELAY_VARIABLE: Final = "PELLUCID_RELAY"
"""Environment variable that tells children where the relay listens, and which files are its pipes."""

_LOG: Final = "relay.log"

_PIPE_SIZE: Final = 1 << 20
"""What is printed while the relay comes up, or is slow, waits there; the system may allow less."""

_PATIENCE: Final = 1.0
"""Seconds to wait for what was printed before; a relay that takes longer waits for somebody downstream."""

_LEAST_WAIT: Final = 0.001

LEVELS: Final = {1: "info", 2: "error"}
"""Of the lines of each descriptor."""


def is_relayed(descriptor: int, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a descriptor is a pipe of the relay of the program that has started this one."""
    identity = identify_file(descriptor)
    return identity is not None and file_name(identity) in environ.get(RELAY_VARIABLE, "").split(",")[1:]


def can_be_relayed(descriptor: int) -> bool:
    """Whether a descriptor is open, and no terminal."""
    return hasattr(os, "memfd_create") and identify_file(descriptor) is not None and not os.isatty(descriptor)


class Relay:
    """The relay of some descriptors of this process, and the way past it."""

    def __init__(self, relayed: list[RelayedDescriptor]) -> None:
        """Go past these."""
        self._relayed = relayed

    def original(self, number: int) -> RelayedDescriptor | None:
        """What is to be written to instead of a descriptor, in its ``original``, so as to come out where the
        descriptor leads and not be recorded on the way, once everything that was printed before is out. ``None`` means
        the descriptor itself."""
        for one in self._relayed:
            if number in one.numbers and one.is_at(number):
                if one.is_broken():
                    one.restore()
                    return None
                if not one.is_out():
                    one.wait(time.monotonic() + _PATIENCE)
                return one
        return None

    def after_fork(self) -> None:
        """In a child: nothing of it is for the child to end."""

    def close(self, seconds: float) -> None:
        """Stop, as far as that is ours to do."""


class ParentsRelay(Relay):
    """The relay of the program that has started this one. What is still in Python's buffers when the task is closed
    must go past it as well, so it is never let go of."""

    @classmethod
    def join(cls, descriptors: list[int], environ: Mapping[str, str] = os.environ) -> ParentsRelay | None:
        """Ask for the way past the relay; ``None`` if there is none any more.

        Args:
            descriptors: those that are relayed.
            environ: says by whom.
        """
        address, *names = environ.get(RELAY_VARIABLE, "").split(",")
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_PATIENCE)
            try:
                line.connect("\0" + address)
                _, received, _, _ = socket.recv_fds(line, 1, 1 + len(names))
            except OSError:
                return None
        try:
            if len(received) != 1 + len(names):
                return None
            state = RelayState(received[0])
            numbers = [[one for one in descriptors if file_name(identify_file(one)) == name] for name in names]
            return cls(
                [
                    RelayedDescriptor(here, index, state, received[1 + index], here[0])
                    for index, here in enumerate(numbers)
                    if here
                ]
            )
        finally:
            for descriptor in received:
                os.close(descriptor)


class NativeOutput(Relay):
    """The output of native code and child programs while this process has it captured."""

    def __init__(self, descriptors: list[int], folder: Path, task: str, worker: str) -> None:
        """Begin to capture.

        Args:
            descriptors: 1, 2 or both; those that mean the same file share a pipe, so that what is printed to them
                stays in order.
            folder: the run's.
            task: the task's id.
            worker: who reports.

        Raises:
            OSError: the relay can't be started.
        """
        super().__init__([])
        files = _by_file(descriptors)
        levels = [LEVELS[numbers[0]] for numbers in files]
        order = RelayOrder(folder=str(folder), task=task, worker=worker, levels=levels)
        address = f"pellucid-{os.urandom(16).hex()}"
        with ExitStack() as handed_over:
            memory = os.memfd_create("pellucid-relay", os.MFD_CLOEXEC)
            handed_over.callback(os.close, memory)
            os.ftruncate(memory, RelayState.SIZE)
            state = RelayState(memory)
            listener = handed_over.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind("\0" + address)
            listener.listen()
            ends = [memory, listener.fileno()]
            for index, numbers in enumerate(files):
                source, pipe = _new_pipe()
                handed_over.callback(os.close, source)
                handed_over.callback(os.close, pipe)
                one = RelayedDescriptor(numbers, index, state, numbers[0], pipe)
                self._relayed.append(one)
                ends += [source, one.original]
            self._line: socket.socket | None = _start(order, ends)
        for one in self._relayed:
            one.replace()
        self._named = ",".join([address, *(file_name(one.identity) for one in self._relayed)])
        self._outer = os.environ.get(RELAY_VARIABLE)
        os.environ[RELAY_VARIABLE] = self._named

    def close(self, seconds: float) -> None:
        """Stop capturing, and wait until what was printed is recorded. Harmless when repeated.

        Args:
            seconds: to wait at most; the relay goes on by itself.
        """
        if not self._relayed:
            return
        if self._line is not None:
            _flush_stdio()
            self._finish(self._line, time.monotonic() + seconds)
        for one in self._relayed:
            one.restore()
        self._relayed = []
        if os.environ.get(RELAY_VARIABLE) == self._named:
            if self._outer is None:
                del os.environ[RELAY_VARIABLE]
            else:
                os.environ[RELAY_VARIABLE] = self._outer
        self.after_fork()

    def after_fork(self) -> None:
        """In a child: the relay is the parent's to talk to."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _finish(self, line: socket.socket, deadline: float) -> None:
        """Have the relay record everything, if there is anything."""
        for one in self._relayed:
            one.wait(deadline)
        if any(one.is_taken for one in self._relayed):
            line.settimeout(max(deadline - time.monotonic(), _LEAST_WAIT))
            try:
                line.send(b"f", socket.MSG_NOSIGNAL)
                line.recv(1)
            except OSError:
                pass  # it is gone, or waits for somebody downstream; it does its work without us


class PythonStream:
    """One of Python's streams that belongs to a relayed descriptor, kept off the pipe.

    The stream keeps its buffers and all that is in them. What leaves its lowest layer is written past the pipe, for as
    long as the descriptor means the pipe.
    """

    def __init__(self, raw: io.FileIO, relay: Relay) -> None:
        """Keep a stream off the pipe.

        Args:
            raw: its lowest layer.
            relay: of its descriptor.
        """
        self._number = raw.fileno()
        self._relay = relay
        self._raw = raw
        self._cover = Cover(raw, "write", self._write)

    def close(self) -> None:
        """Let it write by itself again."""
        self._cover.close()

    def _write(self, data: Any) -> int | None:
        way = None if self._raw.closed else self._relay.original(self._number)
        if way is None:
            return cast("int | None", self._cover.original(data))
        try:
            return os.write(way.original, data)
        except BlockingIOError:
            return None  # how a raw stream says it (io.RawIOBase.write)


def _new_pipe() -> tuple[int, int]:
    """The two ends of a large one."""
    source, pipe = os.pipe2(os.O_CLOEXEC)
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
    except OSError:
        pass  # then it is smaller
    return source, pipe


def _start(order: RelayOrder, descriptors: list[int]) -> socket.socket:
    """Start the relay; what is printed before it has come up waits in the pipes, even if we are killed meanwhile."""
    folder = Path(order.folder)
    ours, theirs = socket.socketpair()
    try:
        socket.send_fds(ours, [msgspec.json.encode(order)], descriptors)
        command = [sys.executable or "python3", "-P", "-m", "pellucid.sdk.console_relay"]
        announce_writer(folder, start_detached(command, log=folder / _LOG, stdin=theirs))
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    return ours


def _by_file(descriptors: list[int]) -> list[list[int]]:
    found: dict[FileIdentity | None, list[int]] = {}
    for descriptor in descriptors:
        found.setdefault(identify_file(descriptor), []).append(descriptor)
    return list(found.values())


def _flush_stdio() -> None:
    """Have the C library write what it has in its buffer for standard output."""
    try:
        import ctypes  # only now: few programs need it, and the end has more time than the beginning

        library = ctypes.CDLL(None)
        library.fflush(ctypes.c_void_p.in_dll(library, "stdout"))
    except (ImportError, OSError, ValueError, AttributeError) as error:
        trouble("console.stdio", "What the C library has in its buffer may come out unrecorded.", error)
