"""``workers.*``: graphs of what the machines did (protocol §2.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

from pellucid.base.clock import to_milliseconds
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.time_range import to_range
from pellucid.store.worker_records import WorkerReport
from pellucid.wire import workers
from pellucid.wire.codes import ErrorCode

_AGGREGATIONS: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "avg": lambda values: sum(values) / len(values),
    "min": min,
    "max": max,
}
_MOST: Final = 1e300
"""Greater numbers are nonsense, and their sums are no numbers any more."""

_RECENT: Final = timedelta(hours=1)
"""How far back numbers are looked for when somebody asks which there are."""


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(workers.GET_STATS, Policy.USER, get_stats),
        Endpoint(workers.GET_METRIC_KEYS, Policy.USER, get_metric_keys),
        Endpoint(workers.GET_ACTIVITY_REPORT, Policy.USER, get_activity_report),
    ]


def get_stats(context: Context, request: workers.GetStats) -> workers.GetStatsResponse:
    """The numbers of each worker by interval; intervals without reports are left out."""
    since, until = to_range(request.from_date, request.to_date)
    wanted: dict[str, list[str]] = {}
    for item in request.items:
        aggregation = item.aggregation or "avg"
        if aggregation not in _AGGREGATIONS:
            allowed = ", ".join(_AGGREGATIONS)
            raise ApiError(ErrorCode.VALIDATION, f"items: aggregation is {aggregation!r}; allowed are {allowed}")
        wanted.setdefault(item.key, []).append(aggregation)
    reports: dict[str, list[WorkerReport]] = defaultdict(list)
    for report in context.store.workers.reports(since, until, request.worker_ids or []):
        reports[report.worker].append(report)
    return workers.GetStatsResponse(
        workers=[
            workers.WorkerStats(
                worker=worker,
                metrics=[
                    metric
                    for key, aggregations in wanted.items()
                    for metric in _metrics(key, aggregations, reports[worker], since, request)
                ],
            )
            for worker in sorted(reports)
        ]
    )


def get_metric_keys(context: Context, request: workers.GetMetricKeys) -> workers.GetMetricKeysResponse:
    """Which numbers were reported lately, by the first word of their names."""
    until = context.clock()
    reports = context.store.workers.reports(
        to_milliseconds(until - _RECENT), to_milliseconds(until), request.worker_ids or []
    )
    categories: dict[str, set[str]] = defaultdict(set)
    for key in {key for report in reports for key in report.stats}:
        categories[key.partition("_")[0]].add(key)
    return workers.GetMetricKeysResponse(
        categories=[
            workers.MetricCategory(name=name, metric_keys=sorted(keys)) for name, keys in sorted(categories.items())
        ]
    )


def get_activity_report(context: Context, request: workers.GetActivityReport) -> workers.GetActivityReportResponse:
    """How many workers there were, and how many of them ran a task."""
    since, until = to_range(request.from_date, request.to_date)
    activity = context.store.workers.activity(since, until, request.interval * 1000)
    dates = [each.timestamp // 1000 for each in activity]
    return workers.GetActivityReportResponse(
        total=workers.ActivitySeries(dates=dates, counts=[each.total for each in activity]),
        active=workers.ActivitySeries(dates=dates, counts=[each.active for each in activity]),
    )


def _metrics(
    key: str, aggregations: Iterable[str], reports: Iterable[WorkerReport], since: int, request: workers.GetStats
) -> list[workers.MetricStats]:
    """One number of one worker, or several if those of its processors are told apart."""
    interval = request.interval * 1000
    by_variant: dict[str | None, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for report in reports:
        for variant, value in _values(key, report.stats.get(key)):
            place = (report.timestamp - since) // interval
            by_variant[variant if request.split_by_variant else None][place].append(value)
    return [
        workers.MetricStats(
            metric=key,
            variant=variant,
            dates=[(since + place * interval) // 1000 for place in sorted(places)],
            stats=[
                workers.StatsAggregation(
                    aggregation=name, values=[_AGGREGATIONS[name](places[place]) for place in sorted(places)]
                )
                for name in aggregations
            ],
        )
        for variant, places in sorted(by_variant.items(), key=lambda item: item[0] or "")
    ]


def _values(key: str, reported: Any) -> list[tuple[str | None, float]]:
    """Numbers with the names of their processors; what is no number, which anybody may report, is passed over."""
    if isinstance(reported, list):
        kind = key.partition("_")[0]
        named = [(f"{kind}{number}", value) for number, value in enumerate(reported)]
    else:
        named = [(key, reported)]
    return [(name, float(value)) for name, value in named if isinstance(value, int | float) and abs(value) < _MOST]
