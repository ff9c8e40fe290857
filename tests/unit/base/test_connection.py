"""Tests of ``pellucid.base.connection``."""

from __future__ import annotations

import msgspec

from pellucid.base.connection import Connection


def test_travels_as_json() -> None:
    """What the uploader reads on its first line is what was written there; keys of a newer release are passed over."""
    connection = Connection(api_host="http://a", web_host="http://a", files_host="http://a/files", secret_key="s")

    line = msgspec.json.encode({**msgspec.to_builtins(connection), "pid": 1})

    assert msgspec.json.decode(line, type=Connection) == connection
