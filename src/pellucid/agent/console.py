"""The console of a task that an agent runs: lines go to the server in batches, without secrets, and none is lost while
the server is away."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

from pellucid.agent.secrets import Mask
from pellucid.base.clock import now_milliseconds
from pellucid.base.errors import PellucidError, RequestRefusedError
from pellucid.base.log import trouble
from pellucid.client.session import Client
from pellucid.wire import events
from pellucid.wire.enums import EventType

_EVERY_SECONDS: Final = 1.0
_MOST_LINES: Final = 1000
_KEPT_LINES: Final = 1_000_000
_LAST_PATIENCE: Final = 30.0


class Console:
    """Sends the lines of one task."""

    def __init__(self, client: Client, task: str, worker: str, mask: Mask) -> None:
        """Begin.

        Args:
            client: the server.
            task: its id.
            worker: who reports.
            mask: takes secrets out.
        """
        self._client = client
        self._task = task
        self._worker = worker
        self._mask = mask
        self._lines: deque[tuple[int, str]] = deque(maxlen=_KEPT_LINES)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._send_until_closed, name="console", daemon=True)
        self._thread.start()

    def line(self, text: str) -> None:
        """Add a line; of a bar that was drawn over and over, its last state."""
        shown = text.rstrip("\r").rpartition("\r")[2]
        self._lines.append((now_milliseconds(), self._mask(shown)))

    def close(self) -> None:
        """Send the rest; a server that does not answer for half a minute does not get it."""
        self._closing.set()
        self._thread.join(_LAST_PATIENCE)

    def _send_until_closed(self) -> None:
        while not self._closing.wait(_EVERY_SECONDS):
            self._send()
        while self._lines and self._send():
            pass

    def _send(self) -> bool:
        batch = [self._lines.popleft() for _ in range(min(len(self._lines), _MOST_LINES))]
        if not batch:
            return True
        try:
            self._client.add_batch(
                [
                    events.Event(
                        type=EventType.log, task=self._task, timestamp=time, level="info", worker=self._worker, msg=text
                    )
                    for time, text in batch
                ]
            )
        except RequestRefusedError as error:
            trouble("agent.console", f"lines of task {self._task} are refused", error)
        except PellucidError as error:
            trouble("agent.console", "the server is away; the console is sent when it is back", error)
            self._lines.extendleft(reversed(batch))
            return False
        return True
