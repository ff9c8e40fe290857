"""What the server does by itself, again and again, in a thread of its own.

Any number of servers over one database may do the same.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from pellucid.store.errors import UnavailableError

_log: Final = logging.getLogger(__name__)


@contextmanager
def repeating(name: str, interval: timedelta, work: Callable[[threading.Event], object]) -> Iterator[None]:
    """Do something at intervals while the block runs; what is under way at the end is finished first.

    Args:
        name: of the thread, and for the log.
        interval: from the end of one time to the begin of the next, or a quarter more or less: several servers do not
            do it at the same moment.
        work: is given the event that tells it to stop; what it raises is logged, and it is done again.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_repeat, args=(name, interval, work, stop), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _repeat(name: str, interval: timedelta, work: Callable[[threading.Event], object], stop: threading.Event) -> None:
    while not stop.wait(interval.total_seconds() * random.uniform(0.75, 1.25)):
        try:
            work(stop)
        except UnavailableError as error:
            _log.warning("the %s has to wait: %s", name, error)
        except Exception:  # noqa: BLE001 - the top of a loop: what went wrong for one task must not end it for all
            _log.exception("the %s stumbled", name)
