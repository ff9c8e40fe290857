"""Records of ``logging``, where a program wants them on its task without what it prints (sdk-surface M38).

No handler is added: a root logger that has one is not configured any more by ``logging.basicConfig``, and nothing of
it would be printed. Instead the call by which loggers hand a record to their handlers is covered for a while.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from pellucid.base.log import trouble
from pellucid.sdk.cover import Cover

_OURS: Final = "pellucid"


class LogRecords:
    """Reports the records of all loggers of this process."""

    def __init__(self, report: Callable[[str, str], None]) -> None:
        """Begin to report.

        Args:
            report: takes the level's name and the text.
        """
        self._report = report
        self._formatter = logging.Formatter()
        self._reporting = threading.local()
        self._active = True
        self._cover = Cover(logging.Logger, "callHandlers", _as_method(self))

    def close(self) -> None:
        """Stop reporting."""
        self._active = False
        self._cover.close()

    def hand_over(self, logger: logging.Logger, record: logging.LogRecord) -> None:
        """Give a record to its handlers, and report it."""
        self._cover.original(logger, record)
        if not self._active or record.name.partition(".")[0] == _OURS or getattr(self._reporting, "now", False):
            return
        self._reporting.now = True
        try:
            self._report(record.levelname.lower(), self._formatter.format(record))
        except Exception as error:  # noqa: BLE001 - a record whose arguments don't fit its format, say
            trouble("console.logging", "A log record is not on the task; the program goes on.", error)
        finally:
            self._reporting.now = False


def _as_method(records: LogRecords) -> Callable[[logging.Logger, logging.LogRecord], None]:
    def callHandlers(self: logging.Logger, record: logging.LogRecord) -> None:  # noqa: N802 - the covered name
        records.hand_over(self, record)

    return callHandlers
