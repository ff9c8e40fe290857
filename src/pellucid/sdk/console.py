"""What the program prints, kept as it prints it (sdk-surface §4.15; pains 38).

Of Python's streams only the ``write`` is covered, on the program's own stream objects; no logger is touched. A line is
recorded by the call that completes it, so that it survives whatever happens next. Progress bars are folded by
``sdk.terminal``. What native code and child programs print goes past Python: see ``sdk.native_output``.
"""

from __future__ import annotations

import codecs
import io
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TextIO, TypeAlias

from pellucid.base.log import trouble
from pellucid.sdk.cover import Cover
from pellucid.sdk.native_output import (
    LEVELS,
    NativeOutput,
    ParentsRelay,
    PythonStream,
    Relay,
    can_be_relayed,
    is_relayed,
)
from pellucid.sdk.terminal import LineAssembler

Report: TypeAlias = Callable[[str, str], None]
"""Takes a level and lines of text."""

StartRelay: TypeAlias = Callable[[list[int]], NativeOutput]
"""Captures what is printed to descriptors."""

_CLOSE_PATIENCE: Final = 1.0
"""Seconds to wait for what native code has printed last."""


class _Passing(threading.local):
    """Whether this thread is passing text on to the stream's buffer."""

    now = False


class StreamCapture:
    """Reports what is written to one stream, as text or, to its buffer, as bytes."""

    def __init__(self, stream: TextIO, level: str, report: Report) -> None:
        """Cover a stream.

        Args:
            stream: the stream.
            level: of its lines.
            report: takes them.

        Raises:
            AttributeError: the stream's ``write`` can't be covered.
        """
        self._stream = stream
        self._level = level
        self._report = report
        self._active = True
        self._was_reached = False
        self.muted = False
        self._begin()
        self._text = Cover(stream, "write", self._write)
        self._covers = [self._text]
        if type(stream) is io.TextIOWrapper:
            # Its text passes the buffer as well, in these two calls, and is told from bytes by that.
            self._flushing = Cover(stream, "flush", self._flush)
            self._bytes = Cover(stream.buffer, "write", self._write_bytes)
            self._covers += [self._flushing, self._bytes]

    def close(self) -> None:
        """Record the rest, and uncover the stream; if somebody else has covered it meanwhile, only fall silent."""
        self._take(self._lines.flush)
        self._active = False
        for cover in reversed(self._covers):
            cover.close()

    def renew(self) -> None:
        """Cover the stream again if somebody has put back what was there before us, as IPython does behind a cell."""
        self._was_reached = False
        self._stream.write("")
        if not self._was_reached:
            self._text = self._covers[0] = Cover(self._stream, "write", self._write)

    def after_fork(self) -> None:
        """In a child: another thread of the parent may have held the lock, and its half line is the parent's."""
        self._begin()

    def _begin(self) -> None:
        self._lines = LineAssembler()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._lock = threading.RLock()
        self._busy = False
        self._passing_text = _Passing()

    def _write(self, text: Any) -> Any:
        self._was_reached = True
        written = self._pass_text(self._text, text)
        if isinstance(text, str):
            self._take(self._lines.feed, text)
        return written

    def _flush(self) -> Any:
        return self._pass_text(self._flushing)

    def _pass_text(self, cover: Cover, *args: Any) -> Any:
        passing = self._passing_text
        before, passing.now = passing.now, True
        try:
            return cover.original(*args)
        finally:
            passing.now = before

    def _write_bytes(self, data: Any) -> Any:
        written = self._bytes.original(data)
        if written and not self._passing_text.now:
            self._take(self._feed_bytes, memoryview(data).cast("B")[:written])
        return written

    def _feed_bytes(self, data: memoryview) -> str | None:
        return self._lines.feed(self._decoder.decode(data))

    def _take(self, lines: Callable[..., str | None], *pieces: Any) -> None:
        if not self._active or self.muted:
            return
        with self._lock:
            if self._busy:
                return  # reporting itself has printed something
            self._busy = True
            try:
                text = lines(*pieces)
                if text is not None:
                    self._report(self._level, text)
            except Exception as error:  # noqa: BLE001 - a print must not fail because of us
                trouble("console", "The console is not recorded; the program goes on.", error)
            finally:
                self._busy = False


class Console:
    """The output of this process while it is captured."""

    def __init__(
        self,
        report: Report,
        *,
        stdout: bool,
        stderr: bool,
        start_relay: StartRelay | None = None,
        of_a_child: bool = False,
    ) -> None:
        """Begin to capture; a stream that is closed, or can't be covered, is left alone.

        Args:
            report: takes lines of Python's streams.
            stdout: whether to capture standard output.
            stderr: whether to capture standard error.
            start_relay: captures what native code prints there as well; ``None`` leaves that alone.
            of_a_child: whether the program that has started this one relays its descriptors for the same task.
        """
        # A program may have been started with its streams closed; then there are none.
        found = {1: sys.stdout if stdout else None, 2: sys.stderr if stderr else None}
        streams = {number: stream for number, stream in found.items() if stream is not None}
        usual = {number: raw for number, stream in streams.items() if (raw := _lowest_layer(stream, number))}
        relayed = [number for number in usual if is_relayed(number)] if of_a_child else []
        self._relay: Relay | None
        if relayed:
            self._relay = ParentsRelay.join(relayed)
            if self._relay is None:
                # What is printed there is recorded in any case, if only line by line of all processes together.
                streams = {number: stream for number, stream in streams.items() if number not in relayed}
        else:
            self._relay = _capture_native(start_relay, list(usual))
        self._past_the_relay = [PythonStream(raw, self._relay) for raw in usual.values()] if self._relay else []
        self._captures: list[StreamCapture] = []
        for number, stream in streams.items():
            try:
                self._captures.append(StreamCapture(stream, LEVELS[number], report))
            except AttributeError as error:
                trouble("console.stream", "The console is not recorded; the program goes on.", error)

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Let what is printed meanwhile pass unrecorded."""
        for capture in self._captures:
            capture.muted = True
        try:
            yield
        finally:
            for capture in self._captures:
                capture.muted = False

    def renew(self) -> None:
        """Capture what somebody has uncovered."""
        for capture in self._captures:
            capture.renew()

    def after_fork(self) -> None:
        """In a child: begin anew."""
        for capture in self._captures:
            capture.after_fork()
        if self._relay is not None:
            self._relay.after_fork()

    def close(self) -> None:
        """Uncover the streams, and put the descriptors back."""
        for capture in reversed(self._captures):
            capture.close()
        self._captures.clear()
        if self._relay is not None:
            self._relay.close(_CLOSE_PATIENCE)
        if not isinstance(self._relay, ParentsRelay):
            for stream in self._past_the_relay:
                stream.close()


def _lowest_layer(stream: TextIO, number: int) -> io.FileIO | None:
    """The lowest layer of a stream as the interpreter makes it for a descriptor; ``None`` for any other: somebody else
    sees to the output of the process then, such as a notebook's kernel, and what is printed may pass both ways."""
    if type(stream) is not io.TextIOWrapper or stream.closed:
        return None
    raw = getattr(stream.buffer, "raw", stream.buffer)
    return raw if type(raw) is io.FileIO and raw.fileno() == number else None


def _capture_native(start_relay: StartRelay | None, descriptors: list[int]) -> NativeOutput | None:
    descriptors = [number for number in descriptors if can_be_relayed(number)]
    if start_relay is None or not descriptors:
        return None
    try:
        return start_relay(descriptors)
    except OSError as error:
        trouble("console.relay", "What native code prints is not recorded; the program goes on.", error)
        return None
