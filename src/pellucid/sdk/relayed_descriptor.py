"""A pipe in the place of descriptors, and how far its relay has got (``sdk.native_output``)."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import termios
import time
from typing import Final, NamedTuple

from pellucid.sdk.console_relay import PIECE, RelayState

_LEAST_DESCRIPTOR: Final = 20
"""Programs make assumptions about low numbers."""

_PAUSE: Final = 0.0001


class FileIdentity(NamedTuple):
    """Which file, pipe or device a descriptor means."""

    device: int
    inode: int


def identify_file(descriptor: int) -> FileIdentity | None:
    """What a descriptor means, ``None`` if it is closed."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return FileIdentity(status.st_dev, status.st_ino)


def file_name(identity: FileIdentity | None) -> str:
    """The same as a text without commas."""
    return "" if identity is None else f"{identity.device}:{identity.inode}"


class RelayedDescriptor:
    """A pipe that takes the place of descriptors. Its files are open until the last thread has let go of it: one that
    is about to write must not find its descriptor closed, or naming another file by then.

    Attributes:
        numbers: the descriptors.
        identity: of the pipe.
        original: where the relay copies to.
    """

    def __init__(self, numbers: list[int], index: int, state: RelayState, original: int, pipe: int) -> None:
        """Know of a pipe; nothing is replaced yet.

        Args:
            numbers: the descriptors.
            index: of the stream in the state.
            state: says how far the relay has got.
            original: where the relay copies to; is duplicated.
            pipe: its writing end; is duplicated.

        Raises:
            OSError: the process has too many files open.
        """
        self.numbers = numbers
        self._index = index
        self._state = state
        self._owned: list[int] = []
        self.original = self._own(original)
        self._pipe = self._own(pipe)
        self.identity = identify_file(self._pipe)

    def __del__(self) -> None:
        for descriptor in self._owned:
            os.close(descriptor)

    @property
    def is_taken(self) -> bool:
        """Whether the relay has come up; nobody has taken anything out of the pipe before that."""
        return self._state.is_up

    def replace(self) -> None:
        """Put the pipe in place."""
        for number in self.numbers:
            os.dup2(self._pipe, number)

    def restore(self) -> None:
        """Put back what was there before, unless the program has put something else there."""
        for number in self.numbers:
            if self.is_at(number):
                os.dup2(self.original, number)

    def is_at(self, number: int) -> bool:
        """Whether a descriptor means the pipe; programs replace descriptors too, for a while."""
        return identify_file(number) == self.identity

    def is_out(self) -> bool:
        """Whether everything that was printed so far has come out."""
        return self._waiting() == 0 and self._state.phase(self._index) != RelayState.COPYING

    def wait(self, deadline: float) -> None:
        """Wait until what was printed so far is out and recorded; more may come meanwhile, without end."""
        enough = self._state.copied(self._index) + self._waiting() + PIECE
        while self._waiting() or self._state.phase(self._index) != RelayState.IDLE:
            if self._state.copied(self._index) >= enough or self.is_broken() or time.monotonic() >= deadline:
                return
            time.sleep(_PAUSE)

    def _waiting(self) -> int:
        """How many bytes are in the pipe."""
        return int(struct.unpack("i", fcntl.ioctl(self._pipe, termios.FIONREAD, b"\0\0\0\0"))[0])

    def is_broken(self) -> bool:
        """Whether nobody reads the pipe any more."""
        reader = select.poll()  # a new one each time: threads must not share one
        reader.register(self._pipe, 0)
        return bool(reader.poll(0))

    def _own(self, descriptor: int) -> int:
        self._owned.append(fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _LEAST_DESCRIPTOR))
        return self._owned[-1]
