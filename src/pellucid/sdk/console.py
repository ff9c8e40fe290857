"""What the program prints, kept as it prints it (sdk-surface §4.15; pains 38).

Only the ``write`` of the two streams is covered, on the program's own stream objects: nothing is redirected, no logger
is touched. A line is recorded by the call that completes it, so that it survives whatever happens next. Progress bars
are folded by ``sdk.terminal``.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, TypeAlias

from pellucid.base.log import trouble
from pellucid.sdk.terminal import LineAssembler

Report: TypeAlias = Callable[[str, str], None]
"""Takes a level and lines of text."""


class StreamCapture:
    """Reports what is written to one stream."""

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
        self._lines = LineAssembler()
        self._lock = threading.RLock()
        self._busy = False
        self._original = stream.write
        self._was_covered = "write" in getattr(stream, "__dict__", {})
        self._own = self._write
        self._active = True
        self.muted = False
        stream.write = self._own  # type: ignore[method-assign]  # covering it is what this is for

    def close(self) -> None:
        """Record the rest, and uncover the stream; if somebody else has covered it meanwhile, only fall silent."""
        self._take(lambda: self._lines.flush())
        self._active = False
        if getattr(self._stream, "__dict__", {}).get("write") is self._own:
            if self._was_covered:
                self._stream.write = self._original  # type: ignore[method-assign]
            else:
                del self._stream.__dict__["write"]

    def after_fork(self) -> None:
        """In a child: another thread of the parent may have held the lock, and its half line is the parent's."""
        self._lock = threading.RLock()
        self._lines = LineAssembler()
        self._busy = False

    def _write(self, text: Any) -> Any:
        written = self._original(text)
        if self._active and not self.muted and isinstance(text, str):
            self._take(lambda: self._lines.feed(text))
        return written

    def _take(self, lines: Callable[[], str]) -> None:
        with self._lock:
            if self._busy:
                return  # reporting itself has printed something
            self._busy = True
            try:
                text = lines()
                if text:
                    self._report(self._level, text)
            except Exception as error:  # noqa: BLE001 - a print must not fail because of us
                trouble("console", "The console is not recorded; the program goes on.", error)
            finally:
                self._busy = False


class Console:
    """The streams of this process that are covered."""

    def __init__(self, report: Report, *, stdout: bool, stderr: bool) -> None:
        """Cover them; a stream that is closed, or can't be covered, is left alone."""
        self._captures: list[StreamCapture] = []
        for wanted, stream, level in ((stdout, sys.stdout, "info"), (stderr, sys.stderr, "error")):
            # A program may have been started with its streams closed; then there are none.
            if wanted and stream is not None:
                try:
                    self._captures.append(StreamCapture(stream, level, report))
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

    def after_fork(self) -> None:
        """In a child: begin anew."""
        for capture in self._captures:
            capture.after_fork()

    def close(self) -> None:
        """Uncover the streams."""
        for capture in reversed(self._captures):
            capture.close()
        self._captures.clear()
