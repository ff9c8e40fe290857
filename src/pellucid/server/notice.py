"""The files by which a server tells its own user where it is: first credentials, and the address while it runs."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.base.clock import utc_now
from pellucid.base.paths import server_notice
from pellucid.server.auth.authority import ADMIN_ROLE
from pellucid.server.auth.credentials import KeyPair, matches, new_key_pair, store_key_pair
from pellucid.store.api import Store
from pellucid.store.errors import AlreadyExistsError
from pellucid.store.records import UserRecord

ADMIN: Final = "admin"
"""Id of the user who owns the first credentials."""

_GENERATED: Final = "generated"
_CHOSEN: Final = "environment"


def credentials_file(data: Path) -> Path:
    """Where the first key pair is kept (mode 600)."""
    return data / "credentials.json"


def ensure_admin(store: Store, data: Path, chosen: KeyPair | None) -> KeyPair:
    """Make sure that somebody can log in.

    Args:
        store: an open store.
        data: its folder.
        chosen: the key pair that the administrator chose, if any. It is not written down, and replaces those that were
            chosen like this before.

    Returns:
        A key pair of the administrator: the chosen one, else the one kept in the data folder, else a fresh one, also if
        the kept one has been revoked: who can read the folder can read all that is in it anyway.
    """
    with suppress(AlreadyExistsError):
        store.users.create(UserRecord(id=ADMIN, name=ADMIN, role=ADMIN_ROLE, created=utc_now()))
    return _kept_pair(store, data) if chosen is None else _chosen(store, chosen)


def someone_chose(store: Store) -> bool:
    """Whether anybody has a key that was not just made by a server for its own first start."""
    return any(credentials.source != _GENERATED for credentials in store.users.credentials())


def _kept_pair(store: Store, data: Path) -> KeyPair:
    file = credentials_file(data)
    if file.exists():
        pair = msgspec.json.decode(file.read_bytes(), type=KeyPair)
        if _is_known(store, pair):
            return pair
    pair = new_key_pair()
    store_key_pair(store, pair, user=ADMIN, label="first credentials", now=utc_now(), source=_GENERATED)
    write_atomic(file, msgspec.json.format(msgspec.json.encode(pair)))
    return pair


def _chosen(store: Store, pair: KeyPair) -> KeyPair:
    for credentials in store.users.credentials(ADMIN):
        if credentials.source == _CHOSEN and credentials.access_key != pair.access_key:
            store.users.revoke_credentials(credentials.access_key)
    if not _is_known(store, pair):
        store_key_pair(store, pair, user=ADMIN, label="from the environment", now=utc_now(), source=_CHOSEN)
    return pair


def _is_known(store: Store, pair: KeyPair) -> bool:
    found = store.users.find_credentials(pair.access_key)
    return found is not None and found.user == ADMIN and matches(pair.secret_key, found.secret_hash)


def announce(data: Path, url: str, pair: KeyPair) -> None:
    """Say where the server listens, for the same user's programs."""
    notice = {
        "api_host": url,
        "web_host": url,
        "files_host": f"{url}/files",
        "access_key": pair.access_key,
        "secret_key": pair.secret_key,
        "pid": os.getpid(),
    }
    write_atomic(server_notice(data), msgspec.json.format(msgspec.json.encode(notice)))


def withdraw(data: Path) -> None:
    """The server is gone; the notice of another one that shares the folder stays."""
    file = server_notice(data)
    with suppress(OSError, msgspec.DecodeError):
        if msgspec.json.decode(file.read_bytes(), type=dict).get("pid") == os.getpid():
            file.unlink(missing_ok=True)
