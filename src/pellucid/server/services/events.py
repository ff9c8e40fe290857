"""``events.*``: storing what comes without a journal, and reading (protocol §2.6)."""

from __future__ import annotations

from collections import Counter, defaultdict

from pellucid.base.clock import to_milliseconds
from pellucid.server.context import Context
from pellucid.server.curves import DEFAULT_SAMPLES, MOST_SAMPLES, check_axis, sampled
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.event_records import refusal, to_blocks
from pellucid.store.errors import NotFoundError
from pellucid.wire import events
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus

_LOCKED = {TaskStatus.publishing, TaskStatus.published}


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(events.ADD, Policy.USER, add),
        Endpoint(events.ADD_BATCH, Policy.USER, add_batch),
        Endpoint(events.SCALAR_HISTOGRAM, Policy.USER, scalar_histogram),
        Endpoint(events.SINGLE_VALUES, Policy.USER, single_values),
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
        context.store.events.append(task, blocks, now)
        added += len(group)
    if not added:
        raise ApiError(ErrorCode.EVENTS_NOT_ADDED, "; ".join(errors) or "there were none")
    return events.AddResponse(added=added, errors=errors.total(), errors_info=dict(errors))


def scalar_histogram(context: Context, request: events.ScalarHistogram) -> events.Curves:
    """A sampled curve of each series."""
    axis = check_axis(request.key)
    samples = min(max(request.samples or DEFAULT_SAMPLES, 1), MOST_SAMPLES)
    context.store.tasks.get(request.task)
    curves: events.Curves = {}
    for (title, series), points in sorted(context.store.events.points(request.task).items()):
        curves.setdefault(title, {})[series] = sampled(points, series, samples=samples, axis=axis)
    return curves


def single_values(context: Context, request: events.SingleValues) -> events.SingleValuesResponse:
    """The values without an iteration; tasks without any are left out."""
    found = []
    for task in request.tasks:
        values = [
            events.SingleValue(metric=value.title, variant=value.series, value=value.last, timestamp=value.last_time)
            for value in context.store.events.single_values(task)
        ]
        if values:
            name = context.store.tasks.get(task).name
            found.append(events.TaskSingleValues(task=task, task_name=name, values=values))
    return events.SingleValuesResponse(tasks=found)


def _allowed(context: Context, task: str, group: list[events.Event], errors: Counter[str]) -> list[events.Event]:
    """The events that may be added to a task as it is; the others are counted (protocol §2.6)."""
    try:
        record = context.store.tasks.get(task)
    except NotFoundError as error:
        errors[str(error)] += len(group)
        return []
    if record.status not in _LOCKED:
        return group
    allowed = [event for event in group if event.allow_locked]
    if len(allowed) < len(group):
        errors[f"task {task} is {record.status}"] += len(group) - len(allowed)
    return allowed
