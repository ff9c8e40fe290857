"""Every endpoint says who may call it."""

from __future__ import annotations

import httpx
import pytest
from tests.unit.server.conftest import Api

from pellucid.server.app import endpoints
from pellucid.server.endpoints import Policy, by_name
from pellucid.server.services import server_info

PUBLIC = {"auth.login", "debug.ping", "login.logout", "auth.fixed_users_mode", "login.supported_modes"}
ADMIN = {"auth.create_user", "auth.edit_user", "auth.get_token_for_user", "users.delete"}


def test_every_endpoint_has_the_policy_that_is_listed_here() -> None:
    """A new one is for everybody who has a key, unless these lists are changed."""
    policies = {name: endpoint.policy for name, endpoint in endpoints().items()}

    assert {name for name, policy in policies.items() if policy is Policy.PUBLIC} == PUBLIC
    assert {name for name, policy in policies.items() if policy is Policy.ADMIN} == ADMIN
    assert all(isinstance(policy, Policy) for policy in policies.values())


@pytest.mark.parametrize("name", sorted(ADMIN))
def test_an_ordinary_user_is_no_administrator(api: Api, stranger: httpx.Auth, name: str) -> None:
    """Before anything is looked at."""
    assert api.code(name, {}, auth=stranger)[:2] == (403, 20)


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
