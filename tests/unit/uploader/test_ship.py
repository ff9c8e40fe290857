"""Sending chunks: fallback, refusals, trouble that passes."""

from __future__ import annotations

import math

import msgspec
import pytest
import zstandard

from pellucid.base.errors import ServerUnavailableError
from pellucid.base.points import EMPTY, POINT, VOID
from pellucid.client.session import Client
from pellucid.testing.fake_server import Answer, FakeServer, ReceivedRequest
from pellucid.uploader import ship
from pellucid.uploader.collect import EventsChunk, PointsChunk
from pellucid.uploader.ship import Shipper
from pellucid.wire import ingest
from pellucid.wire.events import Event


@pytest.fixture
def refused() -> list[str]:
    """What was refused."""
    return []


@pytest.fixture
def shipper(server: FakeServer, refused: list[str]) -> Shipper:
    """Ships to the server."""
    return Shipper(Client(server.url, None, None), refused.append)


def points(*values: float, number: int = 1) -> PointsChunk:
    """Points of ``loss/train`` at iterations 0, 1, …."""
    slots = b"".join(POINT.pack(at, 5_000_000, value, number) for at, value in enumerate(values))
    return PointsChunk("w", 0, slots, {1: ("loss", "train")})


def lines(count: int, *, bad: frozenset[int] = frozenset()) -> EventsChunk:
    """Console lines, some of them bad."""
    events = [(at, Event(type="log", task="t", msg="bad" if at in bad else f"line {at}")) for at in range(1, count + 1)]
    return EventsChunk("w", events, count)


def test_several_chunks_are_one_request(server: FakeServer, shipper: Shipper) -> None:
    """Points and records are streams of their own, as they have positions of their own."""
    server.answer("journal.append", {"acknowledged": {}})
    shipper.ship("t", [points(1.0, math.nan), lines(2)])

    (request,) = server.requests
    append = msgspec.msgpack.decode(request.body, type=ingest.Append)
    assert append.task == "t"
    first, second = append.batches
    assert isinstance(first, ingest.PointsBatch)
    assert isinstance(second, ingest.EventsBatch)
    assert (first.writer, first.offset, first.count) == ("w.points", 0, 2)
    assert zstandard.decompress(first.data) == points(1.0, math.nan).data
    assert (second.writer, [end for end, _ in second.events]) == ("w.frames", [1, 2])


def test_empty_chunks_are_not_sent(server: FakeServer, shipper: Shipper) -> None:
    """Nothing is no request."""
    shipper.ship("t", [lines(0)])

    assert server.requests == []


def test_other_servers_get_events(server: FakeServer, shipper: Shipper, refused: list[str]) -> None:
    """Points become scalars with their own time; what JSON can't say is left out and said to be."""
    server.answer("events.add_batch", {"added": 1, "errors": 0, "errors_info": {}})
    shipper.ship("t", [points(0.5, math.nan, math.inf, 1.5), lines(1)])
    shipper.ship("t", [lines(1)])

    scalars = server.calls("events.add_batch")[0].body.splitlines()
    assert [msgspec.json.decode(line) for line in scalars] == [
        {
            "type": "training_stats_scalar",
            "task": "t",
            "timestamp": 5,
            "iter": at,
            "metric": "loss",
            "variant": "train",
            "value": value,
        }
        for at, value in [(0, 0.5), (3, 1.5)]
    ]
    assert len(server.calls("journal.append")) == 1
    assert refused == ["2 of 4 points from 0 on of writer w left out: this server takes no NaN and no infinity"]


@pytest.mark.parametrize("number", [EMPTY, VOID])
def test_slots_that_are_no_points_are_no_events(server: FakeServer, shipper: Shipper, number: int) -> None:
    """They are passed over here as they are by a server of ours."""
    shipper.ship("t", [points(1.0, number=number)])

    assert server.calls("events.add_batch") == []


def test_errors_in_a_batch_are_told(server: FakeServer, shipper: Shipper, refused: list[str]) -> None:
    """Other servers store the rest and count what they refuse."""
    server.answer("events.add_batch", {"added": 1, "errors": 2, "errors_info": {"Invalid task id": 2}})
    shipper.ship("t", [lines(3)])

    assert refused == ["2 of 3 events at 1 to 3 of writer w refused by the server: Invalid task id"]


@pytest.mark.parametrize("bad", [{1}, {100}, {37, 38, 90}])
def test_bad_events_are_found_and_all_others_stored(
    server: FakeServer, shipper: Shipper, refused: list[str], bad: set[int]
) -> None:
    """In order, whatever else is in the request."""
    stored: list[str] = []

    def append(request: ReceivedRequest) -> Answer:
        batches = msgspec.msgpack.decode(request.body, type=ingest.Append).batches
        texts = [e.msg or "" for batch in batches if isinstance(batch, ingest.EventsBatch) for _, e in batch.events]
        if "bad" in texts:
            return Answer(status=400, message="bad event")
        stored.extend(texts)
        return Answer({"acknowledged": {}})

    server.handlers["journal.append"] = append
    shipper.ship("t", [points(1.0), lines(100, bad=frozenset(bad))])

    assert stored == [f"line {at}" for at in range(1, 101) if at not in bad]
    assert len(refused) == len(bad)


def test_a_chunk_that_is_bad_throughout_is_given_up(server: FakeServer, shipper: Shipper, refused: list[str]) -> None:
    """Not every one of its points costs requests."""
    server.answer("journal.append", status=400, message="no")
    shipper.ship("t", [points(*([0.0] * 10_000))])

    assert len(server.requests) <= 3 * ship._MAX_REFUSALS
    assert sum(int(sentence.split()[0]) for sentence in refused) == 10_000


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_trouble_that_may_pass(
    server: FakeServer, shipper: Shipper, refused: list[str], status: int
) -> None:
    """Nothing is given up because of a revoked key."""
    server.answer("journal.append", status=status)
    server.answer("tasks.edit", status=status)

    with pytest.raises(ServerUnavailableError, match="credentials"):
        shipper.ship("t", [lines(1)])
    with pytest.raises(ServerUnavailableError, match="credentials"):
        shipper.call("tasks.edit", b"{}")
    assert refused == []


def test_an_internal_error_is_trouble_at_first_and_an_answer_at_last(
    server: FakeServer, shipper: Shipper, refused: list[str]
) -> None:
    """A full disk passes; a record that the server chokes on does not hold up all others for ever."""
    server.answer("tasks.edit", status=500, message="General error")
    for _ in range(ship._PATIENCE):
        with pytest.raises(ServerUnavailableError):
            shipper.call("tasks.edit", b"{}")

    assert shipper.call("tasks.edit", b"{}") is None
    assert refused == ["tasks.edit refused by the server: General error (500/0)"]
    with pytest.raises(ServerUnavailableError):
        shipper.call("tasks.edit", b"{}")


def test_a_server_that_stores_nothing_else_either_gives_no_answer(server: FakeServer, refused: list[str]) -> None:
    """However long it is full, nothing is given up because of that."""
    shipper = Shipper(Client(server.url, None, None), refused.append, is_well=lambda: False)
    server.answer("journal.append", status=500, message="General error")
    for _ in range(2 * ship._PATIENCE + 1):
        with pytest.raises(ServerUnavailableError):
            shipper.ship("t", [lines(2)])
    assert refused == []
