"""Pellucid's own messages: one logger, quiet by default, each trouble told once.

A run that is being watched must never be flooded because the network is down, so trouble that repeats is
logged the first time and counted from then on; ``pellucid doctor`` and the final summary show the counts.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter

logger = logging.getLogger("pellucid")

_lock = threading.Lock()
_troubles: Counter[str] = Counter()


def trouble(kind: str, message: str, error: BaseException | None = None) -> None:
    """Record trouble with the world: logged the first time for each kind, counted always.

    Args:
        kind: a short stable name, such as ``"journal.disk"``; the key of the count.
        message: one sentence for people, which says that the program itself goes on.
        error: the cause, whose text is appended.
    """
    with _lock:
        _troubles[kind] += 1
        first = _troubles[kind] == 1
    if first:
        logger.warning("%s%s", message, f" ({type(error).__name__}: {error})" if error else "")


def _after_fork_in_child() -> None:
    # Another thread of the parent may have held it, and is not here to let go of it.
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork_in_child)


def troubles() -> dict[str, int]:
    """How often each kind of trouble has happened in this process."""
    with _lock:
        return dict(_troubles)
