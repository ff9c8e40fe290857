"""Ends processes that a test has caused and that would go on for ever."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def stop_uploaders(folder: Path) -> None:
    """End the uploaders of one run's folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended meanwhile
        if b"pellucid.uploader" in words and str(folder).encode() in words:
            os.kill(int(process.name), signal.SIGKILL)
