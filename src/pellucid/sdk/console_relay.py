"""``python -P -m pellucid.sdk.console_relay``: what native code and child programs print, kept while it passes by.

They write to file descriptors, not to Python's streams. For each descriptor that is watched the run has put a pipe in
its place and handed its reading end to this process, with the descriptor that was there before. What comes is copied
there at once and unchanged, then recorded in the run's journal. A process of its own, because native code may print
while it holds the interpreter's lock, for which a thread of the same process would wait; and because what is in the
pipe when the run is killed, its last words, is still to be kept. Ends when nobody has the pipes any more.

Standard input is a socket, on which a ``RelayOrder`` comes first, with the descriptors; each byte after it asks to
record the lines that have not ended, and is answered with one. Children of the run that print by Python ask for the
descriptors on another socket.
"""

from __future__ import annotations

import codecs
import os
import select
import signal
import socket
import struct
import sys
import threading
from mmap import mmap
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.clock import now_milliseconds
from pellucid.base.log import trouble
from pellucid.journal.writer import Writer
from pellucid.sdk.terminal import LineAssembler
from pellucid.wire.enums import EventType
from pellucid.wire.events import Event
from pellucid.wire.records import RecordKind, encode_record

PIECE: Final = 1 << 18
"""Bytes that are copied at once."""

_MAX_ORDER: Final = 1 << 16
_MAX_STREAMS: Final = 2
_CREDENTIALS: Final = struct.Struct("3i")


class RelayOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a relay is to do. Descriptors come with it: the memory of the ``RelayState``, a socket that listens, and for
    each stream the reading end of its pipe and where to copy it to.

    Attributes:
        folder: the run's.
        task: the task's id.
        worker: who reports.
        levels: for each stream, the level of its lines.
    """

    folder: str
    task: str
    worker: str
    levels: list[str]


class RelayState:
    """Memory that the run shares with its relay: how far each stream has got.

    For each stream, how much was copied, and what is being done now. The run reads in the pipe's order: what is in the
    pipe first, then the phase. Nothing can slip through between, as the relay changes the phase before it takes
    anything out.
    """

    SIZE: Final = 64

    IDLE: Final = 0
    COPYING: Final = 1
    RECORDING: Final = 2

    def __init__(self, descriptor: int) -> None:
        """Look at the memory behind a descriptor."""
        self._memory = mmap(descriptor, self.SIZE)
        self._numbers = memoryview(self._memory).cast("Q")

    @property
    def is_up(self) -> bool:
        """Whether the relay has begun."""
        return self._numbers[0] == 1

    def set_up(self) -> None:
        """It has."""
        self._numbers[0] = 1

    def phase(self, stream: int) -> int:
        """What is being done with what came last."""
        return self._numbers[1 + stream]

    def enter(self, stream: int, phase: int) -> None:
        """This is being done now."""
        self._numbers[1 + stream] = phase

    def copied(self, stream: int) -> int:
        """Number of bytes that have been copied."""
        return self._numbers[1 + _MAX_STREAMS + stream]

    def add_copied(self, stream: int, count: int) -> None:
        """So many more."""
        self._numbers[1 + _MAX_STREAMS + stream] += count

    def close(self) -> None:
        """Let go of the memory."""
        self._numbers.release()
        self._memory.close()


class Record:
    """The lines of one stream on their way to the journal."""

    def __init__(self, writer: Writer | None, task: str, worker: str, level: str) -> None:
        """Record in a journal; without one, let everything pass.

        Args:
            writer: of the journal.
            task: the task's id.
            worker: who reports.
            level: of the lines.
        """
        self._writer = writer
        self._task = task
        self._worker = worker
        self._level = level
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._lines = LineAssembler()
        self._lock = threading.Lock()

    def feed(self, data: bytes) -> None:
        """Take in what was printed."""
        with self._lock:
            self._report(self._lines.feed(self._decoder.decode(data)))

    def flush(self) -> None:
        """Record the lines that have not ended."""
        with self._lock:
            self._report(self._lines.flush())

    def _report(self, text: str | None) -> None:
        if text is not None and self._writer is not None:
            event = Event(
                type=EventType.log,
                task=self._task,
                timestamp=now_milliseconds(),
                worker=self._worker,
                level=self._level,
                msg=text,
            )
            self._writer.append(RecordKind.EVENT, encode_record(event))


class Stream:
    """One pipe, read by a thread of its own: a reader downstream that takes its time must hold up no other stream."""

    def __init__(self, number: int, source: int, target: int, state: RelayState, record: Record) -> None:
        """Take over a pipe; nothing is read yet.

        Args:
            number: of the stream in the state.
            source: the pipe's reading end; becomes ours.
            target: where to copy it to; becomes ours.
            state: where to say how far it has got.
            record: takes what was copied.
        """
        self._number = number
        self._source = source
        self._target = target
        self._state = state
        self._record = record
        self._lock = threading.Lock()
        self._open = True

    def run(self) -> None:
        """Copy and record until nobody can print any more, or nobody reads any more."""
        waiting = select.poll()
        waiting.register(self._source, select.POLLIN)
        try:
            while True:
                waiting.poll()
                self._state.enter(self._number, RelayState.COPYING)
                data = os.read(self._source, PIECE)
                if not data:
                    break
                self._copy(data)
                self._state.enter(self._number, RelayState.RECORDING)
                self._keep(data)
                self._state.enter(self._number, RelayState.IDLE)
        except BrokenPipeError:
            pass  # whoever prints shall learn of it just as if we were not there: by our closing the pipe
        finally:
            os.close(self._source)
            with self._lock:
                self._open = False
                os.close(self._target)
            self.flush()
            self._state.enter(self._number, RelayState.IDLE)

    def copy_of_target(self) -> int | None:
        """Another descriptor of where this copies to, ``None`` if it has ended."""
        with self._lock:
            return os.dup(self._target) if self._open else None

    def flush(self) -> None:
        """Record the lines that have not ended."""
        self._keep(b"")
        self._record.flush()

    def _copy(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._target, rest) :]
            except BlockingIOError:  # somebody has made it so, for all that share it
                waiting = select.poll()
                waiting.register(self._target, select.POLLOUT)
                waiting.poll()
            except BrokenPipeError:
                self._keep(data)
                raise
            except OSError as error:
                # A full disk, say. Native code hardly ever looks at what becomes of its prints; it goes on.
                trouble("relay.copy", "Something that was printed could not be written.", error)
                break
        self._state.add_copied(self._number, len(data))

    def _keep(self, data: bytes) -> None:
        try:
            self._record.feed(data)
        except Exception as error:  # noqa: BLE001 - whatever happens here, what is printed must be copied on
            trouble("relay.record", "Something that was printed is not recorded.", error)


def main() -> int:
    """Run one relay; returns the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)  # the run's last words are still to come
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as line:
        message, descriptors, _, _ = socket.recv_fds(line, _MAX_ORDER, 2 + 2 * _MAX_STREAMS)
        if not message:
            return 0  # the run has ended already, and nobody has its pipes
        order = msgspec.json.decode(message, type=RelayOrder)
        serve(order, descriptors, line)
    return 0


def serve(order: RelayOrder, descriptors: list[int], line: socket.socket) -> None:
    """Relay until the end.

    Args:
        order: what to do.
        descriptors: those that came with it; become ours.
        line: to the run.
    """
    memory, listener, *ends = descriptors
    state = RelayState(memory)
    writer = _open_journal(Path(order.folder))
    streams = [
        Stream(number, source, target, state, Record(writer, order.task, order.worker, level))
        for number, (source, target, level) in enumerate(zip(ends[::2], ends[1::2], order.levels, strict=True))
    ]
    threads = [threading.Thread(target=stream.run) for stream in streams]
    answering = threading.Thread(target=_answer, args=(line, streams), daemon=True)
    lending = threading.Thread(target=_lend, args=(socket.socket(fileno=listener), memory, streams), daemon=True)
    state.set_up()
    for thread in (*threads, answering, lending):
        thread.start()
    for thread in threads:
        thread.join()


def _open_journal(folder: Path) -> Writer | None:
    try:
        return Writer(folder)
    except OSError as error:
        trouble("relay.journal", "What native code prints is not recorded; it is still shown.", error)
        return None


def _answer(line: socket.socket, streams: list[Stream]) -> None:
    """Record lines that have not ended whenever the run asks for it, which it does when its task ends."""
    try:
        while line.recv(1):
            for stream in streams:
                stream.flush()
            line.send(b"d", socket.MSG_NOSIGNAL)
    except OSError:
        pass  # the run has ended


def _lend(listener: socket.socket, memory: int, streams: list[Stream]) -> None:
    """Give children of the run what they need to write past us: where to, and how far we have got."""
    while True:
        connection, _ = listener.accept()
        copies = [stream.copy_of_target() for stream in streams]
        given = [copy for copy in copies if copy is not None]
        try:
            with connection:
                if len(given) == len(copies) and _is_ours(connection):
                    socket.send_fds(connection, [b"r"], [memory, *given])
        except OSError:
            pass  # the child has ended
        finally:
            for copy in given:
                os.close(copy)


def _is_ours(connection: socket.socket) -> bool:
    """Whether the other end is a process of the same user; such sockets have names, but no permissions."""
    _, user, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return bool(user == os.getuid())


if __name__ == "__main__":
    sys.exit(main())
