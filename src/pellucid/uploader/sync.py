"""Shipping a run that no uploader is shipping: after an offline run, an outage, a crash of the machine."""

from __future__ import annotations

from pathlib import Path

from pellucid.uploader.ledger import Ledger
from pellucid.uploader.lifetime import RunProcess, find_run_process
from pellucid.uploader.lock import run_lock
from pellucid.uploader.shipment import Shipment
from pellucid.wire.records import Connection, Progress


def sync_folder(folder: Path, connection: Connection) -> Progress:
    """Ship one run's folder to the end, files too, here and now; it is deleted if the server took all of it.

    Args:
        folder: the run's folder.
        connection: the server.

    Returns:
        What was achieved. Not finished if the run still goes on, or if another process is shipping it.

    Raises:
        UsageError: it is no run's folder.
        ServerError: the server is away or refuses us; what was sent is remembered.
        OSError: the disk has trouble.
    """
    with run_lock(folder) as alone:
        if not alone:
            return Ledger(folder).progress()
        shipment = Shipment(folder, connection)
        ship_all(shipment)
        return shipment.progress


def ship_all(shipment: Shipment) -> None:
    """Ship what there is, and close the shipment.

    Raises:
        ServerError: the server is away or refuses us; what was sent is remembered.
        OSError: the disk has trouble.
    """
    folder = shipment.folder
    process = RunProcess(find_run_process(folder, shipment.description))
    try:
        running = process.is_running()
        _drain(shipment)
        if shipment.end is not None:
            shipment.finish(shipment.end, by_itself=True)
        elif not running:
            shipment.finish(process.cause_of_death(folder), by_itself=False)
    finally:
        shipment.save()
        process.close()
        shipment.close()


def _drain(shipment: Shipment) -> None:
    """Send until a round finds nothing."""
    while shipment.round() or not shipment.uploads.is_empty:
        while not shipment.uploads.is_empty:
            shipment.uploads.store_next()
