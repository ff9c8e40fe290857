"""``events.add_batch``: what existing clients send, in bodies as large as theirs, through HTTP to everything stored."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks.table import median_of, print_rows
from pellucid.testing.server import running_server

_BODY: Final = 15_728_640
"""Bytes of a request at most (protocol §1.9)."""

_FLAGS: Final = {"method": "get", "allow_locked": False, "model_event": False}
_ROUNDS: Final = 5


def main() -> None:
    """Print the table."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder)) as server,
        httpx.Client(base_url=server.url, timeout=60) as http,
    ):
        login = http.post("/auth.login", auth=(server.access_key, server.secret_key))
        http.headers["Authorization"] = f"Bearer {login.json()['data']['token']}"
        rows = [
            _measured(http, "scalars of 10 series", lambda place: _scalar(place, 10)),
            _measured(http, "scalars of 10 000 series", lambda place: _scalar(place, 10_000)),
            _measured(http, "console lines", _line),
            _measured(http, "plots", _plot),
        ]
    print_rows(["what", "events in a body", "median", "reach"], rows)


def _measured(http: httpx.Client, name: str, event: Callable[[int], dict[str, Any]]) -> list[str]:
    task = http.post("/tasks.create", json={"name": name, "type": "training"}).json()["data"]["id"]
    bodies = _bodies(task, event)
    seconds = median_of(lambda: _seconds_to_send(http, *next(bodies)), _ROUNDS)
    _, count = next(bodies)
    return [name, f"{count}", f"{count / seconds / 1000:.0f} k events/s", "100"]


def _bodies(task: str, event: Callable[[int], dict[str, Any]]) -> Any:
    """Bodies that go on where the last one ended."""
    place = 0
    while True:
        begin, size, lines = place, 0, []
        while True:
            line = json.dumps({**event(place), "task": task, **_FLAGS})
            size += len(line) + 1
            if size > _BODY:
                break
            lines.append(line)
            place += 1
        yield "\n".join(lines).encode(), place - begin


def _seconds_to_send(http: httpx.Client, body: bytes, count: int) -> float:
    begun = time.perf_counter()
    answer = http.post("/events.add_batch", content=body, headers={"Content-Type": "application/json-lines"})
    seconds = time.perf_counter() - begun
    if answer.json()["data"]["added"] != count:
        raise RuntimeError(f"not everything was stored: {answer.text[:500]}")
    return seconds


def _scalar(place: int, series: int) -> dict[str, Any]:
    return {
        "type": "training_stats_scalar",
        "timestamp": 1_700_000_000_000 + place,
        "iter": place // series,
        "metric": "loss",
        "variant": f"s{place % series}",
        "value": 1 / (1 + place),
    }


def _line(place: int) -> dict[str, Any]:
    return {
        "type": "log",
        "timestamp": 1_700_000_000_000 + place,
        "level": "info",
        "worker": "host",
        "msg": f"step {place}: loss 0.123",
    }


def _plot(place: int) -> dict[str, Any]:
    return {
        "type": "plot",
        "timestamp": 1_700_000_000_000 + place,
        "iter": place,
        "metric": "confusion",
        "variant": "test",
        "plot_str": '{"data": [{"type": "heatmap", "z": [[1, 2], [3, 4]]}], "layout": {"title": "confusion"}}',
    }


if __name__ == "__main__":
    main()
