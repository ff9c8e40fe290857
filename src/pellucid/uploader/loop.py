"""The two loops of an uploader: one ships what was reported, one stores files."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from pellucid.base.errors import ServerError, ServerUnavailableError
from pellucid.base.retry import backoff
from pellucid.uploader.lifetime import RunProcess, explain
from pellucid.uploader.ranks import RankWatch
from pellucid.uploader.shipment import Shipment
from pellucid.uploader.uploads import Uploads
from pellucid.uploader.wake import Wake

PING_EVERY: Final = 30.0
"""Seconds between two signs of life of the run."""

_SHORTEST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 0.5
_PAUSE_AFTER_LITTLE: Final = 0.2
_MUCH: Final = 1000
"""A round that sent so much is followed by another soon; less is gathered for a while, as requests cost more than
rows."""

_EXIT_PATIENCE: Final = 60.0
"""Seconds that a process may take to be gone after its last record: other exit handlers run after ours."""

_FULL: Final = 20_000
"""A round that sent so much is followed by another at once: it is behind."""

Waits: TypeAlias = Callable[[], Iterator[float]]

logger = logging.getLogger("pellucid.uploader")


def default_waits() -> Iterator[float]:
    """The waiting times of one outage."""
    return backoff(0.5, 30.0)


def run_shipping_loop(
    shipment: Shipment,
    process: RunProcess,
    wake: Wake,
    *,
    at_end: Callable[[], None] = lambda: None,
    waits: Waits = default_waits,
) -> None:
    """Ship until the run is over and all of it is on the server. While the server is away, try again for ever.

    Args:
        shipment: the run's folder.
        process: the run's process; when it is gone and did not say how it ended, its cause of death is found out.
        wake: ends the pauses.
        at_end: is called when the run is over, at least once, before the last of it is sent.
        waits: makes the waiting times of one outage, in seconds.
    """
    outage: Iterator[float] | None = None
    ranks = RankWatch(shipment.folder, shipment.description.pid)
    pause, next_ping = _SHORTEST_PAUSE, time.monotonic() + PING_EVERY
    while not shipment.is_over() and shipment.folder.exists():
        try:
            running = process.is_running()
            shipment.note_failure(ranks.look())
            if shipment.end is not None or not running:
                at_end()
            sent = shipment.round()
            ending = shipment.end is not None or not running
            if shipment.is_drained and ending:
                end = shipment.end or process.cause_of_death(shipment.folder)
                shipment.finish(end, by_itself=shipment.end is not None)
            if not ending and time.monotonic() >= next_ping:
                shipment.ping()
                next_ping = time.monotonic() + PING_EVERY
        except (ServerError, OSError) as error:
            if outage is None:
                logger.warning("nothing can be sent now, trying again: %s", error)
                outage = waits()
            pause = next(outage)
        else:
            if outage is not None:
                logger.warning("sending again")
                outage = None
            pause = _pause_after(sent, pause, more=ending or shipment.is_waiting)
        if pause > 0:
            shipment.save()
        wake.sleep(0.0 if shipment.is_over() else pause, also=process.descriptor)
    ranks.close()
    shipment.save()


def check_presumed_end(shipment: Shipment, process: RunProcess, wake: Wake) -> None:
    """Look at the exit code of a run that seemed to end well, and correct its status if that says otherwise.

    Args:
        shipment: the run, which has its final status.
        process: the run's process, which is about to be gone.
        wake: ends the pauses.
    """
    if shipment.end is None or not shipment.end.presumed:
        return
    patience = time.monotonic() + _EXIT_PATIENCE
    while process.is_running():
        if time.monotonic() >= patience:
            return
        wake.sleep(_SHORTEST_PAUSE, also=process.descriptor)
    code = process.exit_code()
    if code:
        try:
            shipment.correct(explain(code))
        except ServerError as error:
            logger.warning("the run ended with exit code %d, which its task does not say: %s", code, error)


def _pause_after(sent: int, pause: float, *, more: bool) -> float:
    """The pause after a round that went well.

    Args:
        sent: how much it sent.
        pause: the pause before it, in seconds.
        more: whether there is more to do.
    """
    if sent >= _FULL or (sent and more):
        return 0.0
    if sent:
        return _SHORTEST_PAUSE if sent >= _MUCH else _PAUSE_AFTER_LITTLE
    return min(_LONGEST_PAUSE, max(pause, _SHORTEST_PAUSE) * 2)


def run_uploads_loop(uploads: Uploads, wake: Wake, *, waits: Waits = default_waits) -> None:
    """Store files until ``uploads`` is closed; while the server is away, try again for ever.

    Args:
        uploads: the files.
        wake: is woken whenever a file is done with.
        waits: makes the waiting times of one outage, in seconds.
    """
    outage = waits()
    while uploads.wait():
        try:
            uploads.store_next()
        except ServerUnavailableError as error:
            logger.info("a file can't be stored now, trying again: %s", error)
            uploads.pause(next(outage))
        else:
            outage = waits()
            wake.wake()


def run_ahead_loop(uploads: Uploads, *, waits: Waits = default_waits) -> None:
    """Store files ahead of their turn until ``uploads`` is closed; any number of threads may do so.

    Args:
        uploads: the files.
        waits: makes the waiting times of one outage, in seconds.
    """
    outage = waits()
    while (job := uploads.wait_ahead()) is not None:
        try:
            uploads.store_ahead(job)
        except ServerUnavailableError:
            uploads.pause(next(outage))  # its turn will tell
        else:
            outage = waits()
