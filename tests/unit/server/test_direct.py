"""The API without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.base.errors import RequestRefusedError
from pellucid.server.direct import DirectCaller
from pellucid.store.opening import open_store
from pellucid.wire import auth, users


def test_requests_are_answered_and_refused_as_by_a_server(tmp_path: Path) -> None:
    """By the same handlers, with the same codes."""
    store = open_store(tmp_path)
    caller = DirectCaller(store)

    assert caller.send(auth.CREATE_USER, auth.CreateUser(name="Ada", id="ada")).id == "ada"
    assert caller.send(users.GET_BY_ID, users.GetById(user="ada")).user.name == "Ada"
    for wanted, code in ((auth.CreateUser(name="Ada", id="ada"), 801), (auth.CreateUser(name="x", id="a b"), 12)):
        with pytest.raises(RequestRefusedError) as refused:
            caller.send(auth.CREATE_USER, wanted)
        assert (refused.value.code, refused.value.subcode) == (400, code)
    store.close()
