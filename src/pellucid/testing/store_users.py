"""What every store must do with users, credentials and secrets: a part of ``pellucid.testing.store``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pellucid.store.api import Store
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.records import BearerRecord, CredentialRecord
from pellucid.testing.store_samples import LATER, NOON, a_user


class UserTests:
    """Users, credentials, secrets."""

    def test_users_are_listed_by_name(self, store: Store, other: Store) -> None:
        """What one store adds, another one on the same data lists."""
        for name in ("grace", "ada"):
            store.users.create(a_user(name))

        assert other.users.list() == [a_user("ada"), a_user("grace")]
        assert other.users.get("grace") == a_user("grace")

    def test_a_user_is_created_once(self, store: Store) -> None:
        """An id that is taken is refused."""
        store.users.create(a_user())

        with pytest.raises(AlreadyExistsError):
            store.users.create(a_user())

    def test_an_unknown_user_is_named(self, store: Store) -> None:
        """The error says what was asked for."""
        with pytest.raises(NotFoundError, match="nobody") as refusal:
            store.users.get("nobody")

        assert (refusal.value.kind, refusal.value.key) == ("user", "nobody")

    def test_credentials_are_found_by_access_key(self, store: Store, other: Store) -> None:
        """The same key again replaces the pair."""
        store.users.create(a_user())
        old = CredentialRecord(access_key="KEY", secret_hash="old", user="ada", created=NOON)
        new = replace(old, secret_hash="new", label="laptop", last_used=LATER)
        for credentials in (old, new):
            store.users.add_credentials(credentials)

        assert other.users.find_credentials("KEY") == new
        assert other.users.find_credentials("key") is None

    def test_credentials_belong_to_somebody(self, store: Store) -> None:
        """A pair for an unknown user is refused."""
        with pytest.raises(NotFoundError):
            store.users.add_credentials(
                CredentialRecord(access_key="KEY", secret_hash="hash", user="nobody", created=NOON)
            )

    def test_key_pairs_are_listed_changed_and_revoked(self, store: Store, other: Store) -> None:
        """Oldest first, of one user or of all."""
        for name, created in (("grace", NOON), ("ada", LATER)):
            store.users.create(a_user(name))
            store.users.add_credentials(
                CredentialRecord(access_key=name.upper(), secret_hash="hash", user=name, created=created)
            )

        other.users.update_credentials("ADA", lambda old: replace(old, label="laptop", last_used_from="host"))
        assert [(each.access_key, each.label) for each in store.users.credentials()] == [
            ("GRACE", ""),
            ("ADA", "laptop"),
        ]
        assert [each.last_used_from for each in store.users.credentials("ada")] == ["host"]
        assert [other.users.revoke_credentials("ADA") for _ in range(2)] == [True, False]
        assert store.users.credentials("ada") == []
        with pytest.raises(NotFoundError):
            store.users.update_credentials("ADA", lambda old: old)

    def test_a_token_stands_on_user_key_and_session(self, store: Store, other: Store) -> None:
        """It falls with any of them; one without a key stands on the other two."""
        store.users.create(a_user())
        keys = CredentialRecord(access_key="KEY", secret_hash="hash", user="ada", created=NOON, last_used=LATER)
        store.users.add_credentials(keys)

        def stands(access_key: str | None, session: str = "one") -> bool:
            return store.users.bearer("ada", access_key=access_key, session=session) is not None

        assert store.users.bearer("ada", access_key="KEY", session="one") == BearerRecord(
            user=a_user(), last_used=LATER
        )
        assert (stands("KEY"), stands(None), stands("OTHER")) == (True, True, False)
        other.users.end_session("one", expires=LATER, now=NOON)
        assert (stands("KEY"), stands("KEY", "two")) == (False, True)
        other.users.revoke_credentials("KEY")
        assert (stands("KEY", "two"), stands(None, "two")) == (False, True)
        other.users.delete("ada")
        assert not stands(None, "two")

    def test_an_ended_session_is_forgotten_when_it_would_have_expired(self, store: Store) -> None:
        """The list of them does not grow for ever; ending one twice is as good as once."""
        store.users.create(a_user())
        for _ in range(2):
            store.users.end_session("one", expires=LATER, now=NOON)

        store.users.end_session("two", expires=LATER + (LATER - NOON), now=LATER)

        assert store.users.bearer("ada", access_key=None, session="one") is not None
        assert store.users.bearer("ada", access_key=None, session="two") is None

    def test_a_removed_user_takes_the_credentials_along(self, store: Store, other: Store) -> None:
        """And the preferences: a later user of the same name starts afresh."""
        store.users.create(a_user())
        store.users.add_credentials(CredentialRecord(access_key="KEY", secret_hash="hash", user="ada", created=NOON))
        store.users.set_preferences("ada", lambda _: {"theme": "dark"})

        store.users.delete("ada")

        assert other.users.find_credentials("KEY") is None
        with pytest.raises(NotFoundError, match="ada"):
            store.users.delete("ada")
        store.users.create(a_user())
        assert other.users.preferences("ada") == {}

    def test_users_and_their_preferences_are_changed(self, store: Store, other: Store) -> None:
        """Atomically; an unknown user is named."""
        store.users.create(a_user())

        assert other.users.update("ada", lambda user: replace(user, role="admin")).role == "admin"
        assert store.users.get("ada").role == "admin"
        assert store.users.set_preferences("ada", lambda old: {**old, "a": 1}) == {"a": 1}
        assert other.users.set_preferences("ada", lambda old: {**old, "b": [2]}) == {"a": 1, "b": [2]}
        assert store.users.preferences("ada") == {"a": 1, "b": [2]}
        for change in (
            lambda: store.users.update("nobody", lambda user: user),
            lambda: store.users.set_preferences("nobody", lambda old: old),
        ):
            with pytest.raises(NotFoundError, match="nobody"):
                change()

    def test_a_secret_is_made_once(self, store: Store, other: Store) -> None:
        """Whoever asks first makes it; everybody gets the same."""
        assert store.users.secret("tokens", lambda: b"first") == b"first"
        assert other.users.secret("tokens", lambda: b"second") == b"first"
        assert store.users.secret("cookies", lambda: b"third") == b"third"
