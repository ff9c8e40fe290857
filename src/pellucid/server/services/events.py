"""``events.*``: storing what comes without a journal (protocol §2.6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final

from pellucid.base.clock import to_milliseconds
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.event_records import refusal, to_blocks
from pellucid.store.errors import NotFoundError
from pellucid.wire import events
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus

LOCKED: Final = frozenset({TaskStatus.publishing, TaskStatus.published})
"""The events of such tasks are final (protocol §2.6)."""


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(events.ADD, Policy.USER, add),
        Endpoint(events.ADD_BATCH, Policy.USER, add_batch),
    ]


def add(context: Context, request: events.Add) -> events.AddResponse:
    """Store one event."""
    return add_batch(context, events.AddBatch(events=[request]))


def add_batch(context: Context, request: events.AddBatch) -> events.AddResponse:
    """Store the sound events, count the others."""
    now = context.clock()
    errors: Counter[str] = Counter(request.malformed)
    by_task: defaultdict[str, list[events.Event]] = defaultdict(list)
    for event in request.events:
        reason = refusal(event)
        if reason:
            errors[reason] += 1
        else:
            by_task[event.task].append(event)
    added = 0
    for task, events_of_task in by_task.items():
        group = _allowed(context, task, events_of_task, errors)
        if not group:
            continue
        blocks = to_blocks(group, now=to_milliseconds(now), worker=context.worker)
        try:
            context.store.events.append(task, blocks, now)
        except NotFoundError as error:  # deleted meanwhile
            errors[str(error)] += len(group)
            continue
        added += len(group)
    if not added:
        raise ApiError(ErrorCode.EVENTS_NOT_ADDED, "; ".join(errors) or "there were none")
    return events.AddResponse(added=added, errors=errors.total(), errors_info=dict(errors))


def _allowed(context: Context, task: str, group: list[events.Event], errors: Counter[str]) -> list[events.Event]:
    """The events that may be added to a task as it is; the others are counted (protocol §2.6)."""
    try:
        record = context.store.tasks.get(task)
    except NotFoundError as error:
        errors[str(error)] += len(group)
        return []
    if record.status not in LOCKED:
        return group
    allowed = [event for event in group if event.allow_locked]
    if len(allowed) < len(group):
        errors[f"task {task} is {record.status}"] += len(group) - len(allowed)
    return allowed
