"""Sends chunks so that one bad record harms only itself, and nothing is taken for stored that is not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from pellucid.base.errors import RequestRefusedError, ServerUnavailableError
from pellucid.base.points import EMPTY, POINT, VOID
from pellucid.client.session import Client
from pellucid.uploader.collect import Chunk, EventsChunk, PointsChunk
from pellucid.wire import ingest
from pellucid.wire.enums import EventType
from pellucid.wire.events import Event
from pellucid.wire.files import FILES_ADDRESS

_MAX_REFUSALS: Final = 50
"""Requests spent on finding the bad records of one chunk; if that is not enough, most of it is bad."""

_MAX_BATCH_EVENTS: Final = 5_000
"""Events in one request of ``events.add_batch``, which takes 15 MB (protocol §1.9)."""


_PATIENCE: Final = 30
"""Attempts, with growing waits between them, before an internal error of the server may count as its answer: it may be
a full disk, which passes, or a record that the server can't digest, which must not hold up all others for ever."""

_CREDENTIALS_REFUSED: Final = {401, 403}
_NO_SUCH_ENDPOINT: Final = 404
_INTERNAL_ERROR: Final = 500


class Shipper:
    """Stores chunks of one task on a server, by ``journal.append`` or, on servers of another make,
    ``events.add_batch``; sends calls."""

    def __init__(
        self,
        client: Client,
        refuse: Callable[[str], None],
        files_host: str = "",
        *,
        is_well: Callable[[], bool] = lambda: True,
    ) -> None:
        """Send by a client.

        Args:
            client: the server.
            refuse: is told, in a sentence, of what will never be stored.
            files_host: address of its file server, which calls may speak of.
            is_well: whether the server stores other things, so that an internal error is about the request.
        """
        self._is_well = is_well
        self._client = client
        self._refuse = refuse
        self._files_host = files_host.rstrip("/").encode()
        self._appends = True
        self._patience = _PATIENCE

    def ship(self, task: str, chunks: Sequence[Chunk]) -> None:
        """Store chunks, or tell why not.

        Raises:
            ServerUnavailableError: some of it may not be stored; send all of it again later.
        """
        self._ship(task, [chunk for chunk in chunks if len(chunk)], _Budget(_MAX_REFUSALS))
        self._patience = _PATIENCE

    def call(self, action: str, body: bytes) -> bytes | None:
        """Send a call; returns the answer's ``data``, or ``None`` if it was refused.

        Raises:
            ServerUnavailableError: send it again later.
        """
        try:
            data = self._client.send_raw(action, body.replace(FILES_ADDRESS.encode(), self._files_host))
        except RequestRefusedError as error:
            self.raise_if_passing(error)
            self._refuse(f"{action} refused by the server: {error.message} ({error.code}/{error.subcode})")
            data = None
        self._patience = _PATIENCE
        return data

    def _ship(self, task: str, chunks: Sequence[Chunk], budget: _Budget) -> None:
        if not chunks:
            return
        try:
            self._send(task, chunks)
        except RequestRefusedError as error:
            self.raise_if_passing(error)
            if len(chunks) == 1 and (len(chunks[0]) == 1 or not budget.spend()):
                self._refuse(f"{_describe(chunks[0])} refused by the server: {error}")
                return
            for half in _halves(chunks):
                self._ship(task, half, budget)

    def raise_if_passing(self, error: RequestRefusedError) -> None:
        """Turn a refusal that is not about the request into trouble that may pass."""
        if error.code in _CREDENTIALS_REFUSED:
            raise ServerUnavailableError(f"the server refuses our credentials: {error}") from error
        if error.code < _INTERNAL_ERROR:
            return
        if self._patience <= 0 and not self._is_well():
            self._patience = _PATIENCE
        if self._patience > 0:
            self._patience -= 1
            raise ServerUnavailableError(f"the server has trouble: {error}") from error

    def _send(self, task: str, chunks: Sequence[Chunk]) -> None:
        if self._appends:
            try:
                self._client.append(ingest.Append(task=task, batches=[chunk.to_wire() for chunk in chunks]))
            except RequestRefusedError as error:
                if error.code != _NO_SUCH_ENDPOINT:
                    raise
                self._appends = False
            else:
                return
        for chunk in chunks:
            self._add_batches(task, chunk)

    def _add_batches(self, task: str, chunk: Chunk) -> None:
        events = (
            iter([event for _, event in chunk.events]) if isinstance(chunk, EventsChunk) else self._scalars(task, chunk)
        )
        while batch := list(islice(events, _MAX_BATCH_EVENTS)):
            answer = self._client.add_batch(batch)
            for message, count in answer.errors_info.items():
                self._refuse(f"{count} of {_describe(chunk)} refused by the server: {message}")

    def _scalars(self, task: str, chunk: PointsChunk) -> Iterator[Event]:
        """Points as events. JSON has no NaN and no infinity, and to send another value would be a lie."""
        left_out = 0
        for iteration, nanoseconds, value, number in POINT.iter_unpack(chunk.data):
            if number in (EMPTY, VOID):
                continue
            if not math.isfinite(value):
                left_out += 1
                continue
            title, series = chunk.names[number]
            yield Event(
                type=EventType.scalar,
                task=task,
                timestamp=nanoseconds // 1_000_000,
                iter=iteration,
                metric=title,
                variant=series,
                value=value,
            )
        if left_out:
            self._refuse(f"{left_out} of {_describe(chunk)} left out: this server takes no NaN and no infinity")


class _Budget:
    """How many refusals may still be spent."""

    def __init__(self, refusals: int) -> None:
        self._left = refusals

    def spend(self) -> bool:
        """Whether there was one left."""
        self._left -= 1
        return self._left >= 0


def _halves(chunks: Sequence[Chunk]) -> tuple[Sequence[Chunk], Sequence[Chunk]]:
    if len(chunks) == 1:
        first, second = chunks[0].halves()
        return [first], [second]
    middle = len(chunks) // 2
    return chunks[:middle], chunks[middle:]


def _describe(chunk: Chunk) -> str:
    if isinstance(chunk, PointsChunk):
        return f"{len(chunk)} points from {chunk.first} on of writer {chunk.writer}"
    positions = f"{chunk.events[0][0]} to {chunk.events[-1][0]}"
    return f"{len(chunk)} events at {positions} of writer {chunk.writer}"
