"""``auth.*`` (protocol §1.6, §2.1)."""

from __future__ import annotations

from typing import Any

import httpx
import jwt
import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


class Person:
    """A user with a key pair and a token."""

    def __init__(self, api: Api, **fields: Any) -> None:
        self.id = api.data("auth.create_user", {"name": "somebody", **fields})["id"]
        pair = api.data("auth.create_credentials", {"user": self.id, "label": "first"})["credentials"]
        self.access_key = pair["access_key"]
        self.keys = (pair["access_key"], pair["secret_key"])
        self.token = api.data("auth.login", auth=self.keys)["token"]
        self.headers = {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def person(api: Api) -> Person:
    """An ordinary user."""
    return Person(api)


def status(api: Api, headers: dict[str, str]) -> tuple[int, int]:
    """What the server says to somebody who only asks who they are."""
    return api.code("users.get_current_user", anonymous=True, headers=headers)[:2]


def test_a_user_has_as_many_keys_as_are_made(api: Api, person: Person) -> None:
    """Listed by label, oldest first, with their last use but never with their secret."""
    second = api.data("auth.create_credentials", {"label": "laptop"}, headers=person.headers)["credentials"]
    where = {"X-ClearML-Worker": "a machine"}
    assert api.call("auth.login", auth=(second["access_key"], second["secret_key"]), headers=where).status_code == 200

    listed = api.data("auth.get_credentials", headers=person.headers)["credentials"]

    assert [(each["access_key"], each["label"]) for each in listed] == [
        (person.access_key, "first"),
        (second["access_key"], "laptop"),
    ]
    assert listed[1]["last_used_from"] == "a machine"
    assert listed[1]["last_used"] is not None
    assert second["secret_key"] not in str(listed)
    assert api.data("auth.get_credentials", {"user": person.id})["credentials"] == listed


def test_a_label_can_be_changed(api: Api, person: Person) -> None:
    """Nothing else."""
    change = {"access_key": person.access_key, "label": "cluster"}

    assert api.data("auth.edit_credentials", change, headers=person.headers) == {"updated": 1}

    (listed,) = api.data("auth.get_credentials", headers=person.headers)["credentials"]
    assert listed["label"] == "cluster"
    assert status(api, person.headers) == (200, 0)


def test_a_revoked_key_and_its_tokens_are_refused_at_once(api: Api, person: Person) -> None:
    """Each by its code; those of another key are not."""
    other = api.data("auth.create_credentials", headers=person.headers)["credentials"]
    others_token = api.data("auth.login", auth=(other["access_key"], other["secret_key"]))["token"]

    assert api.data("auth.revoke_credentials", {"access_key": person.access_key}, headers=person.headers) == {
        "revoked": 1
    }

    assert api.code("auth.login", auth=person.keys)[:2] == (401, 22)
    assert api.code("users.get_current_user", auth=person.keys)[:2] == (401, 22)
    assert status(api, person.headers) == (401, 30)
    assert api.call("files/x", method="GET", anonymous=True, headers=person.headers).status_code == 401
    assert status(api, {"Authorization": f"Bearer {others_token}"}) == (200, 0)


@pytest.mark.parametrize("action", ["auth.revoke_credentials", "auth.edit_credentials"])
def test_keys_of_others_are_out_of_reach(api: Api, person: Person, action: str) -> None:
    """They might as well not exist; for an administrator they do."""
    owner, unknown = Person(api), new_id()

    for key in (owner.access_key, unknown):
        code, subcode, message = api.code(action, {"access_key": key}, headers=person.headers)
        assert (code, subcode) == (400, 10)
        assert key in message
    assert status(api, owner.headers) == (200, 0)
    assert api.call(action, {"access_key": owner.access_key}).status_code == 200


@pytest.mark.parametrize("action", ["auth.create_credentials", "auth.get_credentials"])
def test_only_an_administrator_names_another_user(api: Api, person: Person, action: str) -> None:
    """Oneself may be named."""
    assert api.code(action, {"user": "admin"}, headers=person.headers)[:2] == (403, 20)
    assert api.call(action, {"user": person.id}, headers=person.headers).status_code == 200
    assert api.code(action, {"user": "no such user"})[:2] == (400, 10)


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("auth.create_user", {"name": "x"}),
        ("auth.edit_user", {"user": "admin", "role": "user"}),
        ("auth.get_token_for_user", {"user": "admin"}),
        ("users.delete", {"user": "admin"}),
        ("users.update", {"user": "admin", "name": "x"}),
    ],
)
def test_users_are_the_administrator_s_business(api: Api, person: Person, action: str, body: Any) -> None:
    """403/20 for everybody else."""
    assert api.code(action, body, headers=person.headers)[:2] == (403, 20)


def test_an_administrator_can_be_made_and_unmade(api: Api, person: Person) -> None:
    """By another one: the role counts from the next request on, whatever the token says."""
    api.data("auth.edit_user", {"user": person.id, "role": "admin"})
    assert api.call("auth.create_user", {"name": "x"}, headers=person.headers).status_code == 200
    assert api.code("auth.edit_user", {"user": person.id, "role": "user"}, headers=person.headers)[:2] == (400, 12)
    assert api.code("users.delete", {"user": person.id}, headers=person.headers)[:2] == (400, 12)

    api.data("auth.edit_user", {"user": person.id, "role": "user"})
    assert api.code("auth.create_user", {"name": "x"}, headers=person.headers)[:2] == (403, 20)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": ""}, "$.name"),
        ({"name": "x", "id": "a b"}, "$.id"),
        ({"name": "x", "id": "../x"}, "$.id"),
        ({"name": "x", "role": "root"}, "$.role"),
    ],
)
def test_a_user_that_cannot_be_is_told(api: Api, body: Any, words: str) -> None:
    """By the name of the field."""
    code, subcode, message = api.code("auth.create_user", body)

    assert (code, subcode) == (400, 12)
    assert words in message


def test_an_id_is_taken_once(api: Api, person: Person) -> None:
    """400/801."""
    assert api.code("auth.create_user", {"name": "again", "id": person.id})[:2] == (400, 801)


def test_a_removed_user_is_refused_at_once(api: Api, person: Person) -> None:
    """With everything that the user had."""
    assert api.data("users.delete", {"user": person.id}) == {}

    assert status(api, person.headers) == (401, 30)
    assert api.code("auth.login", auth=person.keys)[:2] == (401, 22)
    assert api.code("users.delete", {"user": person.id})[:2] == (400, 10)


def test_logging_out_ends_the_session_only(api: Api, person: Person) -> None:
    """With the tokens that were got from its token; the key can log in again."""
    derived = api.data("auth.login", headers=person.headers)["token"]

    api.data("auth.logout", headers=person.headers)

    assert status(api, person.headers) == (401, 30)
    assert status(api, {"Authorization": f"Bearer {derived}"}) == (401, 30)
    assert api.call("auth.login", auth=person.keys).status_code == 200


def test_an_administrator_can_act_as_somebody(api: Api, person: Person) -> None:
    """By a token with that user's identity, for as long as is asked."""
    token = api.data("auth.get_token_for_user", {"user": person.id, "expiration_sec": 600})["token"]

    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["identity"]["user"] == person.id
    assert claims["exp"] - claims["iat"] == 600
    answer = api.data("users.get_current_user", anonymous=True, headers={"Authorization": f"Bearer {token}"})
    assert answer["user"]["id"] == person.id


def test_tokens_can_be_validated(api: Api, person: Person) -> None:
    """As a file server of its own does."""
    assert api.data("auth.validate_token", {"token": person.token}) == {
        "valid": True,
        "user": person.id,
        "company": "pellucid",
        "msg": None,
    }
    assert api.data("auth.validate_token", {"token": "forged"})["valid"] is False


@pytest.mark.parametrize("key", ["a\0b", "ü", "x" * 10_000])
def test_strange_keys_are_only_wrong(api: Api, key: str) -> None:
    """401, however they come."""
    assert api.code("auth.login", auth=httpx.BasicAuth(key, "x"))[:2] == (401, 22)
    answer = api.http.post("/login", json={"access_key": key}, headers={"Origin": api.server.url})
    assert answer.status_code in (400, 401)
