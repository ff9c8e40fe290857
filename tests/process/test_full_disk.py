"""A disk that is full, seen from the server: the kernel refuses the server's writes, and then allows them again."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from pellucid.testing.server import RunningServer, running_server

pytestmark = pytest.mark.process


@contextmanager
def full_disk(server: RunningServer) -> Iterator[None]:
    """No file of the server's may grow, or be written at all."""
    soft, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (soft, hard))


def test_writes_are_refused_for_now_and_reads_go_on(tmp_path: Path) -> None:
    """503, which clients come back on, and which changes nothing; afterwards all is as ever, without help."""
    with running_server(tmp_path) as server, httpx.Client(base_url=server.url, timeout=60) as http:

        def call(action: str, body: dict[str, Any]) -> httpx.Response:
            return http.post(f"/{action}", json=body)

        answer = http.post("/auth.login", auth=(server.access_key, server.secret_key))
        http.headers["Authorization"] = f"Bearer {answer.json()['data']['token']}"
        task = call("tasks.create", {"name": "kept", "type": "training"}).json()["data"]["id"]
        assert http.put("/files/a.bin", content=b"kept").status_code == 200
        event = {"type": "log", "task": task, "msg": "a line", "worker": "w", "level": "info"}

        with full_disk(server):
            for action, body in (
                ("tasks.create", {"name": "new", "type": "training"}),
                ("tasks.edit", {"task": task, "name": "new"}),
                ("events.add", event),
                ("auth.create_credentials", {}),
            ):
                refused = call(action, body)
                meta = refused.json()["meta"]
                assert (refused.status_code, meta["result_code"], meta["result_subcode"]) == (503, 503, 0)
                assert refused.headers["Retry-After"] == "5"
            assert http.put("/files/a.bin", content=b"x" * 100_000).status_code == 503
            assert http.put("/files/b.bin", content=b"x" * 100_000).status_code == 503
            form = {"/c.bin": ("/c.bin", b"x" * 100_000)}
            assert http.post("/", files=form).status_code == 503

            assert [found["name"] for found in call("tasks.get_all", {}).json()["data"]["tasks"]] == ["kept"]
            assert http.get("/files/a.bin").content == b"kept"
            # Whether somebody may come in does not depend on writing down that they did.
            assert http.post("/auth.login", auth=(server.access_key, server.secret_key)).status_code == 200

        assert call("tasks.edit", {"task": task, "name": "renamed"}).status_code == 200
        assert call("events.add", event).status_code == 200
        assert http.put("/files/a.bin", content=b"new").status_code == 200
        assert http.get("/files/a.bin").content == b"new"
        assert sorted(path.name for path in (tmp_path / "files").iterdir()) == ["a.bin"]
