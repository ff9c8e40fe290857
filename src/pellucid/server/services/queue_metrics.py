"""``queues.get_queue_metrics``: how long tasks wait (protocol §2.7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.time_range import to_range
from pellucid.store.queue_records import QueueSample
from pellucid.wire import queues


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [Endpoint(queues.GET_QUEUE_METRICS, Policy.USER, get_queue_metrics)]


def get_queue_metrics(context: Context, request: queues.GetQueueMetrics) -> queues.GetQueueMetricsResponse:
    """Waiting times and lengths by interval; intervals in which nothing changed are left out."""
    since, until = to_range(request.from_date, request.to_date)
    by_queue: dict[str, list[QueueSample]] = defaultdict(list)
    for sample in context.store.queues.samples(request.queue_ids or [], since, until):
        by_queue[sample.queue].append(sample)
    return queues.GetQueueMetricsResponse(
        queues=[_history(queue, samples, since, request.interval * 1000) for queue, samples in sorted(by_queue.items())]
    )


def _history(queue: str, samples: Iterable[QueueSample], since: int, interval: int) -> queues.QueueMetrics:
    intervals: dict[int, list[QueueSample]] = defaultdict(list)
    for sample in samples:
        intervals[(sample.timestamp - since) // interval].append(sample)
    numbers = sorted(intervals)
    return queues.QueueMetrics(
        queue=queue,
        dates=[(since + number * interval) // 1000 for number in numbers],
        avg_waiting_times=[_mean_waited(intervals[number]) for number in numbers],
        queue_lengths=[max(sample.length for sample in intervals[number]) for number in numbers],
    )


def _mean_waited(samples: Iterable[QueueSample]) -> float:
    waited = [sample.waited for sample in samples if sample.waited is not None]
    return sum(waited) / len(waited) if waited else 0.0
