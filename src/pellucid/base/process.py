"""Which process a number means: a pid is reused sooner or later, a pid with its start time is not."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

_UNKNOWN_BOOT = bytes(16)

TREE_VARIABLE = "PELLUCID_PROCESS_TREE"
"""Marks all processes that a task's process starts, in their environment, for whoever ends them. What is to outlive
the task, as its uploader, does without."""


class ProcessIdentity(msgspec.Struct, frozen=True):
    """One process of one boot of one machine.

    Attributes:
        pid: its number.
        start: when it started, in the kernel's clock ticks since boot; 0 where the system doesn't tell.
        boot: identifies the boot of the machine, 16 bytes; all zero where the system doesn't tell.
    """

    pid: int
    start: int
    boot: bytes


def identify(pid: int) -> ProcessIdentity | None:
    """The identity of a process that runs now, ``None`` if there is none. One that has ended and waits for its parent
    to ask how (a zombie) does not run."""
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except ProcessLookupError:
        return None
    except OSError:
        return None if Path("/proc/self/stat").exists() else _identify_by_signal(pid)
    # The second field is the program's name in brackets, which may itself hold brackets and blanks.
    state, *fields = status.rpartition(b")")[2].split()
    return None if state in b"ZX" else ProcessIdentity(pid, int(fields[18]), _boot())


def is_running(process: ProcessIdentity) -> bool:
    """Whether this very process runs on this machine now."""
    return identify(process.pid) == process


def _identify_by_signal(pid: int) -> ProcessIdentity | None:
    """For systems without ``/proc``: the pid is all there is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # it belongs to somebody else, so it exists
    return ProcessIdentity(pid, 0, _UNKNOWN_BOOT)


def _boot() -> bytes:
    try:
        return bytes.fromhex(Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", ""))
    except OSError:
        return _UNKNOWN_BOOT
