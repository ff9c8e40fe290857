"""Tests of ``pellucid.sdk.local_server``. That a server is started is tested with whole scripts."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from pellucid.base.paths import server_notice
from pellucid.sdk.local_server import NoLocalServerError, ensure_local_server, find_local_server
from pellucid.testing.server import RunningServer


def leave_notice(home: Path, **content: Any) -> None:
    """What a server leaves in its data folder."""
    data = home / "server"
    data.mkdir(parents=True)
    server_notice(data).write_text(json.dumps(content))


def notice_of(server: RunningServer) -> dict[str, Any]:
    """The notice of a server that runs."""
    return {
        "api_host": server.url,
        "web_host": server.url,
        "files_host": f"{server.url}/files",
        "access_key": server.access_key,
        "secret_key": server.secret_key,
        "pid": 1,
    }


def test_a_server_that_runs_is_found(tmp_path: Path, server: RunningServer) -> None:
    """With the keys that its notice holds."""
    leave_notice(tmp_path, **notice_of(server))
    found = find_local_server(tmp_path)

    assert found is not None
    assert (found.api_host, found.secret_key) == (server.url, server.secret_key)
    assert ensure_local_server(tmp_path) == found


@pytest.mark.parametrize(
    "content",
    [{}, {"api_host": 3}, {"api_host": "http://127.0.0.1:9", "web_host": "x", "files_host": "x"}],
)
def test_a_stale_or_damaged_notice_is_none(tmp_path: Path, content: dict[str, Any]) -> None:
    """A server that was killed leaves one."""
    leave_notice(tmp_path, **content)

    assert find_local_server(tmp_path) is None


def test_without_the_extra_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason says how to get it."""
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "uvicorn" else find_spec(name))

    with pytest.raises(NoLocalServerError, match=r"uvicorn is not installed \(pip install 'pellucid\[server\]'\)"):
        ensure_local_server(tmp_path)
