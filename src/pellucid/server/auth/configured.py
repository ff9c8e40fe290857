"""Users and keys that the administrator configures: in the environment, or in a file that is applied at each start.

The file is TOML, and holds hashes instead of secrets (``pellucid user key hash`` makes them)::

    [users.ada]                 # the user's id
    name = "Ada Lovelace"       # the id, if it is left out
    role = "admin"              # "user", if it is left out

    [[users.ada.keys]]
    access_key = "8UQ0PZ4KQ2"
    secret_hash = "scrypt$..."
    label = "laptop"            # optional
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import msgspec

from pellucid.server.auth.credentials import KeyPair
from pellucid.store.api import Store
from pellucid.store.records import CredentialRecord, UserRecord
from pellucid.wire.auth import Role, UserId, UserName

ACCESS_VARIABLE: Final = "PELLUCID_ADMIN_ACCESS_KEY"
SECRET_VARIABLE: Final = "PELLUCID_ADMIN_SECRET_KEY"
USERS_FILE: Final = "users.toml"
"""Name of the file in the data folder, if no other one is named."""

FROM_FILE: Final = "file"
_SHORTEST_SECRET: Final = 16


class ConfigurationError(ValueError):
    """What is configured cannot be used; the text says where it stands and what is wrong."""


class _Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    access_key: Annotated[str, msgspec.Meta(pattern=r"^[^:\x00-\x1f]{4,255}$")]
    secret_hash: Annotated[str, msgspec.Meta(pattern=r"^scrypt\$[0-9a-f]{32}\$[0-9a-f]{128}$")]
    label: str = ""


class ConfiguredUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says of one user."""

    name: UserName | None = None
    role: Role = Role.user
    keys: list[_Keys] = []


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    users: dict[UserId, ConfiguredUser] = {}


def chosen_pair(environ: Mapping[str, str]) -> KeyPair | None:
    """The administrator's key pair in the environment, if there is one. Raises ConfigurationError."""
    access_key, secret_key = environ.get(ACCESS_VARIABLE), environ.get(SECRET_VARIABLE)
    if not access_key and not secret_key:
        return None
    if not access_key or not secret_key or ":" in access_key:
        raise ConfigurationError(f"{ACCESS_VARIABLE} and {SECRET_VARIABLE} must both be set, the key without a colon")
    if len(secret_key) < _SHORTEST_SECRET:
        raise ConfigurationError(
            f"{SECRET_VARIABLE} has {len(secret_key)} characters; it needs {_SHORTEST_SECRET} or more"
        )
    return KeyPair(access_key, secret_key)


def read_users_file(path: Path | None, data: Path) -> dict[str, ConfiguredUser]:
    """The users that are configured by file.

    Args:
        path: the file; ``None`` for ``users.toml`` in the data folder, where there is one.
        data: the data folder.

    Raises:
        ConfigurationError: the file is missing or wrong.
    """
    file = path or data / USERS_FILE
    if path is None and not file.exists():
        return {}
    try:
        users = msgspec.toml.decode(file.read_bytes(), type=_File).users
    except (OSError, ValueError) as error:  # a mistake in TOML, a wrong type and a wrong encoding are ValueErrors
        raise ConfigurationError(f"cannot use the users file {file}: {error}") from error
    access_keys = [keys.access_key for user in users.values() for keys in user.keys]
    if twice := {key for key in access_keys if access_keys.count(key) > 1}:
        raise ConfigurationError(f"cannot use the users file {file}: access_key {min(twice)!r} is there twice")
    return users


def apply_users(store: Store, users: Mapping[str, ConfiguredUser], now: datetime) -> None:
    """Make the store agree with the file: its users are there, and of all keys that came from a file, just its own.

    A user who is no longer in it stays, since tasks may be that user's, but without those keys.
    """
    known = {user.id: user for user in store.users.list()}
    for key, configured in users.items():
        name = configured.name or key
        if key not in known:
            store.users.create(UserRecord(id=key, name=name, role=configured.role, created=now))
        elif (known[key].name, known[key].role) != (name, configured.role):
            store.users.update(key, partial(replace, name=name, role=configured.role))
    wanted = {record.access_key: record for record in _records(users, now)}
    for record in store.users.credentials():
        if record.access_key in wanted:
            kept = wanted[record.access_key]
            if replace(record, label=kept.label, created=kept.created, last_used=None, last_used_from="") == kept:
                del wanted[record.access_key]
        elif record.source == FROM_FILE:
            store.users.revoke_credentials(record.access_key)
    for record in wanted.values():
        store.users.add_credentials(record)


def _records(users: Mapping[str, ConfiguredUser], now: datetime) -> Iterator[CredentialRecord]:
    for key, user in users.items():
        for keys in user.keys:
            yield CredentialRecord(
                access_key=keys.access_key,
                secret_hash=keys.secret_hash,
                user=key,
                label=keys.label,
                created=now,
                source=FROM_FILE,
            )
