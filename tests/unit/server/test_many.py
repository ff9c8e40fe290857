"""The same for each of several rows."""

from __future__ import annotations

from typing import Any

import pytest

from pellucid.server.errors import ApiError
from pellucid.server.many import for_each
from pellucid.store.errors import NotFoundError, UnavailableError
from pellucid.wire.codes import ErrorCode
from pellucid.wire.many import Failure, ManyResponse, Refusal


def test_one_that_fails_does_not_stop_the_others() -> None:
    """Each id once; failures say what the single form would have said."""

    def act(key: str) -> dict[str, Any]:
        if key == "missing":
            raise NotFoundError("task", key)
        if key == "running":
            raise ApiError(ErrorCode.INVALID_TASK_STATUS, "it runs")
        return {"archived": 1}

    assert for_each(["a", "missing", "running", "b", "a"], act) == ManyResponse(
        succeeded=[{"id": "a", "archived": 1}, {"id": "b", "archived": 1}],
        failed=[
            Failure(id="missing", error=Refusal(codes=(400, 101), msg="Invalid task id: no task 'missing'")),
            Failure(id="running", error=Refusal(codes=(400, 110), msg="Invalid task status: it runs")),
        ],
    )


def test_a_store_that_is_away_is_no_failure_of_one() -> None:
    """The whole request is to be tried again."""

    def act(_: str) -> dict[str, Any]:
        raise UnavailableError("away")

    with pytest.raises(UnavailableError):
        for_each(["a"], act)
