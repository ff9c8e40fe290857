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
    by_reporter: defaultdict[tuple[str, bool], list[events.Event]] = defaultdict(list)
    for event in request.events:
        reason = refusal(event)
        if reason:
            errors[reason] += 1
        else:
            by_reporter[event.task, bool(event.model_event)].append(event)
    added = 0
    for (reporter, is_model), reported in by_reporter.items():
        group = _allowed(context, reporter, reported, errors, is_model=is_model)
        if not group:
            continue
        blocks = to_blocks(group, now=to_milliseconds(now), worker=context.worker)
        try:
            context.store.events.append(reporter, blocks, now)
        except NotFoundError as error:  # deleted meanwhile
            errors[str(error)] += len(group)
            continue
        added += len(group)
    if not added:
        raise ApiError(ErrorCode.EVENTS_NOT_ADDED, "; ".join(errors) or "there were none")
    return events.AddResponse(added=added, errors=errors.total(), errors_info=dict(errors))


def _allowed(
    context: Context, reporter: str, group: list[events.Event], errors: Counter[str], *, is_model: bool
) -> list[events.Event]:
    """The events that may be added to a task, or a model, as it is; the others are counted (protocol §2.6)."""
    try:
        locked = _lock(context, reporter, is_model=is_model)
    except NotFoundError as error:
        errors[str(error)] += len(group)
        return []
    if locked is None:
        return group
    allowed = [event for event in group if event.allow_locked]
    if len(allowed) < len(group):
        errors[locked] += len(group) - len(allowed)
    return allowed


def _lock(context: Context, reporter: str, *, is_model: bool) -> str | None:
    """Why nothing more may be added, ``None`` if it may. Raises NotFoundError."""
    if is_model:
        return f"model {reporter} is published" if context.store.models.get(reporter).ready else None
    status = context.store.tasks.get(reporter).status
    return f"task {reporter} is {status}" if status in LOCKED else None
