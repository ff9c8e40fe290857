"""Users and keys that are configured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pellucid.server.auth.configured import ConfigurationError, apply_users, chosen_pair, read_users_file
from pellucid.server.auth.credentials import KeyPair, hash_secret, store_key_pair
from pellucid.store.api import Store
from pellucid.store.opening import open_store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HASH = hash_secret("secret")

ADA = f"""
[users.ada]
name = "Ada Lovelace"
role = "admin"

[[users.ada.keys]]
access_key = "LAPTOP"
secret_hash = "{HASH}"
label = "laptop"

[[users.ada.keys]]
access_key = "CLUSTER"
secret_hash = "{HASH}"
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = open_store(tmp_path / "data")
    yield store
    store.close()


def apply(store: Store, folder: Path, text: str) -> None:
    """What a start with this file does."""
    (folder / "users.toml").write_text(text)
    apply_users(store, read_users_file(None, folder), NOW)


def people(store: Store) -> list[tuple[str, str, str, list[str]]]:
    """Id, name, role and access keys of all users."""
    return [
        (user.id, user.name, user.role, sorted(keys.access_key for keys in store.users.credentials(user.id)))
        for user in store.users.list()
    ]


def test_users_of_the_file_are_there(store: Store, tmp_path: Path) -> None:
    """With their keys; what is left out has a default, and applying it twice changes nothing."""
    for _ in range(2):
        apply(store, tmp_path, f"{ADA}\n[users.grace]\n")

        assert people(store) == [
            ("ada", "Ada Lovelace", "admin", ["CLUSTER", "LAPTOP"]),
            ("grace", "grace", "user", []),
        ]


def test_a_change_of_the_file_is_followed(store: Store, tmp_path: Path) -> None:
    """Keys that are gone are revoked, and those only that came from the file; the users stay."""
    apply(store, tmp_path, ADA)
    store_key_pair(store, KeyPair("OWN", "secret"), user="ada", label="", now=NOW)

    apply(store, tmp_path, ADA.partition("[[users.ada.keys]]")[0].replace("admin", "user"))

    assert people(store) == [("ada", "Ada Lovelace", "user", ["OWN"])]


def test_without_a_file_its_keys_are_gone(store: Store, tmp_path: Path) -> None:
    """There is nothing that would allow them."""
    apply(store, tmp_path, ADA)
    (tmp_path / "users.toml").unlink()

    apply_users(store, read_users_file(None, tmp_path), NOW)

    assert store.users.credentials() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[users", "users.toml"),
        ("[user.ada]", "user"),
        ("[users.ada]\nrole = 'root'", "$.users[...].role"),
        ("[users.'a b']", "users"),
        ("[[users.ada.keys]]\naccess_key = 'LAPTOP'\nsecret_key = 'plain'", "secret_key"),
        ("[[users.ada.keys]]\naccess_key = 'LAPTOP'\nsecret_hash = 'plain'", "secret_hash"),
        (f"{ADA}\n{ADA.replace('ada', 'bea').replace('CLUSTER', 'OTHER')}", "'LAPTOP' is there twice"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, words: str) -> None:
    """By its path and what is wrong."""
    (tmp_path / "users.toml").write_text(text)

    with pytest.raises(ConfigurationError, match=r"users\.toml") as refused:
        read_users_file(None, tmp_path)
    assert words in str(refused.value)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    """The one in the data folder need not."""
    assert read_users_file(None, tmp_path) == {}
    with pytest.raises(ConfigurationError, match=r"missing\.toml"):
        read_users_file(tmp_path / "missing.toml", tmp_path)


def test_a_pair_in_the_environment_is_whole_and_long_enough() -> None:
    """Or there is none."""
    access, secret = "PELLUCID_ADMIN_ACCESS_KEY", "PELLUCID_ADMIN_SECRET_KEY"

    assert chosen_pair({}) is None
    assert chosen_pair({access: "A", secret: "s" * 16}) == KeyPair("A", "s" * 16)
    for environ in ({access: "A"}, {secret: "s" * 16}, {access: "a:b", secret: "s" * 16}, {access: "A", secret: "s"}):
        with pytest.raises(ConfigurationError, match=secret):
            chosen_pair(environ)
