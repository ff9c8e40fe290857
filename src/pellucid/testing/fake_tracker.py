"""A server that keeps what uploaders send it, as a real one would, where a test wants to see or spoil each request."""

from __future__ import annotations

import msgspec
import zstandard

from pellucid.base.points import EMPTY, POINT
from pellucid.testing.fake_server import Answer, FakeServer, ReceivedRequest
from pellucid.wire import ingest
from pellucid.wire.events import Event
from pellucid.wire.records import Connection


class FakeTracker:
    """What a server was sent: stores each position once, and refuses events whose text says so.

    Attributes:
        server: the server.
        points: (title, series, iteration, value), as stored.
        events: the events, as stored.
        status: what it says that the task's status is.
    """

    def __init__(self, server: FakeServer) -> None:
        """Set the server's answers."""
        self.server = server
        self.points: list[tuple[str, str, int, float]] = []
        self.events: list[Event] = []
        self.status = "in_progress"
        self._positions: dict[str, int] = {}
        server.handlers["journal.append"] = self._append
        server.handlers["tasks.create"] = lambda request: Answer({"id": msgspec.json.decode(request.body)["id"]})
        server.handlers["tasks.get_by_id"] = lambda _: Answer({"task": {"status": self.status}})
        server.answer("projects.get_all", {"projects": [{"id": "p1"}]})
        for action in ("started", "completed", "failed", "stopped", "ping", "edit", "add_or_update_artifacts"):
            server.answer(f"tasks.{action}")

    @property
    def actions(self) -> list[str]:
        """The actions that were called, in order, each run of equal ones once, without logins and questions."""
        names = [request.action for request in self.server.requests]
        asked = {"auth.login", "projects.get_all", "tasks.get_by_id"}
        kept = [name for name in names if name not in asked]
        return [name for place, name in enumerate(kept) if place == 0 or kept[place - 1] != name]

    @property
    def connection(self) -> Connection:
        """How to reach the server."""
        url = self.server.url
        return Connection(api_host=url, web_host=url, files_host=f"{url}/files", access_key="k", secret_key="s")

    @property
    def connection_line(self) -> str:
        """The same as an uploader reads it."""
        return msgspec.json.encode(self.connection).decode() + "\n"

    def body(self, action: str) -> dict[str, object]:
        """The body of the one call of an action."""
        (request,) = self.server.calls(action)
        decoded: dict[str, object] = msgspec.json.decode(request.body)
        return decoded

    def _append(self, request: ReceivedRequest) -> Answer:
        batches = msgspec.msgpack.decode(request.body, type=ingest.Append).batches
        for batch in batches:
            if isinstance(batch, ingest.EventsBatch) and any(
                "refuse" in (event.msg or "") for _, event in batch.events
            ):
                return Answer(status=400, message="bad event")
        for batch in batches:
            stored = self._positions.get(batch.writer, 0)
            if isinstance(batch, ingest.EventsBatch):
                self.events += [event for end, event in batch.events if end > stored]
                self._positions[batch.writer] = batch.events[-1][0]
            else:
                slots = list(POINT.iter_unpack(zstandard.decompress(batch.data)))[max(0, stored - batch.offset) :]
                self.points += [(*batch.series[n], i, value) for i, _, value, n in slots if n != EMPTY]
                self._positions[batch.writer] = batch.offset + batch.count
        return Answer({"acknowledged": {batch.writer: self._positions[batch.writer] for batch in batches}})
