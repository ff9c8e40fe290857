"""``python -P -m pellucid.uploader <run folder>``: ship a run to its server, and go when that is done.

The first line on standard input is a ``wire.records.Connection`` as JSON, so that keys are on no command line and in
no file; a pidfd of the run's process may come with it on a socket. After it, any byte means *ship now*. Exits with 0
when all is on the server, or when another uploader has the run.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import stat
import sys
import threading
from pathlib import Path
from types import FrameType

import msgspec

from pellucid.base.errors import UsageError
from pellucid.client.session import Client
from pellucid.client.storage import own_credentials
from pellucid.uploader.abort import AbortWatch
from pellucid.uploader.lifetime import RunProcess, find_run_process
from pellucid.uploader.lock import run_lock
from pellucid.uploader.loop import check_presumed_end, run_ahead_loop, run_shipping_loop, run_uploads_loop
from pellucid.uploader.monitor import MonitorThread
from pellucid.uploader.shipment import Shipment
from pellucid.uploader.wake import Wake
from pellucid.wire.records import Connection

LOG_FILE = "uploader.log"

_FILE_GRACE = 1.0
"""Seconds to wait for a file that is under way when shipping has failed; it will be sent again."""

_AHEAD = 3
"""Files that are stored at the same time as the one whose turn it is."""

logger = logging.getLogger("pellucid.uploader")


def main(arguments: list[str]) -> int:
    """Run one uploader; returns the exit code."""
    if len(arguments) != 1:
        print("usage: python -P -m pellucid.uploader <run folder>", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    os.environ[own_credentials.VARIABLE] = str(folder / own_credentials.FILE)
    _outlive_the_run()
    try:
        connection, pidfd = read_connection(sys.stdin.fileno())
        with run_lock(folder) as alone:
            if alone:
                _log_to(folder / LOG_FILE)
                upload(folder, connection, pidfd)
    except FileNotFoundError:
        return 0  # another uploader was faster: it has shipped the run and deleted its folder
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except Exception:  # the last words of a process that nobody watches; the journal stays for the next one
        logger.exception("the uploader gives up; pellucid sync sends the rest")
        return 1
    return 0


def upload(folder: Path, connection: Connection, pidfd: int | None) -> None:
    """Ship a run until it is over.

    Args:
        folder: the run's folder.
        connection: the server.
        pidfd: the run's process, if it has given us a hold on it.
    """
    shipment = Shipment(folder, connection)
    identity = find_run_process(folder, shipment.description)
    process = RunProcess(identity, pidfd)
    wake = Wake(sys.stdin.fileno())
    uploads = threading.Thread(target=run_uploads_loop, args=(shipment.uploads, wake), daemon=True)
    uploads.start()
    for _ in range(_AHEAD):
        threading.Thread(target=run_ahead_loop, args=(shipment.uploads,), daemon=True).start()
    monitor = start_monitor(shipment, process)
    abort = AbortWatch(shipment, Client.to(connection), identity)
    try:
        run_shipping_loop(shipment, process, wake, at_end=monitor.stop)
        check_presumed_end(shipment, process, wake)
    finally:
        abort.stop()
        monitor.stop()
        shipment.uploads.close()
        uploads.join(_FILE_GRACE)
        process.close()
        shipment.close()


def start_monitor(shipment: Shipment, process: RunProcess) -> MonitorThread:
    """Watch the machine for as long as the run's process lives."""
    description = shipment.description
    monitoring = description.monitoring if process.is_running() else None
    return MonitorThread(shipment.folder, description.pid, description.started.timestamp(), monitoring)


def read_connection(standard_input: int) -> tuple[Connection, int | None]:
    """The first line, read byte by byte so that nothing behind it is swallowed, and the descriptor that came with it.

    Raises:
        UsageError: it is no connection.
    """
    first, descriptor = _read_first_byte(standard_input)
    line = bytearray(first)
    while not line.endswith(b"\n") and (byte := os.read(standard_input, 1)):
        line += byte
    try:
        return msgspec.json.decode(line, type=Connection), descriptor
    except msgspec.DecodeError as error:
        raise UsageError(f"standard input: the first line is no connection ({error})") from error


def _read_first_byte(standard_input: int) -> tuple[bytes, int | None]:
    """A byte, and the descriptor that may come with it on a socket."""
    if not stat.S_ISSOCK(os.fstat(standard_input).st_mode):
        return os.read(standard_input, 1), None
    with socket.socket(fileno=os.dup(standard_input)) as line:
        byte, descriptors, _, _ = socket.recv_fds(line, 1, 1)
    return byte, descriptors[0] if descriptors else None


def _outlive_the_run() -> None:
    """Signals to the run's whole group or session are not for us: its last words are still to be shipped. A second
    SIGTERM is."""

    def ignore_once(_: int, __: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, ignore_once)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)


def _log_to(path: Path) -> None:
    logging.basicConfig(filename=path, format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
