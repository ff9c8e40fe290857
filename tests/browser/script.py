"""The training script of the browser tests: plain HTTP, so that the page is tested against the protocol alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import httpx

from pellucid.testing.server import RunningServer

SINGLE_VALUE = -(2**31)
"""The iteration of values that have none (protocol §2.6)."""


class Script:
    """What a training script tells the server, told by hand."""

    def __init__(self, server: RunningServer) -> None:
        self._client = httpx.Client(base_url=server.url, auth=(server.access_key, server.secret_key), timeout=30)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def send(self, action: str, **request: Any) -> dict[str, Any]:
        """Send one request of the protocol and return the answer's data."""
        answer = self._client.post(f"/{action}", json=request)
        assert answer.is_success, answer.text
        return dict(answer.json()["data"])

    def project(self, name: str) -> str:
        """The id of a new project."""
        return str(self.send("projects.create", name=name)["id"])

    def task(self, name: str, **fields: Any) -> str:
        """The id of a new task that runs."""
        task = str(self.send("tasks.create", **{"name": name, "type": "training", **fields})["id"])
        self.send("tasks.started", task=task)
        return task

    def add(self, task: str, events: Sequence[dict[str, Any]]) -> None:
        """Report events of any type."""
        # As clients write it, with NaN and the infinities, which JSON does not have.
        lines = "\n".join(json.dumps({"task": task, **event}) for event in events).encode()
        answer = self._client.post(
            "/events.add_batch", content=lines, headers={"Content-Type": "application/json-lines"}
        )
        assert answer.json()["data"].get("added") == len(events), answer.text

    def scalars(self, task: str, title: str, series: str, values: Sequence[float], *, first: int = 0) -> None:
        """Report values of consecutive iterations."""
        kind = "training_stats_scalar"
        self.add(
            task,
            [
                {"type": kind, "metric": title, "variant": series, "iter": first + step, "value": value}
                for step, value in enumerate(values)
            ],
        )

    def single_value(self, task: str, name: str, value: float) -> None:
        """Report a value that has no iteration."""
        self.scalars(task, "Summary", name, [value], first=SINGLE_VALUE)

    def log(self, task: str, message: str, *, level: str = "info") -> None:
        """Print something."""
        self.add(task, [{"type": "log", "level": level, "msg": message, "worker": "host"}])
