"""Tokens (protocol §1.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from pellucid.server.auth.authority import Authority
from pellucid.server.auth.credentials import KeyPair, store_key_pair
from pellucid.server.errors import ApiError
from pellucid.store.api import Store
from pellucid.store.opening import open_store
from pellucid.store.records import UserRecord

NOW = datetime.now(UTC).replace(microsecond=0)
USER = UserRecord(id="ada", name="Ada", role="user", created=NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one user."""
    store = open_store(tmp_path)
    store.users.create(USER)
    store_key_pair(store, KeyPair("KEY", "secret"), user="ada", label="", now=NOW)
    yield store
    store.close()


def test_a_token_has_the_claims_that_clients_read(store: Store) -> None:
    """They decode it without checking the signature."""
    token = Authority(store, lambda: NOW).token_for(USER)

    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["api_version"], claims["server_version"], claims["feature_set"]) == ("2.34", "2.3.0", "basic")
    assert claims["exp"] - claims["iat"] == timedelta(days=30).total_seconds()
    assert claims["identity"]["user"] == "ada"


def test_every_process_over_the_same_data_honours_it(store: Store) -> None:
    """The key that signs lives in the store."""
    token = Authority(store, lambda: NOW).token_for(USER)

    assert Authority(store, lambda: NOW).user_of_token(token) == USER


@pytest.mark.parametrize("key", ["", "s" * 32, "pellucid" * 4])
def test_forged_and_expired_tokens_are_refused(store: Store, key: str) -> None:
    """Whatever they were signed with; 401/30."""
    authority = Authority(store, lambda: NOW)
    claims = {"exp": NOW + timedelta(days=1), "identity": {"user": "ada"}}
    expired = Authority(store, lambda: NOW - timedelta(days=31)).token_for(USER)

    for token in (jwt.encode(claims, key or None, algorithm="HS256" if key else "none"), expired, "x.y.z", ""):
        with pytest.raises(ApiError) as refused:
            authority.user_of_token(token)
        assert (refused.value.code.status, refused.value.code.subcode) == (401, 30)


@pytest.mark.parametrize(
    ("life", "expected"),
    [(timedelta(hours=1), 3600), (timedelta(days=9_999), 365 * 86_400), (timedelta(seconds=-5), 60)],
)
def test_a_life_may_be_asked_for_within_reason(store: Store, life: timedelta, expected: int) -> None:
    """A year at most."""
    claims = jwt.decode(Authority(store, lambda: NOW).token_for(USER, life), options={"verify_signature": False})

    assert claims["exp"] - claims["iat"] == expected


@pytest.mark.parametrize(
    ("header", "subcode"),
    [(None, 20), ("", 20), ("Digest x", 10), ("Basic ???", 21), ("Basic eA==", 21), ("Basic S0VZOng=", 22)],
)
def test_each_way_of_not_proving_it_has_its_code(store: Store, header: str | None, subcode: int) -> None:
    """401 with the protocol's subcode."""
    with pytest.raises(ApiError) as refused:
        Authority(store, lambda: NOW).user_of_header(header)

    assert (refused.value.code.status, refused.value.code.subcode) == (401, subcode)


def test_a_key_pair_proves_it(store: Store) -> None:
    """``KEY:secret`` in the header."""
    assert Authority(store, lambda: NOW).user_of_header("Basic S0VZOnNlY3JldA==") == USER
