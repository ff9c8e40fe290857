"""``events.search_task_log``: where in the whole console a text is, which the web page asks for (our own)."""

from __future__ import annotations

import re
from typing import Final

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.wire import events

_PAGE: Final = 5000
_BEGINNING: Final = -(2**63)
_MOST: Final = 10_000
_COLOUR: Final = re.compile(r"\x1b\[[\d;]*m")


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [Endpoint(events.SEARCH_TASK_LOG, Policy.USER, search_task_log)]


def search_task_log(context: Context, request: events.SearchTaskLog) -> events.SearchTaskLogResponse:
    """The lines that contain the text, the oldest first."""
    task = context.store.tasks.get(request.task).id
    wanted = request.text.casefold()
    total, moments, after = 0, dict[int, None](), _BEGINNING
    while page := context.store.events.log(task, limit=_PAGE, after=after):
        for record in page:
            # A terminal's colours may change in the middle of a word.
            if wanted in _COLOUR.sub("", record.message or "").casefold():
                total += 1
                if len(moments) < _MOST:
                    moments[record.timestamp] = None
        after = page[-1].timestamp
    return events.SearchTaskLogResponse(total=total, timestamps=list(moments))
