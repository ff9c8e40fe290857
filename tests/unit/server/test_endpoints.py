"""Every endpoint says who may call it."""

from __future__ import annotations

import pytest
from tests.unit.server.conftest import Api

from pellucid.server.app import endpoints
from pellucid.server.endpoints import Policy, by_name
from pellucid.server.services import server_info

PUBLIC = {"auth.login", "debug.ping"}


def test_only_these_are_public() -> None:
    """A new endpoint is closed unless this list is changed."""
    assert {name for name, endpoint in endpoints().items() if endpoint.policy is Policy.PUBLIC} == PUBLIC


@pytest.mark.parametrize("name", sorted(set(endpoints()) - PUBLIC))
@pytest.mark.parametrize("header", [None, "Bearer forged", "Basic !", "Digest x"])
def test_nobody_gets_in_without_proof(api: Api, name: str, header: str | None) -> None:
    """Before anything is looked at."""
    headers = {"Authorization": header} if header else {}

    status, _, _ = api.code(name, {}, anonymous=True, headers=headers)

    assert status == 401


def test_two_endpoints_of_one_name_are_a_mistake() -> None:
    """Told when the server starts."""
    with pytest.raises(ValueError, match=r"two endpoints are named server\.info"):
        by_name([server_info.endpoints(), server_info.endpoints()])
