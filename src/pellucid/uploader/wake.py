"""Sleeping until something happens: a byte from the run, the end of its process, a stored file."""

from __future__ import annotations

import os
import select


class Wake:
    """What the loop sleeps on. Bytes on standard input mean *ship now*; its end means nothing, as the run may have
    died, or let go of it."""

    def __init__(self, standard_input: int) -> None:
        """Sleep on a descriptor, and on what ``watch`` adds."""
        self._input: int | None = standard_input
        self._reader, self._writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def wake(self) -> None:
        """End the present sleep, or the next; from any thread."""
        try:
            os.write(self._writer, b"w")
        except BlockingIOError:
            pass  # it is woken more than enough

    def sleep(self, seconds: float, also: int | None = None) -> None:
        """Sleep until woken, or for so long.

        Args:
            seconds: at most.
            also: a descriptor that wakes when it becomes readable.
        """
        watched = [descriptor for descriptor in (self._input, self._reader, also) if descriptor is not None]
        ready, _, _ = select.select(watched, [], [], seconds)
        if self._reader in ready:
            os.read(self._reader, 1 << 12)
        if self._input is not None and self._input in ready and not os.read(self._input, 1 << 12):
            self._input = None

    def close(self) -> None:
        """Let go of the pipe; nobody may wake any more."""
        os.close(self._reader)
        os.close(self._writer)
