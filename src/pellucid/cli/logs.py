"""Print a task's console, and with --follow what comes in until the task ends."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from pellucid.cli.connection import find_task, open_client
from pellucid.client.session import Client
from pellucid.wire import events, tasks
from pellucid.wire.enums import TaskStatus

_PAGE = 1000
_POLL_SECONDS = 0.5
_LIVE = frozenset({TaskStatus.created, TaskStatus.queued, TaskStatus.in_progress})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which task, and whether to stay."""
    parser.add_argument("task", metavar="TASK", help="id, name, or project/name")
    parser.add_argument("--follow", "-f", action="store_true", help="keep printing until the task ends")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Print the console."""
    client = open_client()
    task = find_task(client, arguments.task)
    position: int | None = None
    while True:
        # The status is asked for before the lines: lines of a task that has ended by then are all there.
        live = arguments.follow and _status(client, task) in _LIVE
        position = _print_from(client, task, position, as_json=arguments.json)
        if not live:
            return 0
        time.sleep(_POLL_SECONDS)


def _status(client: Client, task: str) -> str:
    query = tasks.GetAll(id=[task], only_fields=["status"], search_hidden=True)
    found = client.send(tasks.GET_ALL, query).tasks
    return str(found[0]["status"]) if found else "deleted"


def _print_from(client: Client, task: str, position: int | None, *, as_json: bool) -> int | None:
    """Print the lines after a timestamp; returns the timestamp of the last one printed."""
    while True:
        page = client.send(
            events.GET_TASK_LOG,
            events.GetTaskLog(
                task=task,
                batch_size=_PAGE,
                navigate_earlier=False,
                from_timestamp=0 if position is None else position,
                order="asc",
            ),
        ).events
        for event in page:
            _print_event(event, as_json=as_json)
        sys.stdout.flush()
        if not page:
            return position
        position = int(page[-1]["timestamp"])


def _print_event(event: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({key: event.get(key) for key in ("timestamp", "level", "worker", "msg")}, ensure_ascii=False))
    else:
        print(event.get("msg") or "")
