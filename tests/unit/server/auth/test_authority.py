"""Tokens (protocol §1.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from pellucid.server.auth.authority import Authority, Caller
from pellucid.server.auth.credentials import KeyPair, store_key_pair
from pellucid.server.errors import ApiError
from pellucid.store.api import Store
from pellucid.store.opening import open_store
from pellucid.store.records import UserRecord
from pellucid.wire.codes import ErrorCode

NOW = datetime.now(UTC).replace(microsecond=0)
USER = UserRecord(id="ada", name="Ada", role="user", created=NOW)
CALLER = Caller(USER, "KEY", "session")


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
    token = Authority(store, lambda: NOW).token_for(CALLER)

    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["api_version"], claims["server_version"], claims["feature_set"]) == ("2.34", "2.3.0", "basic")
    assert claims["exp"] - claims["iat"] == timedelta(days=30).total_seconds()
    assert claims["identity"]["user"] == "ada"


def test_every_process_over_the_same_data_honours_it(store: Store) -> None:
    """The key that signs lives in the store."""
    token = Authority(store, lambda: NOW).token_for(CALLER)

    assert Authority(store, lambda: NOW).caller_of_token(token).user == USER


@pytest.mark.parametrize("key", ["", "s" * 32, "pellucid" * 4])
def test_forged_and_expired_tokens_are_refused(store: Store, key: str) -> None:
    """Whatever they were signed with; 401/30."""
    authority = Authority(store, lambda: NOW)
    claims = {"exp": NOW + timedelta(days=1), "identity": {"user": "ada"}, "access_key": None, "session_id": "s"}
    expired = Authority(store, lambda: NOW - timedelta(days=31)).token_for(CALLER)

    for token in (jwt.encode(claims, key or None, algorithm="HS256" if key else "none"), expired, "x.y.z", ""):
        with pytest.raises(ApiError) as refused:
            authority.caller_of_token(token)
        assert (refused.value.code.status, refused.value.code.subcode) == (401, 30)


@pytest.mark.parametrize(
    ("life", "expected"),
    [(timedelta(hours=1), 3600), (timedelta(days=9_999), 365 * 86_400), (timedelta(seconds=-5), 60)],
)
def test_a_life_may_be_asked_for_within_reason(store: Store, life: timedelta, expected: int) -> None:
    """A year at most."""
    claims = jwt.decode(Authority(store, lambda: NOW).token_for(CALLER, life), options={"verify_signature": False})

    assert claims["exp"] - claims["iat"] == expected


@pytest.mark.parametrize(
    ("header", "subcode"),
    [(None, 20), ("", 20), ("Digest x", 10), ("Basic ???", 21), ("Basic eA==", 21), ("Basic S0VZOng=", 22)],
)
def test_each_way_of_not_proving_it_has_its_code(store: Store, header: str | None, subcode: int) -> None:
    """401 with the protocol's subcode."""
    with pytest.raises(ApiError) as refused:
        Authority(store, lambda: NOW).caller_of_header(header)

    assert (refused.value.code.status, refused.value.code.subcode) == (401, subcode)


def test_a_key_pair_proves_it(store: Store) -> None:
    """``KEY:secret`` in the header."""
    assert Authority(store, lambda: NOW).caller_of_header("Basic S0VZOnNlY3JldA==").user == USER


def revoke(store: Store) -> None:
    """The key pair behind the token."""
    store.users.revoke_credentials("KEY")


def remove(store: Store) -> None:
    """The user."""
    store.users.delete("ada")


def log_out(store: Store) -> None:
    """The session."""
    Authority(store, lambda: NOW).end_session(CALLER)


@pytest.mark.parametrize("end", [revoke, remove, log_out])
def test_a_token_ends_at_once_with_what_it_stands_on(
    store: Store, tmp_path: Path, end: Callable[[Store], None]
) -> None:
    """Also if it is another server over the same data that is told so."""
    authority = Authority(store, lambda: NOW)
    token = authority.token_for(CALLER)
    assert authority.caller_of_token(token) == CALLER

    other = open_store(tmp_path)
    end(other)
    other.close()

    with pytest.raises(ApiError) as refused:
        authority.caller_of_token(token)
    assert refused.value.code is ErrorCode.INVALID_TOKEN


def test_other_keys_of_the_user_live_on(store: Store) -> None:
    """As do the tokens that were got with them."""
    store_key_pair(store, KeyPair("OTHER", "secret"), user="ada", label="", now=NOW)
    authority = Authority(store, lambda: NOW)
    token = authority.token_for(authority.caller_of_keys("OTHER", "secret"))

    revoke(store)

    assert authority.caller_of_token(token).access_key == "OTHER"


def test_the_use_of_a_key_is_noted_every_ten_minutes(store: Store) -> None:
    """With the machine that used it, be it by a token; a use that cannot be noted is no less good."""
    now = NOW

    def clock() -> datetime:
        return now

    authority = Authority(store, clock)
    token = authority.token_for(authority.caller_of_keys("KEY", "secret", worker="first"))
    noted = []
    for minutes, worker in ((9, "second"), (11, "third")):
        now = NOW + timedelta(minutes=minutes)
        authority.caller_of_header(f"Bearer {token}", worker=worker)
        noted += [(each.last_used, each.last_used_from) for each in store.users.credentials("ada")]

    assert noted == [(NOW, "first"), (NOW + timedelta(minutes=11), "third")]
