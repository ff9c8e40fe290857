"""One uploader for each run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LOCK_FILE: Final = "uploader.lock"


@contextmanager
def run_lock(folder: Path) -> Iterator[bool]:
    """Hold a run's folder; yields whether nobody else does.

    The kernel lets go of it when the process dies, however that happens.

    Raises:
        OSError: there is no such folder, or it can't be written.
    """
    descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
