"""``pellucid worker``."""

from __future__ import annotations

import json

import pytest

from pellucid.cli.main import main
from pellucid.client.session import Client
from pellucid.testing.server import RunningServer
from pellucid.wire import queues, workers

pytestmark = pytest.mark.usefixtures("leaves_nothing")


def test_workers_are_listed(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    """With the queues that they serve."""
    client = Client(server.url, server.access_key, server.secret_key)
    default = client.send(queues.GET_DEFAULT, queues.GetDefault())
    client.send(workers.REGISTER, workers.Register(worker="a machine:0", queues=[default.id]))
    try:
        assert main(["worker", "ls"]) == 0
        assert f"a machine:0  {default.name}  -" in capsys.readouterr().out
        assert main(["worker", "ls", "--json"]) == 0
        assert [worker["id"] for worker in json.loads(capsys.readouterr().out)] == ["a machine:0"]
    finally:
        client.send(workers.UNREGISTER, workers.Unregister(worker="a machine:0"))
    assert main(["worker", "ls"]) == 0
    assert capsys.readouterr().out == "No workers; pellucid agent --queue QUEUE is one.\n"
