"""What holds for every test."""

from __future__ import annotations

import os
import signal

from pellucid.testing.postgresql import database, empty_database, postgresql

__all__ = ["database", "empty_database", "postgresql"]

# What a script consists of is found out by a process beside each run, which most tests can do without.
os.environ.setdefault("PELLUCID_DETECT_SCRIPT", "0")

# Shells start what runs in the background with SIGINT ignored, and processes started by the tests would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
