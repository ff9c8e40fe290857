"""Answers questions about a run's reports from its own journal, where there is no server to ask (sdk-surface M148)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from pellucid.base.errors import ServerUnavailableError
from pellucid.base.points import EMPTY, POINT, SINGLE_VALUE_ITERATION, VOID
from pellucid.journal.folder import is_writing, list_writers
from pellucid.journal.frames import Frame
from pellucid.journal.reader import FramesReader, PointsReader
from pellucid.wire import events, samples, scalars, tasks
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.enums import EventType
from pellucid.wire.events import Event
from pellucid.wire.files import FILES_ADDRESS, file_url
from pellucid.wire.records import RecordKind, SeriesName, Upload

_AT_ONCE: Final = 1 << 20


class Point(NamedTuple):
    """A scalar as it was reported; the time is in milliseconds since the epoch."""

    title: str
    series: str
    iteration: int
    timestamp: int
    value: float


class JournalReports:
    """What a run has reported so far."""

    def __init__(self, folder: Path, document: tasks.Task) -> None:
        """Look at a run.

        Args:
            folder: its journal.
            document: its task, without the summaries that a server would make.
        """
        self._folder = folder
        self._document = document

    def send(self, action: Action[RequestT, ResponseT], request: RequestT, /) -> ResponseT:
        """Answer as a server would.

        Raises:
            ServerUnavailableError: only a server can answer that.
        """
        answer: object
        match request:
            case scalars.ScalarHistogram():
                answer = self._curves(request.key or "iter", request.samples or 0)
            case scalars.SingleValues():
                answer = self._single_values()
            case events.GetTaskLog():
                answer = _page(self._lines()[-(request.batch_size or 0) :])
            case events.GetTaskEvents(event_type=EventType.scalar):
                answer = _page([_to_event(point) for point in self._points()])
            case samples.GetTaskPlots():
                answer = self._plots(request.iters)
            case samples.DebugImages():
                answer = self._samples(request)
            case tasks.GetById():
                answer = tasks.GetByIdResponse(task=self._summarized())
            case _:
                raise ServerUnavailableError(
                    f"{action.name}: this run has no server; pellucid sync sends it to one later"
                )
        return answer  # type: ignore[return-value]  # each request has its own response, which no type can say

    def close(self) -> None:
        """Nothing is open."""

    def _points(self) -> Iterator[Point]:
        """All points, writer by writer in their order."""
        for writer in list_writers(self._folder):
            ended = not is_writing(self._folder, writer)
            reader = PointsReader(self._folder, writer)
            names: dict[int, SeriesName] | None = None
            while (batch := reader.read(_AT_ONCE, ended=ended)) is not None:
                # After the points, so that the names of their series are among the records.
                names = names if names is not None and batch.numbers <= names.keys() else self._names(writer)
                for iteration, nanoseconds, value, number in POINT.iter_unpack(batch.data):
                    if number not in (EMPTY, VOID) and number in names:
                        title, series = names[number].title, names[number].series
                        yield Point(title, series, iteration, nanoseconds // 1_000_000, value)

    def _records(self, writer: str, kind: RecordKind) -> Iterator[bytes]:
        reader = FramesReader(self._folder, writer)
        while items := reader.read(_AT_ONCE, ended=False):
            yield from (item.payload for item in items if isinstance(item, Frame) and item.kind == kind)

    def _names(self, writer: str) -> dict[int, SeriesName]:
        found = (msgspec.msgpack.decode(one, type=SeriesName) for one in self._records(writer, RecordKind.SERIES))
        return {name.number: name for name in found}

    def _events(self) -> Iterator[Event]:
        for writer in list_writers(self._folder):
            for payload in self._records(writer, RecordKind.EVENT):
                yield msgspec.msgpack.decode(payload, type=Event)

    def _lines(self) -> list[dict[str, Any]]:
        lines = [event for event in self._events() if event.type == EventType.log]
        return [msgspec.to_builtins(line) for line in sorted(lines, key=lambda line: line.timestamp or 0)]

    def _plots(self, iterations: int) -> samples.PlotsPage:
        latest = _latest((event for event in self._events_and_files() if event.type == EventType.plot), iterations)
        plots = [msgspec.to_builtins(event) for event in latest]
        return samples.PlotsPage(plots=plots, returned=len(plots), total=len(plots))

    def _samples(self, request: samples.DebugImages) -> samples.DebugImagesResponse:
        """All in one page."""
        (named,) = request.metrics
        wanted = (
            event
            for event in self._events_and_files()
            if event.type == EventType.image
            and event.metric == named.metric
            and event.variant in (named.variants or [])
        )
        shown: dict[int, list[dict[str, Any]]] = {}
        for event in _latest(wanted, request.iters):
            shown.setdefault(event.iter or 0, []).append(msgspec.to_builtins(event))
        iterations = [samples.ImageIteration(iter=number, events=found) for number, found in shown.items()]
        return samples.DebugImagesResponse(
            scroll_id=None, metrics=[samples.TaskImages(task=named.task, iterations=iterations)]
        )

    def _events_and_files(self) -> Iterator[Event]:
        """Events, and those that are announced with a file, which is in the run's folder."""
        yield from self._events()
        for writer in list_writers(self._folder):
            for payload in self._records(writer, RecordKind.UPLOAD):
                upload = msgspec.msgpack.decode(payload, type=Upload)
                address, here = file_url(FILES_ADDRESS, upload.path), (self._folder / upload.source).as_uri()
                for call in upload.announce:
                    if call.action == events.ADD.name:
                        body = call.body.replace(address.encode(), here.encode())
                        yield msgspec.json.decode(body, type=Event)

    def _curves(self, axis: str, samples: int) -> scalars.Curves:
        """The last value at each place of the axis."""
        found: dict[str, dict[str, dict[int, float]]] = {}
        for point in self._points():
            if point.iteration != SINGLE_VALUE_ITERATION:
                place = point.iteration if axis == "iter" else point.timestamp
                found.setdefault(point.title, {}).setdefault(point.series, {})[place] = point.value
        return {
            title: {name: _curve(name, values, axis, samples) for name, values in series.items()}
            for title, series in found.items()
        }

    def _single_values(self) -> scalars.SingleValuesResponse:
        values = {
            (point.title, point.series): scalars.SingleValue(
                metric=point.title, variant=point.series, value=point.value, timestamp=point.timestamp
            )
            for point in self._points()
            if point.iteration == SINGLE_VALUE_ITERATION
        }
        task = self._document
        found = scalars.TaskSingleValues(task=task.id, task_name=task.name, values=list(values.values()))
        return scalars.SingleValuesResponse(tasks=[found] if values else [])

    def _summarized(self) -> tasks.Task:
        """The document with last values and last iteration."""
        metrics: tasks.LastMetrics = {}
        last = max((event.iter or 0 for event in self._events()), default=0)
        for point in self._points():
            if point.iteration != SINGLE_VALUE_ITERATION:
                last = max(last, point.iteration)
            series = metrics.setdefault(point.title, {})
            series[point.series] = _with(series.get(point.series), point)
        return msgspec.structs.replace(self._document, last_metrics=metrics, last_iteration=last)


def _latest(found: Iterable[Event], iterations: int) -> list[Event]:
    """Events of the last iterations of each series, the latest first; the same again replaces (protocol §2.6)."""
    by_series: dict[tuple[str, str], dict[int, dict[str | None, Event]]] = {}
    for event in found:
        series = by_series.setdefault((event.metric or "", event.variant or ""), {})
        series.setdefault(event.iter or 0, {})[event.key] = event
    return [
        event
        for series in by_series.values()
        for iteration in sorted(series, reverse=True)[: max(iterations, 1)]
        for event in series[iteration].values()
    ]


def _with(summary: tasks.LastMetric | None, point: Point) -> tasks.LastMetric:
    """A series' summary after one more point; what is no number is no least or greatest value."""
    seen = [] if summary is None else [one for one in (summary.min_value, summary.max_value) if one is not None]
    seen += [] if math.isnan(point.value) else [point.value]
    return tasks.LastMetric(
        metric=point.title,
        variant=point.series,
        value=point.value,
        min_value=min(seen, default=None),
        max_value=max(seen, default=None),
    )


def _curve(name: str, values: dict[int, float], axis: str, samples: int) -> scalars.Curve:
    places = sorted(values)
    if 0 < samples < len(places):
        places = [places[at * (len(places) - 1) // max(samples - 1, 1)] for at in range(samples)]
    x: list[Any] = [_iso_time(place) for place in places] if axis == "iso_time" else list(places)
    return scalars.Curve(name=name, x=x, y=[values[place] for place in places])


def _iso_time(timestamp: int) -> str:
    moment = datetime.fromtimestamp(timestamp / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{timestamp % 1000:03d}Z"


def _to_event(point: Point) -> dict[str, Any]:
    return {
        "type": EventType.scalar,
        "timestamp": point.timestamp,
        "iter": point.iteration,
        "metric": point.title,
        "variant": point.series,
        "value": point.value,
    }


def _page(found: list[dict[str, Any]]) -> events.EventsPage:
    return events.EventsPage(events=found, returned=len(found), total=len(found))
