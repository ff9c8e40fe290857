"""``events.download_task_log``: the whole console as a file (protocol §2.6)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from pellucid.server.context import Context
from pellucid.server.download import Download
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.event_records import to_document
from pellucid.store.api import Store
from pellucid.store.records import EventRecord
from pellucid.wire import events

_PAGE: Final = 5000
_BEGINNING: Final = -(2**63)
_FIELD: Final = re.compile(r"\{(asctime|worker|level|msg)\}")


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [Endpoint(events.DOWNLOAD_TASK_LOG, Policy.USER, download_task_log)]


def download_task_log(context: Context, request: events.DownloadTaskLog) -> Download:
    """The console of a task, the oldest line first."""
    task = context.store.tasks.get(request.task).id
    if request.line_type == "text":
        return Download("console.log", "text/plain", _written(context.store, task, _as_text(request.line_format)))
    return Download("console.jsonl", "application/json-lines", _written(context.store, task, _as_json(task)))


def _written(store: Store, task: str, line: Callable[[EventRecord], str]) -> Iterator[bytes]:
    """Page by page, so that a long console takes no more memory than a short one."""
    after = _BEGINNING
    while page := store.events.log(task, limit=_PAGE, after=after):
        yield "".join(f"{line(record)}\n" for record in page).encode()
        after = page[-1].timestamp


def _as_json(task: str) -> Callable[[EventRecord], str]:
    return lambda record: json.dumps(to_document(record, task), ensure_ascii=False)


def _as_text(line_format: str) -> Callable[[EventRecord], str]:
    def line(record: EventRecord) -> str:
        fields = {
            "asctime": _moment(record.timestamp),
            "worker": record.worker,
            "level": record.level,
            "msg": record.message,
        }
        # Not ``str.format``: with that, who asks could look into our objects.
        return _FIELD.sub(lambda match: fields[match[1]], line_format)

    return line


def _moment(milliseconds: int) -> str:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):  # beyond the years that a calendar has
        return str(milliseconds)
